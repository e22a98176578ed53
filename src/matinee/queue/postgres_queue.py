"""Delivery over PostgreSQL: Procrastinate's tables and functions, served by a loop of our own.

A delivery is a job of Procrastinate's that is deferred in the transaction that makes the video
wait, in a line of its engine and model. A worker fetches one when it has a slot free, and the job
is deleted by the same statement: from then on the row alone says how the video stands.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from matinee.core.errors import MatineeError
from matinee.core.ids import VideoId
from matinee.core.job import Job, JobState
from matinee.ports.queue import at_once
from matinee.ports.store import Transaction

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

CHANNEL = "matinee_delivered"
"""Where the database tells which engine's videos were delivered."""

_LARGEST = 2**31 - 1
"""Procrastinate's priorities are 32-bit integers."""

_LONGEST_ENGINE, _LONGEST_MODEL = 16, 23
"""Procrastinate notifies a channel that is named after the line, and PostgreSQL allows a channel's
name 63 bytes, of which these are left."""

_MOST_AT_ONCE = 1000
"""So many are delivered again in one transaction: others write too."""

# What is in line already stays. There is no race: whoever delivers a video holds its row.
_DEFER = """
WITH deferred AS (
    SELECT procrastinate_defer_jobs_v1(ARRAY[
        ROW(
            %(line)s::text, 'attempt', %(priority)s::int, NULL, %(lock)s::text,
            jsonb_build_object('video_id', %(video_id)s::text),
            CASE WHEN %(delay_s)s::float8 > 0
                THEN clock_timestamp() + make_interval(secs => %(delay_s)s::float8) END
        )::procrastinate_job_to_defer_v1
    ])
    WHERE NOT EXISTS (
        SELECT FROM procrastinate_jobs AS job
        WHERE job.queueing_lock = %(lock)s::text AND job.status = 'todo'
    )
)
SELECT pg_notify(%(channel)s, %(engine)s) FROM deferred
"""

# There are few lines and perhaps many jobs, so the index is read once for each line. Where none of
# the engine's has a job there is nothing to fetch: that would read those of all other engines.
# Its commit is not waited for: a crash of the database brings the delivery back, which is allowed.
_FETCH = """
WITH RECURSIVE line (name) AS (
    SELECT min(queue_name) FROM procrastinate_jobs
    UNION ALL
    SELECT (SELECT min(queue_name) FROM procrastinate_jobs WHERE queue_name > line.name)
    FROM line
    WHERE line.name IS NOT NULL
), ours (names) AS (
    SELECT array_agg(name)
    FROM line
    WHERE CASE WHEN %(chosen)s::text[] IS NULL
        THEN name = %(line)s OR starts_with(name, %(line)s || '/')
        ELSE name = ANY(%(chosen)s::text[]) END
)
SELECT
    job.queue_name, job.priority, job.queueing_lock, job.args ->> 'video_id',
    procrastinate_finish_job_v1(job.id, 'succeeded', true),
    set_config('synchronous_commit', 'off', true)
FROM ours CROSS JOIN LATERAL procrastinate_fetch_job_v2(ours.names, NULL) AS job
WHERE ours.names IS NOT NULL AND job.id IS NOT NULL
"""

_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('redeliver ' || %(engine)s, 0))"

_MISSING = """
SELECT waiting.lock
FROM unnest(%(locks)s::text[]) WITH ORDINALITY AS waiting (lock, place)
WHERE NOT EXISTS (
    SELECT FROM procrastinate_jobs AS job
    WHERE job.queueing_lock = waiting.lock AND job.status = 'todo'
)
ORDER BY waiting.place
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delivery:
    """One job of Procrastinate's."""

    line: str
    priority: int
    lock: str
    video_id: VideoId

    @classmethod
    def of(cls, engine: str, model: str, video_id: VideoId, priority: int) -> _Delivery:
        return cls(
            line=line_of(engine, model),
            priority=max(-_LARGEST, min(_LARGEST, -priority)),
            lock=_lock_of(engine, model, video_id),
            video_id=video_id,
        )


