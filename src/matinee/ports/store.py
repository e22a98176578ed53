"""The rows: videos with their jobs, events, accounts and keys; what is beside them hangs on it.

Reads are single short statements. Writes are given as a function that gets a `Transaction` and
runs to its end or not at all; several may share one commit, each alone if one fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from matinee.core.account import Account, ApiKey
from matinee.core.character import Character
from matinee.core.event import Event
from matinee.core.ids import AccountId, CharacterId, FileId, KeyId, VideoId
from matinee.core.job import Job
from matinee.core.stored_file import StoredFile
from matinee.core.video import Video
from matinee.ports.answers import AnswerRows
from matinee.ports.attempts import AttemptReads, AttemptRows
from matinee.ports.crew import CrewReads, CrewRows
from matinee.ports.history import History
from matinee.ports.library import FilePage, LibraryRows
from matinee.ports.retention import RetentionReads, RetentionRows
from matinee.ports.webhooks import WebhookReads, WebhookRows

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoPage:
    """Some of an account's videos, and whether more follow."""

    videos: tuple[Video, ...]
    has_more: bool


class Transaction(Protocol):
    """The statements of a writing transaction. Synchronous: it runs where the database is.

    A video that it reads can't change before it commits. Other rows can, where several processes
    write: what must not change is read under a `lock`, or is refused by a unique index.
    """

    @property
    def driver(self) -> Any:
        """The driver's own connection, for what lives in the same database."""

    def video(self, video_id: VideoId) -> Video | None:
        """The video, whoever owns it."""

    def add_video(self, video: Video) -> None:
        """Insert `video` with its job, and its assets if it has any."""

    def save_job(self, before: Job, after: Job) -> None:
        """Write `after` over `before`. Raises LeaseLost if state or attempt are not `before`'s."""

    def save_assets(self, video: Video) -> None:
        """Write the assets and `expires_at` of `video`, in place of those it had."""

    def delete_video(self, video_id: VideoId) -> None:
        """Remove the video's row and all that hangs on it but its events."""

    def add_event(self, event: Event) -> None:
        """Append `event` of a video that is still there, with the account that owns it."""

    def lock(self, name: str, *, is_shared: bool = False) -> None:
        """Wait until nobody else holds `name`, and hold it until the transaction ends.

        With `is_shared`, others that share it may hold it too. What is read afterwards was
        committed by whoever held it before.
        """

    def unfinished(self) -> list[Video]:
        """Every video whose job is not final, oldest first."""

    def overdue(self, engine: str, now: datetime, most: int) -> list[Video]:
        """Some of the engine's videos in progress whose lease is over."""

    def count_waiting(self, engine: str) -> int:
        """How many videos wait for the engine."""

    def waiting_ids(self, engine: str) -> list[tuple[VideoId, str]]:
        """The ids and models of all videos that wait for the engine, those first that are first.

        Unlike a video that is read, they may change before the transaction commits.
        """

    def video_of_request(
        self, account_id: AccountId, request_key: str
    ) -> tuple[VideoId, str] | None:
        """Which video that `Idempotency-Key` made for the account, with its body's digest."""

    def remember_request(
        self,
        account_id: AccountId,
        request_key: str,
        digest: str,
        video_id: VideoId,
        now: datetime,
    ) -> None:
        """Note that the key made the video, and when."""

    def count_unfinished(self, account_id: AccountId | None = None) -> int:
        """How many videos wait or run, of one account or of all.

        Where several processes write, others may be adding some at this moment: a limit that is
        held against it may be passed by as many as are accepted at once.
        """

    def first_waiting_priority(self, engine: str) -> int:
        """The smallest priority among the engine's waiting videos, 0 if none waits."""

    def last_started_priority(self, engine: str) -> int:
        """The largest priority among the engine's running videos, 0 if none runs."""

    def last_priority(self, engine: str, account_id: AccountId) -> int:
        """The largest priority among the account's unfinished videos there, 0 if it has none."""

    def account_named(self, name: str) -> Account | None:
        """The account of that name."""

    def add_account(self, account: Account) -> None:
        """Insert `account`."""

    def add_key(self, key: ApiKey) -> None:
        """Insert `key`."""

    def revoke_key(self, key_id: KeyId, now: datetime) -> bool:
        """Mark the key revoked; whether it was there and valid until now."""

    def count_keys(self) -> int:
        """How many keys there are, revoked ones among them."""

    def give_all(self, giver: AccountId, taker: AccountId) -> int:
        """Make `taker` the owner of all that `giver` has; how many videos that is."""

    @property
    def answers(self) -> AnswerRows:
        """Which videos answered which request."""

    @property
    def attempts(self) -> AttemptRows:
        """Attempts, and the health of engines."""

    @property
    def crew(self) -> CrewRows:
        """Workers, duties, and what upstreams are still to be told."""

    @property
    def library(self) -> LibraryRows:
        """Characters and files."""

    @property
    def retention(self) -> RetentionRows:
        """What is to be cleared away."""

    @property
    def webhooks(self) -> WebhookRows:
        """Endpoints, callbacks and deliveries."""

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once this transaction is durable, on the event loop; not if it fails."""


class Store(Protocol):
    """The database."""

    @property
    def attempts(self) -> AttemptReads:
        """What is read of attempts and of the health of engines."""

    @property
    def crew(self) -> CrewReads:
        """What is read of workers and of abandoned submissions."""

    @property
    def history(self) -> History:
        """What happened to videos, in order."""

    @property
    def retention(self) -> RetentionReads:
        """All rows that have blobs."""

    @property
    def webhooks(self) -> WebhookReads:
        """What is read of endpoints and deliveries."""

    async def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Run `work` in a transaction; its result once the commit is durable.

        `work` may run more than once, so it changes nothing but the transaction.
        What `work` raises undoes all that it wrote and is raised here. Raises StorageFull when
        the disk is full and ServiceUnavailable when the database can't be reached.
        """

    async def video(self, video_id: VideoId) -> Video | None:
        """The video, whoever owns it."""

    async def list_videos(
        self, account_id: AccountId, *, limit: int, after: VideoId | None, newest_first: bool
    ) -> VideoPage:
        """A page of the account's videos by time of creation, behind the video `after`."""

    async def count_ahead(self, video: Video, most: int) -> int:
        """How many videos wait before `video` for the same engine; no more than `most` are counted.

        None once it does not wait any more.
        """

    async def waiting(self, engine: str, after: Video | None, most: int) -> list[Video]:
        """Some of the videos that wait for the engine, in line behind `after` as it was read.

        They may change at any time: nothing is held.
        """

    async def character(self, character_id: CharacterId) -> Character | None:
        """The character, whoever owns it."""

    async def list_characters(self, account_id: AccountId) -> list[Character]:
        """The account's characters, newest first."""

    async def file(self, file_id: FileId) -> StoredFile | None:
        """The file, whoever owns it."""

    async def list_files(
        self,
        account_id: AccountId,
        *,
        purpose: str | None,
        limit: int,
        after: FileId | None,
        newest_first: bool,
    ) -> FilePage:
        """A page of the account's files by time of creation, behind the file `after`."""

    async def key_by_digest(self, digest: str) -> ApiKey | None:
        """The key with that digest, unless it is revoked."""

    async def list_keys(self) -> list[ApiKey]:
        """Every key, oldest first, revoked ones among them."""

    async def has_keys(self) -> bool:
        """Whether a key was ever made: then every request needs one."""

    async def events(self, video_id: VideoId) -> list[Event]:
        """What happened to the video, in order."""

    async def ping(self) -> None:
        """Raise ServiceUnavailable unless the database can be written to."""

    async def close(self) -> None:
        """Finish what is being written and let go of the database."""
