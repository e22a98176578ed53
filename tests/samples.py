"""Values that tests are about to do something with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from matinee.core.account import Account, ApiKey
from matinee.core.asset import Asset, AssetVariant
from matinee.core.character import Poster
from matinee.core.ids import AccountId, DeliveryId, EndpointId, KeyId, VideoId
from matinee.core.job import Failure, Job, JobState
from matinee.core.size import Size
from matinee.core.video import (
    Lora,
    Reference,
    Relation,
    Role,
    SamplingOptions,
    Scene,
    Source,
    Video,
    VideoSpec,
)
from matinee.core.webhook import Delivery, EventType, Receiver, WebhookEndpoint

NOW = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)
ALICE = AccountId("01kaccount000000000000alice")
BOB = AccountId("01kaccount00000000000000bob")


def a_video_id(number: int = 1) -> VideoId:
    """A larger number sorts later, as a later ULID does."""
    return VideoId(f"01kv{number:022d}")


def a_job(number: int = 1, **changes: Any) -> Job:
    """A waiting job."""
    return replace(Job(video_id=a_video_id(number), engine="animatic"), **changes)


def a_video(number: int = 1, *, account_id: AccountId = ALICE, **job: Any) -> Video:
    """A video as it is when it was just accepted, but for the changes to its `job`."""
    return Video(
        id=a_video_id(number),
        account_id=account_id,
        spec=VideoSpec(
            model="sora-2",
            prompt="A calico cat plays the piano on a small stage.",
            size=Size(1280, 720),
            seconds=4,
            seed=number,
        ),
        job=a_job(number, **job),
        created_at=NOW + timedelta(seconds=number),
        access_token=f"token-{number}",
    )


def a_whole_video() -> Video:
    """A video whose every field, and every field of what it holds, says something of its own."""
    moments = iter(NOW + timedelta(microseconds=7 * step) for step in range(1, 20))
    return Video(
        id=a_video_id(77),
        account_id=BOB,
        spec=VideoSpec(
            model="sora-2-pro",
            prompt='猫が \N{FILM FRAMES} "plays"\n\x00\'; DROP TABLE videos; --',
            size=Size(1024, 1792),
            seconds=12,
            seed=2**31 - 1,
            fps=30,
            style="comic",
            references=(
                Reference(blob_key="r/0", media_type="image/png", width_px=3, height_px=4),
                Reference(blob_key="r/1", media_type="image/jpeg", width_px=5, height_px=6),
            ),
            source=Source(
                relation=Relation.EXTEND,
                blob_key="s/0",
                size=Size(720, 1280),
                seconds=8.04,
                spec=a_video().spec,
                extensions=2,
            ),
            storyboard=(Scene(prompt="A cat.", seconds=5.5), Scene(prompt="A dog.")),
            roles=(
                Role(
                    name="Mossy",
                    poster=Poster(blob_key="p/0", media_type="image/webp", width_px=7, height_px=8),
                ),
            ),
            freedom=0.3,
            options=SamplingOptions(
                negative_prompt="fog", steps=30, guidance=5.5, loras=(Lora(name="ink", weight=0.8),)
            ),
            private=True,
            watermark=False,
        ),
        job=Job(
            video_id=a_video_id(77),
            engine="diffusers",
            model="wan2.2-ti2v-5b",
            state=JobState.FAILED,
            priority=2**40,
            progress=42,
            attempt=4,
            faults=3,
            max_faults=9,
            lease_expires_at=next(moments),
            started_at=next(moments),
            finished_at=next(moments),
            cancel_requested_at=next(moments),
            submit_key="submit-1",
            upstream_id="upstream-1",
            failure=Failure(code="engine_error", message="It broke."),
        ),
        created_at=next(moments),
        expires_at=next(moments),
        remixed_from=a_video_id(76),
        access_token="secret",
        assets=(
            an_asset(AssetVariant.VIDEO, seconds=12.04),
            an_asset(AssetVariant.THUMBNAIL),
        ),
    )


def an_asset(variant: AssetVariant = AssetVariant.VIDEO, **changes: Any) -> Asset:
    """A stored file."""
    asset = Asset(
        variant=variant,
        blob_key=f"videos/1/1/{variant}{variant.extension}",
        size_bytes=2**33,
        sha256="ab" * 32,
        width_px=1280,
        height_px=720,
    )
    return replace(asset, **changes)


def an_account(account_id: AccountId = ALICE, name: str = "alice") -> Account:
    """An account."""
    return Account(id=account_id, name=name, created_at=NOW)


def a_key(number: int = 1, account: Account | None = None) -> ApiKey:
    """A valid key."""
    account = account or an_account()
    return ApiKey(
        id=KeyId(f"key_{number}"),
        account_id=account.id,
        account_name=account.name,
        digest=f"{number:064x}",
        hint=f"mk-aaa…{number:04d}",
        created_at=NOW + timedelta(seconds=number),
    )


def an_endpoint(
    number: int = 1, *, account_id: AccountId = ALICE, **changes: Any
) -> WebhookEndpoint:
    """An endpoint as it is when it was just created, but for the `changes`."""
    endpoint = WebhookEndpoint(
        id=EndpointId(f"01kw{number:022d}"),
        account_id=account_id,
        name="Films",
        url="https://hooks.example.org/films",
        event_types=tuple(EventType),
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(endpoint, **changes)


def a_delivery(number: int = 1, *, account_id: AccountId = ALICE, **changes: Any) -> Delivery:
    """A waiting delivery to the first endpoint, but for the `changes`."""
    endpoint = an_endpoint(account_id=account_id)
    delivery = Delivery(
        id=DeliveryId(f"01kx{number:022d}"),
        receiver=Receiver(account_id=account_id, name=endpoint.id),
        endpoint_id=endpoint.id,
        video_id=a_video_id(number),
        event_type=EventType.VIDEO_COMPLETED,
        happened_at=NOW,
        created_at=NOW,
        due_at=NOW,
    )
    return replace(delivery, **changes)