class Rows(Protocol):
    """What the queue needs of the store."""

    async def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Run `work` in a transaction."""


class PostgresQueue:
    """The `JobQueue` of workers on many machines, which share the database of `store`.

    They are woken by `hear`. It belongs to one event loop.
    """

    def __init__(
        self, store: Rows, *, chosen: Collection[tuple[str, str]] = (), look_s: float = 1.0
    ) -> None:
        """Of an engine that is among the `chosen` engines and models, only those are served.

        `look_s` is how often a free slot looks for what nobody told of, such as a delivery whose
        delay is over.
        """
        self._store = store
        self._chosen = tuple(chosen)
        self._look_s = look_s
        self._bells: dict[str, set[asyncio.Event]] = {}

    def deliver(self, transaction: Transaction, job: Job, *, delay_s: float = 0.0) -> None:
        """Deliver the waiting `job` when `transaction` commits, and not if it does not."""
        delivery = _Delivery.of(job.engine, job.model, job.video_id, job.priority)
        _defer(transaction, job.engine, delivery, delay_s=delay_s)

    def redeliver(self, transaction: Transaction, engine: str) -> int:
        """Deliver every waiting video of `engine` that no delivery speaks of; how many.

        Nothing while another process is at it.
        """
        (is_ours,) = transaction.driver.execute(_TRY_LOCK, {"engine": engine}).fetchone()
        if not is_ours:
            return 0
        forgotten = self._forgotten(transaction, engine)
        for job in forgotten:
            self.deliver(transaction, job)
        return len(forgotten)

    def _forgotten(self, transaction: Transaction, engine: str) -> list[Job]:
        """Some of the waiting videos of which no delivery speaks."""
        waiting = {
            _lock_of(engine, model, video_id): video_id
            for video_id, model in transaction.waiting_ids(engine)
        }
        missing = transaction.driver.execute(_MISSING, {"locks": list(waiting)}).fetchall()
        # By their age, as others do who hold several, so that nobody waits in a circle.
        some = sorted(waiting[lock] for (lock,) in missing[:_MOST_AT_ONCE])
        # Many of them were taken up at this moment: those don't wait any more.
        found = [transaction.video(video_id) for video_id in some]
        return [
            video.job
            for video in found
            if video is not None
            and video.job.state is JobState.QUEUED
            and video.job.engine == engine
        ]

    async def serve(
        self,
        engine: str,
        slots: int,
        handler: Callable[[VideoId], Awaitable[None]],
        ready: Callable[[], Awaitable[None]] = at_once,
    ) -> None:
        """Hand videos of `engine` to `handler`, smallest priority first, `slots` at a time.

        While the database is away it waits.
        """
        hands = _Hands(slots, handler, ready)
        try:
            with self._bell(engine) as bell:
                while True:
                    await hands.one_free()
                    hands.take_up(await self._next(engine, ready, bell))
        finally:
            await hands.drop_all()

    def hear(self, engine: str) -> None:
        """A video of `engine` was delivered: whoever has a slot free looks."""
        for bell in self._bells.get(engine, ()):
            bell.set()

    def miss(self) -> None:
        """Something may have been delivered that nobody tells of."""
        for engine in self._bells:
            self.hear(engine)

    @contextmanager
    def _bell(self, engine: str) -> Iterator[asyncio.Event]:
        bell = asyncio.Event()
        bells = self._bells.setdefault(engine, set())
        bells.add(bell)
        try:
            yield bell
        finally:
            bells.discard(bell)

    async def _next(
        self, engine: str, ready: Callable[[], Awaitable[None]], bell: asyncio.Event
    ) -> VideoId:
        """The first video in line once `ready` returned, however long that takes."""
        while True:
            await ready()
            bell.clear()
            delivery = await self._fetch(engine)
            if delivery is not None:
                return delivery.video_id
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_s):
                    await bell.wait()

    async def _fetch(self, engine: str) -> _Delivery | None:
        """The first delivery in line, which is in line no more; None if there is none.

        Also None while the database is away.
        """
        fetching = asyncio.ensure_future(self._store.write(self._fetch_work(engine)))
        try:
            delivery = await asyncio.shield(fetching)
        except asyncio.CancelledError:
            await self._put_back(engine, fetching)
            raise
        except MatineeError as error:
            logger.log(error.log_level, "deliveries are away", extra={"code": error.code})
            return None
        return delivery

    def _fetch_work(self, engine: str) -> Callable[[Transaction], _Delivery | None]:
        chosen = [line_of(*each) for each in self._chosen if each[0] == engine]
        values = {"line": line_of(engine, ""), "chosen": chosen or None}

        def work(transaction: Transaction) -> _Delivery | None:
            row = transaction.driver.execute(_FETCH, values).fetchone()
            if row is None:
                return None
            line, priority, lock, video_id, *_ = row
            return _Delivery(line=line, priority=priority, lock=lock, video_id=video_id)

        return work

    async def _put_back(self, engine: str, fetching: asyncio.Future[_Delivery | None]) -> None:
        """Deliver again what was being fetched as its server was cancelled."""
        try:
            delivery = await fetching
            if delivery is not None:
                await self._store.write(lambda transaction: _defer(transaction, engine, delivery))
        except MatineeError as error:
            logger.log(error.log_level, "delivery left to the sweep", extra={"code": error.code})


class _Hands:
    """What a server works on: so many videos at a time, and each of them once at a time."""

    def __init__(
        self,
        slots: int,
        handler: Callable[[VideoId], Awaitable[None]],
        ready: Callable[[], Awaitable[None]],
    ) -> None:
        self._free = asyncio.Semaphore(slots)
        self._handler = handler
        self._ready = ready
        self._busy: dict[VideoId, asyncio.Task[None]] = {}
        self._again: set[VideoId] = set()

    async def one_free(self) -> None:
        """Wait for a slot, and hold it for what is taken up next."""
        await self._free.acquire()

    def take_up(self, video_id: VideoId) -> None:
        """Have the video handled, or handled again where that is being done."""
        if video_id in self._busy:
            self._again.add(video_id)
            self._free.release()
            return
        task = asyncio.create_task(self._handle(video_id), name=video_id)
        self._busy[video_id] = task
        task.add_done_callback(self._let_go)

    async def drop_all(self) -> None:
        """Cancel all handlers and wait for them."""
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _handle(self, video_id: VideoId) -> None:
        await self._handler(video_id)
        while video_id in self._again:
            self._again.discard(video_id)
            await self._ready()
            await self._handler(video_id)

    def _let_go(self, task: asyncio.Task[None]) -> None:
        video_id = VideoId(task.get_name())
        del self._busy[video_id]
        self._again.discard(video_id)
        self._free.release()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("handler failed", exc_info=error, extra={"video_id": video_id})


def line_of(engine: str, model: str) -> str:
    """The line of Procrastinate's in which videos of the engine's model wait."""
    if not model:
        return _short(engine, _LONGEST_ENGINE)
    return f"{_short(engine, _LONGEST_ENGINE)}/{_short(model, _LONGEST_MODEL)}"


def _lock_of(engine: str, model: str, video_id: VideoId) -> str:
    """What keeps a video from standing in a line twice."""
    return f"{engine}/{model}/{video_id}"


def _short(name: str, most_bytes: int) -> str:
    """`name`, or as much of it as fits with a digest that tells it from others."""
    plain = "".join(letter for letter in name if letter.isascii() and letter != "/")
    if plain == name and len(name) <= most_bytes:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{plain[: most_bytes - len(digest) - 1]}#{digest}"


def _defer(
    transaction: Transaction, engine: str, delivery: _Delivery, *, delay_s: float = 0.0
) -> None:
    transaction.driver.execute(
        _DEFER,
        {
            "line": delivery.line,
            "priority": delivery.priority,
            "lock": delivery.lock,
            "video_id": delivery.video_id,
            "delay_s": delay_s,
            "channel": CHANNEL,
            "engine": engine,
        },
    )
