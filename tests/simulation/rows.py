"""The rows of the world, and the statements on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from matinee.core.attempt import Attempt
from matinee.core.circuit import Circuit
from matinee.core.errors import LeaseLost
from matinee.core.event import Event
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import Job, JobState
from matinee.core.video import Video
from matinee.core.webhook import Delivery, NumberedEvent, WebhookEndpoint
from matinee.ports.crew import Abandoned
from matinee.ports.engine import Submission
from matinee.ports.webhooks import OutboxMarks


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """A delivery of the shared queue. `taker` is the strand that has it, if one has."""

    number: int
    video_id: VideoId
    engine: str
    priority: int
    due_at: datetime
    taker: int | None = None


@dataclass(slots=True)
class Tables:
    """Everything that is durable. Values are never changed, only replaced."""

    videos: dict[VideoId, Video] = field(default_factory=dict)
    events: list[NumberedEvent] = field(default_factory=list)
    attempts: dict[tuple[VideoId, int], Attempt] = field(default_factory=dict)
    requests: dict[tuple[AccountId, str], tuple[VideoId, str]] = field(default_factory=dict)
    circuits: dict[tuple[str, str], Circuit] = field(default_factory=dict)
    abandoned: dict[tuple[VideoId, str], Abandoned] = field(default_factory=dict)
    endpoints: dict[AccountId, WebhookEndpoint] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    line: dict[int, InLine] = field(default_factory=dict)
    planned_up_to: int = 0
    last_number: int = 0

    def copied(self) -> Tables:
        """The same rows, to be changed by one transaction."""
        return Tables(
            videos=self.videos.copy(),
            events=self.events.copy(),
            attempts=self.attempts.copy(),
            requests=self.requests.copy(),
            circuits=self.circuits.copy(),
            abandoned=self.abandoned.copy(),
            endpoints=self.endpoints,
            deliveries=self.deliveries.copy(),
            line=self.line.copy(),
            planned_up_to=self.planned_up_to,
            last_number=self.last_number,
        )


class Rows:
    """The `Transaction` of the world, as far as the rules use it; also its parts of one subject."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.actions: list[Callable[[], None]] = []

    @property
    def attempts(self) -> Rows:
        """Attempts and circuits."""
        return self

    crew = retention = webhooks = library = attempts

    # Videos, jobs and events.

    def video(self, video_id: VideoId) -> Video | None:
        """The video, whoever owns it."""
        return self.tables.videos.get(video_id)

    def add_video(self, video: Video) -> None:
        """Insert `video`."""
        assert video.id not in self.tables.videos
        self.tables.videos[video.id] = video

    def save_job(self, before: Job, after: Job) -> None:
        """Write `after` over `before`. Raises LeaseLost if state or attempt are not `before`'s."""
        row = self.tables.videos.get(before.video_id)
        if row is None or (row.job.state, row.job.attempt) != (before.state, before.attempt):
            raise LeaseLost(f"Video {before.video_id} is not what it was.")
        self.tables.videos[row.id] = replace(row, job=after)

    def save_assets(self, video: Video) -> None:
        """Write the assets of `video`."""
        row = self.tables.videos[video.id]
        assets, end = video.assets, video.expires_at
        self.tables.videos[video.id] = replace(row, assets=assets, expires_at=end)

    def delete_video(self, video_id: VideoId) -> None:
        """Remove the video and all that hangs on it but its events."""
        tables = self.tables
        tables.videos.pop(video_id, None)
        tables.requests = {k: made for k, made in tables.requests.items() if made[0] != video_id}
        tables.attempts = {k: each for k, each in tables.attempts.items() if k[0] != video_id}

    def add_event(self, event: Event) -> None:
        """Append `event`."""
        events, owner = self.tables.events, self.tables.videos[event.video_id].account_id
        events.append(NumberedEvent(sequence=len(events) + 1, account_id=owner, event=event))

    def lock(self, name: str, *, is_shared: bool = False) -> None:
        """Nothing to wait for."""

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once this is durable."""
        self.actions.append(action)

    # What is asked of many rows.

    def unfinished(self) -> list[Video]:
        """Every video whose job is not final, oldest first."""
        return [video for video in self.tables.videos.values() if not video.job.state.is_final]

    def overdue(self, engine: str, now: datetime, most: int) -> list[Video]:
        """Some of the engine's videos in progress whose lease is over."""
        return [
            video
            for video in self._of(engine, JobState.IN_PROGRESS)
            if video.job.lease_expires_at is not None and video.job.lease_expires_at <= now
        ][:most]

    def stale(self, before: datetime, most: int) -> list[Video]:
        """Unfinished videos that were accepted before then."""
        return [video for video in self.unfinished() if video.created_at < before][:most]

    def count_waiting(self, engine: str) -> int:
        """How many videos wait for the engine."""
        return len(self._of(engine, JobState.QUEUED))

    def count_unfinished(self, account_id: AccountId | None = None) -> int:
        """How many videos wait or run."""
        return len([v for v in self.unfinished() if account_id in (None, v.account_id)])

    def first_waiting_priority(self, engine: str) -> int:
        """The smallest priority among the engine's waiting videos."""
        return min((v.job.priority for v in self._of(engine, JobState.QUEUED)), default=0)

    def last_started_priority(self, engine: str) -> int:
        """The largest priority among the engine's running videos."""
        return max((v.job.priority for v in self._of(engine, JobState.IN_PROGRESS)), default=0)

    def last_priority(self, engine: str, account_id: AccountId) -> int:
        """The largest priority among the account's unfinished videos there."""
        mine = [v for v in self.unfinished() if v.account_id == account_id]
        return max((v.job.priority for v in mine if v.job.engine == engine), default=0)

    def count_keys(self) -> int:
        """Nobody makes keys."""
        return 0

    def _of(self, engine: str, state: JobState) -> list[Video]:
        return [
            video
            for video in self.tables.videos.values()
            if video.job.state is state and video.job.engine == engine
        ]

    # Requests that are repeated.

    def video_of_request(
        self, account_id: AccountId, request_key: str
    ) -> tuple[VideoId, str] | None:
        """Which video that key made."""
        return self.tables.requests.get((account_id, request_key))

    def remember_request(
        self,
        account_id: AccountId,
        request_key: str,
        digest: str,
        video_id: VideoId,
        now: datetime,
    ) -> None:
        """Note that the key made the video."""
        assert (account_id, request_key) not in self.tables.requests
        self.tables.requests[account_id, request_key] = (video_id, digest)

    # Attempts and circuits.

    def add(self, attempt: Attempt) -> None:
        """Insert `attempt`."""
        assert (attempt.video_id, attempt.number) not in self.tables.attempts
        self.tables.attempts[attempt.video_id, attempt.number] = attempt

    def note_upstream(self, video_id: VideoId, number: int, upstream_id: str) -> None:
        """Note under which id an upstream has the attempt's work."""
        self._change_attempt(video_id, number, upstream_id=upstream_id)

    def finish(
        self,
        video_id: VideoId,
        number: int,
        *,
        outcome: str,
        message: str | None = None,
        now: datetime,
    ) -> None:
        """Note how the attempt ended; one that has ended stays as it is."""
        attempt = self.tables.attempts.get((video_id, number))
        if attempt is not None and attempt.finished_at is None:
            self._change_attempt(
                video_id, number, outcome=outcome, message=message, finished_at=now
            )

    def of_video(self, video_id: VideoId) -> list[Attempt]:
        """The video's attempts, in order."""
        return [each for key, each in self.tables.attempts.items() if key[0] == video_id]

    def save_circuit(self, worker_id: str, circuit: Circuit) -> None:
        """Write what the worker knows of an engine's health."""
        self.tables.circuits[worker_id, circuit.engine] = circuit

    def _change_attempt(self, video_id: VideoId, number: int, **changes: Any) -> None:
        attempt = self.tables.attempts.get((video_id, number))
        if attempt is not None:
            self.tables.attempts[video_id, number] = replace(attempt, **changes)

    # What upstreams are to be told.

    def abandon(self, job: Job, now: datetime) -> None:
        """Note what stands submitted for `job`."""
        if job.submit_key is None or job.state is JobState.COMPLETED:
            return
        known = self.tables.abandoned.get((job.video_id, job.submit_key))
        upstream_id = (known.submission.upstream_id if known else None) or job.upstream_id
        submission = Submission(submit_key=job.submit_key, upstream_id=upstream_id)
        self.tables.abandoned[job.video_id, job.submit_key] = (
            replace(known, submission=submission)
            if known
            else Abandoned(
                video_id=job.video_id,
                engine=job.engine,
                model=job.model,
                submission=submission,
                tries=0,
                due_at=now,
                created_at=now,
            )
        )

    def postpone(self, abandoned: Abandoned, until: datetime) -> bool:
        """Count a try to tell the upstream; whether this is the one."""
        key = (abandoned.video_id, abandoned.submission.submit_key)
        row = self.tables.abandoned.get(key)
        if row is None or row.tries != abandoned.tries:
            return False
        self.tables.abandoned[key] = replace(row, tries=row.tries + 1, due_at=until)
        return True

    def forget(self, abandoned: Abandoned) -> None:
        """The upstream was told, or never will be."""
        key = (abandoned.video_id, abandoned.submission.submit_key)
        self.tables.abandoned.pop(key, None)

    # Webhooks.

    def endpoints_of(self, account_id: AccountId) -> list[WebhookEndpoint]:
        """The account's endpoint."""
        return [self.tables.endpoints[account_id]]

    def take_callback(self, video_id: VideoId) -> None:
        """No video has one."""

    def marks(self) -> OutboxMarks:
        """How far the outbox has come."""
        return OutboxMarks(sequence=self.tables.planned_up_to, resends=0)

    def move_cursor(self, sequence: int) -> None:
        """Note that every event up to `sequence` is planned."""
        self.tables.planned_up_to = sequence

    def add_delivery(self, delivery: Delivery) -> None:
        """Insert `delivery`."""
        self.tables.deliveries.append(delivery)
