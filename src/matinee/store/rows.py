"""From rows to values and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from matinee.core.account import Account, ApiKey
from matinee.core.asset import Asset
from matinee.core.character import Character, Poster
from matinee.core.event import Event, EventKind
from matinee.core.job import Failure, Job, JobState
from matinee.core.stored_file import StoredFile
from matinee.core.video import Video, VideoSpec
from matinee.ports.answers import Answer

Row = Sequence[Any]
"""A row as drivers give it, in the order of its statement's columns."""

Values = dict[str, Any]
"""What a statement is to be run with, by name."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# The names of the fields of VideoSpec, Asset and Poster are a stored format: to rename one takes a
# migration, to add one a default.
_spec = msgspec.json.Decoder(VideoSpec)
_assets = msgspec.json.Decoder(tuple[Asset, ...])
_poster = msgspec.json.Decoder(Poster)
_json = msgspec.json.Encoder()


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970. `moment` is aware."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """The moment so many microseconds after 1970, in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def micros_or_none(moment: datetime | None) -> int | None:
    """The same of a moment that may be missing."""
    return None if moment is None else micros(moment)


def moment_or_none(micros: int | None) -> datetime | None:
    """The same of a number that may be missing."""
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
        expires_at=moment_or_none(expires_at),
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
        model,
    ) = row
    failure = None
    if failure_code is not None:
        failure = Failure(code=failure_code, message=failure_message)
    return Job(
        video_id=video_id,
        engine=engine,
        model=model,
        state=JobState(state),
        priority=priority,
        progress=progress,
        attempt=attempt,
        faults=faults,
        max_faults=max_faults,
        lease_expires_at=moment_or_none(lease_expires_at),
        started_at=moment_or_none(started_at),
        finished_at=moment_or_none(finished_at),
        cancel_requested_at=moment_or_none(cancel_requested_at),
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
        "expires_at": micros_or_none(video.expires_at),
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
        "lease_expires_at": micros_or_none(job.lease_expires_at),
        "started_at": micros_or_none(job.started_at),
        "finished_at": micros_or_none(job.finished_at),
        "cancel_requested_at": micros_or_none(job.cancel_requested_at),
        "submit_key": job.submit_key,
        "upstream_id": job.upstream_id,
        "failure_code": job.failure.code if job.failure else None,
        "failure_message": job.failure.message if job.failure else None,
        "model": job.model,
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
    key_id, account_id, digest, hint, created_at, revoked_at, is_admin, account_name = row
    return ApiKey(
        id=key_id,
        account_id=account_id,
        account_name=account_name,
        digest=digest,
        hint=hint,
        created_at=moment(created_at),
        revoked_at=moment_or_none(revoked_at),
        is_admin=bool(is_admin),
    )


def values_of_key(key: ApiKey) -> Values:
    """Every column of `keys`."""
    return {
        "id": key.id,
        "account_id": key.account_id,
        "digest": key.digest,
        "hint": key.hint,
        "created_at": micros(key.created_at),
        "revoked_at": micros_or_none(key.revoked_at),
        "is_admin": int(key.is_admin),
    }


def answer_of(row: Row, videos: Sequence[Row]) -> Answer:
    """The answer in a row of all columns of `answers`, with the rows of its videos' ids."""
    answer_id, account_id, digest, created_at, is_repeat, delivered_at = row
    return Answer(
        id=answer_id,
        account_id=account_id,
        digest=digest,
        created_at=moment(created_at),
        is_repeat=bool(is_repeat),
        delivered_at=moment_or_none(delivered_at),
        video_ids=tuple(video_id for (video_id,) in videos),
    )


def values_of_answer(answer: Answer) -> Values:
    """Every column of `answers`."""
    return {
        "id": answer.id,
        "account_id": answer.account_id,
        "digest": answer.digest,
        "created_at": micros(answer.created_at),
        "is_repeat": answer.is_repeat,
        "delivered_at": micros_or_none(answer.delivered_at),
    }


def character_of(row: Row) -> Character:
    """The character in a row of all columns of `characters`."""
    character_id, account_id, name, poster, created_at = row
    return Character(
        id=character_id,
        account_id=account_id,
        name=name,
        poster=_poster.decode(poster),
        created_at=moment(created_at),
    )


def values_of_character(character: Character) -> Values:
    """Every column of `characters`."""
    return {
        "id": character.id,
        "account_id": character.account_id,
        "name": character.name,
        "poster": _json.encode(character.poster).decode(),
        "created_at": micros(character.created_at),
    }


def file_of(row: Row) -> StoredFile:
    """The file in a row of all columns of `files`."""
    file_id, account_id, name, purpose, media_type, size_bytes, blob_key, created_at, ends_at = row
    return StoredFile(
        id=file_id,
        account_id=account_id,
        name=name,
        purpose=purpose,
        media_type=media_type,
        size_bytes=size_bytes,
        blob_key=blob_key,
        created_at=moment(created_at),
        expires_at=moment_or_none(ends_at),
    )


def values_of_file(file: StoredFile) -> Values:
    """Every column of `files`."""
    return {
        "id": file.id,
        "account_id": file.account_id,
        "name": file.name,
        "purpose": file.purpose,
        "media_type": file.media_type,
        "size_bytes": file.size_bytes,
        "blob_key": file.blob_key,
        "created_at": micros(file.created_at),
        "expires_at": micros_or_none(file.expires_at),
    }
