"""From rows to values and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from matinee.core.account import Account, ApiKey
from matinee.core.asset import Asset
from matinee.core.event import Event, EventKind
from matinee.core.job import Failure, Job, JobState
from matinee.core.video import Video, VideoSpec

Row = Sequence[Any]
"""A row as drivers give it, in the order of its statement's columns."""

Values = dict[str, Any]
"""What a statement is to be run with, by name."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# The names of the fields of VideoSpec and Asset are a stored format: to rename one takes a
# migration, to add one a default.
_spec = msgspec.json.Decoder(VideoSpec)
_assets = msgspec.json.Decoder(tuple[Asset, ...])
_json = msgspec.json.Encoder()


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970. `moment` is aware."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """The moment so many microseconds after 1970, in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def _micros_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)


def _moment_or_none(micros: int | None) -> datetime | None:
    return None if micros is None else moment(micros)


def video_of(row: Row) -> Video:
    """The video in a row of all columns of `videos`, in the table's order."""
    (
        video_id,
        account_id,
        created_at,
        expires_at,
        remixed_from,
        access_token,
        spec,
        assets,
        *job,
    ) = row
    return Video(
        id=video_id,
        account_id=account_id,
        spec=_spec.decode(spec),
        job=_job_of(video_id, job),
        created_at=moment(created_at),
        expires_at=_moment_or_none(expires_at),
        remixed_from=remixed_from,
        access_token=access_token,
        assets=_assets.decode(assets),
    )


def _job_of(video_id: Any, row: Row) -> Job:
    (
        engine,
        state,
        priority,
        progress,
        attempt,
        faults,
        max_faults,
        lease_expires_at,
        started_at,
        finished_at,
        cancel_requested_at,
        submit_key,
        upstream_id,
        failure_code,
        failure_message,
    ) = row
    failure = None
    if failure_code is not None:
        failure = Failure(code=failure_code, message=failure_message)
    return Job(
        video_id=video_id,
        engine=engine,
        state=JobState(state),
        priority=priority,
        progress=progress,
        attempt=attempt,
        faults=faults,
        max_faults=max_faults,
        lease_expires_at=_moment_or_none(lease_expires_at),
        started_at=_moment_or_none(started_at),
        finished_at=_moment_or_none(finished_at),
        cancel_requested_at=_moment_or_none(cancel_requested_at),
        submit_key=submit_key,
        upstream_id=upstream_id,
        failure=failure,
    )


def values_of_video(video: Video) -> Values:
    """Every column of `videos`."""
    return {
        "id": video.id,
        "account_id": video.account_id,
        "created_at": micros(video.created_at),
        "remixed_from": video.remixed_from,
        "access_token": video.access_token,
        "spec": _json.encode(video.spec).decode(),
        **values_of_assets(video),
        **values_of_job(video.job),
    }


def values_of_assets(video: Video) -> Values:
    """The columns that tell of a video's files."""
    return {
        "expires_at": _micros_or_none(video.expires_at),
        "assets": _json.encode(video.assets).decode(),
    }


def values_of_job(job: Job) -> Values:
    """The columns of a job, but for the video's id."""
    return {
        "engine": job.engine,
        "state": job.state.value,
        "priority": job.priority,
        "progress": job.progress,
        "attempt": job.attempt,
        "faults": job.faults,
        "max_faults": job.max_faults,
        "lease_expires_at": _micros_or_none(job.lease_expires_at),
        "started_at": _micros_or_none(job.started_at),
        "finished_at": _micros_or_none(job.finished_at),
        "cancel_requested_at": _micros_or_none(job.cancel_requested_at),
        "submit_key": job.submit_key,
        "upstream_id": job.upstream_id,
        "failure_code": job.failure.code if job.failure else None,
        "failure_message": job.failure.message if job.failure else None,
    }


def event_of(row: Row) -> Event:
    """The event in a row of all columns of `events` but its number."""
    video_id, kind, at, attempt, reason = row
    return Event(
        video_id=video_id, kind=EventKind(kind), at=moment(at), attempt=attempt, reason=reason
    )


def values_of_event(event: Event) -> Values:
    """Every column of `events` but its number."""
    return {
        "video_id": event.video_id,
        "kind": event.kind.value,
        "at": micros(event.at),
        "attempt": event.attempt,
        "reason": event.reason,
    }


def account_of(row: Row) -> Account:
    """The account in a row of all columns of `accounts`."""
    account_id, name, created_at = row
    return Account(id=account_id, name=name, created_at=moment(created_at))


def values_of_account(account: Account) -> Values:
    """Every column of `accounts`."""
    return {"id": account.id, "name": account.name, "created_at": micros(account.created_at)}


def key_of(row: Row) -> ApiKey:
    """The key in a row of all columns of `keys` and its account's name."""
    key_id, account_id, digest, hint, created_at, revoked_at, account_name = row
    return ApiKey(
        id=key_id,
        account_id=account_id,
        account_name=account_name,
        digest=digest,
        hint=hint,
        created_at=moment(created_at),
        revoked_at=_moment_or_none(revoked_at),
    )


def values_of_key(key: ApiKey) -> Values:
    """Every column of `keys`."""
    return {
        "id": key.id,
        "account_id": key.account_id,
        "digest": key.digest,
        "hint": key.hint,
        "created_at": micros(key.created_at),
        "revoked_at": _micros_or_none(key.revoked_at),
    }
