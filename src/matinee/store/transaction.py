"""The statements of a writing transaction, whatever the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from matinee.core.account import Account, ApiKey
from matinee.core.errors import LeaseLost
from matinee.core.event import Event
from matinee.core.ids import AccountId, KeyId, VideoId
from matinee.core.job import Job
from matinee.core.video import Video
from matinee.store import rows, statements
from matinee.store.answers import SqlAnswers
from matinee.store.attempts import SqlAttemptRows
from matinee.store.crew import SqlCrewRows
from matinee.store.execution import Execute
from matinee.store.library import SqlLibrary
from matinee.store.retention import SqlRetentionRows
from matinee.store.statements import Statement
from matinee.store.webhooks import SqlWebhookRows


class SqlTransaction:
    """The `Transaction` of every SQL database.

    `actions` are to be run once it is durable; `keys_changed` is among them if it changed keys.
    """

    def __init__(self, execute: Execute, keys_changed: Callable[[], None], driver: Any) -> None:
        self._execute = execute
        self.driver = driver
        self._keys_changed = keys_changed
        self.actions: list[Callable[[], None]] = []
        self.answers = SqlAnswers(execute)
        self.attempts = SqlAttemptRows(execute)
        self.crew = SqlCrewRows(execute)
        self.library = SqlLibrary(execute)
        self.retention = SqlRetentionRows(execute)
        self.webhooks = SqlWebhookRows(execute)

    def video(self, video_id: VideoId) -> Video | None:
        """The video, whoever owns it."""
        row = self._execute(statements.VIDEO_TO_CHANGE, video_id=video_id).fetchone()
        return rows.video_of(row) if row else None

    def add_video(self, video: Video) -> None:
        """Insert `video` with its job, and its assets if it has any."""
        self._execute(statements.ADD_VIDEO, **rows.values_of_video(video))

    def save_job(self, before: Job, after: Job) -> None:
        """Write `after` over `before`. Raises LeaseLost if state or attempt are not `before`'s."""
        cursor = self._execute(
            statements.SAVE_JOB,
            video_id=before.video_id,
            held_state=before.state.value,
            held_attempt=before.attempt,
            **rows.values_of_job(after),
        )
        if cursor.rowcount != 1:
            raise LeaseLost(
                f"Video {before.video_id} is not {before.state} in attempt {before.attempt} "
                "any more."
            )

    def save_assets(self, video: Video) -> None:
        """Write the assets and `expires_at` of `video`, in place of those it had."""
        self._execute(statements.SAVE_ASSETS, video_id=video.id, **rows.values_of_assets(video))

    def delete_video(self, video_id: VideoId) -> None:
        """Remove the video's row and all that hangs on it but its events."""
        for statement in statements.DELETE_WHAT_HANGS_ON_VIDEO:
            self._execute(statement, video_id=video_id)
        self._execute(statements.DELETE_VIDEO, video_id=video_id)

    def add_event(self, event: Event) -> None:
        """Append `event`."""
        self._execute(statements.ADD_EVENT, **rows.values_of_event(event))

    def lock(self, name: str, *, is_shared: bool = False) -> None:
        """Nothing to wait for: where one thread writes, nobody else holds anything."""

    def unfinished(self) -> list[Video]:
        """Every video whose job is not final, oldest first."""
        return [
            rows.video_of(row) for row in self._execute(statements.UNFINISHED_VIDEOS).fetchall()
        ]

    def overdue(self, engine: str, now: datetime, most: int) -> list[Video]:
        """Some of the engine's videos in progress whose lease is over."""
        found = self._execute(
            statements.OVERDUE_VIDEOS, engine=engine, now=rows.micros(now), most=most
        ).fetchall()
        return [rows.video_of(row) for row in found]

    def count_waiting(self, engine: str) -> int:
        """How many videos wait for the engine."""
        return self._number(statements.COUNT_WAITING, engine=engine)

    def waiting_ids(self, engine: str) -> list[tuple[VideoId, str]]:
        """The ids and models of all videos that wait for the engine, those first that are first."""
        found = self._execute(statements.WAITING_IDS, engine=engine).fetchall()
        return [(video_id, model) for video_id, model in found]

    def video_of_request(
        self, account_id: AccountId, request_key: str
    ) -> tuple[VideoId, str] | None:
        """Which video that `Idempotency-Key` made for the account, with its body's digest."""
        row = self._execute(
            statements.VIDEO_OF_REQUEST, account_id=account_id, request_key=request_key
        ).fetchone()
        return (row[0], row[1]) if row else None

    def remember_request(
        self,
        account_id: AccountId,
        request_key: str,
        digest: str,
        video_id: VideoId,
        now: datetime,
    ) -> None:
        """Note that the key made the video, and when."""
        self._execute(
            statements.ADD_REQUEST,
            account_id=account_id,
            request_key=request_key,
            digest=digest,
            video_id=video_id,
            created_at=rows.micros(now),
        )

    def count_unfinished(self, account_id: AccountId | None = None) -> int:
        """How many videos wait or run, of one account or of all."""
        if account_id is None:
            return self._number(statements.COUNT_UNFINISHED)
        return self._number(statements.COUNT_UNFINISHED_OF_ACCOUNT, account_id=account_id)

    def first_waiting_priority(self, engine: str) -> int:
        """The smallest priority among the engine's waiting videos, 0 if none waits."""
        return self._number(statements.FIRST_WAITING_PRIORITY, engine=engine)

    def last_started_priority(self, engine: str) -> int:
        """The largest priority among the engine's running videos, 0 if none runs."""
        return self._number(statements.LAST_STARTED_PRIORITY, engine=engine)

    def last_priority(self, engine: str, account_id: AccountId) -> int:
        """The largest priority among the account's unfinished videos there, 0 if it has none."""
        return self._number(statements.LAST_PRIORITY, engine=engine, account_id=account_id)

    def account_named(self, name: str) -> Account | None:
        """The account of that name."""
        row = self._execute(statements.ACCOUNT_NAMED, name=name).fetchone()
        return rows.account_of(row) if row else None

    def add_account(self, account: Account) -> None:
        """Insert `account`."""
        self._execute(statements.ADD_ACCOUNT, **rows.values_of_account(account))

    def add_key(self, key: ApiKey) -> None:
        """Insert `key`."""
        self._execute(statements.ADD_KEY, **rows.values_of_key(key))
        self.after_commit(self._keys_changed)

    def revoke_key(self, key_id: KeyId, now: datetime) -> bool:
        """Mark the key revoked; whether it was there and valid until now."""
        cursor = self._execute(statements.REVOKE_KEY, key_id=key_id, now=rows.micros(now))
        self.after_commit(self._keys_changed)
        return cursor.rowcount == 1

    def count_keys(self) -> int:
        """How many keys there are, revoked ones among them."""
        return self._number(statements.COUNT_KEYS)

    def give_all(self, giver: AccountId, taker: AccountId) -> int:
        """Make `taker` the owner of all that `giver` has; how many videos that is."""
        for statement in statements.GIVE_OTHERS:
            self._execute(statement, giver=giver, taker=taker)
        return self._execute(statements.GIVE_VIDEOS, giver=giver, taker=taker).rowcount

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once this transaction is durable, on the event loop; not if it fails."""
        self.actions.append(action)

    def _number(self, statement: Statement, **values: object) -> int:
        row = self._execute(statement, **values).fetchone()
        return int(row[0] or 0) if row else 0
