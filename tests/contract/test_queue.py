"""What every queue does."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from matinee.core.errors import QueueFull
from matinee.core.ids import VideoId
from matinee.core.job import Job, JobState
from matinee.ports.queue import JobQueue, at_once
from matinee.ports.store import Store, Transaction
from tests.contract.lines import LINES, Lines
from tests.samples import a_job, a_video, a_video_id

SOON_S = 5.0


@pytest.fixture(params=LINES)
async def lines(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Lines]:
    """A queue in which nothing waits."""
    async with LINES[request.param](tmp_path) as lines:
        yield lines


@pytest.fixture
def store(lines: Lines) -> Store:
    """The rows that its deliveries speak of."""
    return lines.store


@pytest.fixture
def queue(lines: Lines) -> JobQueue:
    """The queue itself."""
    return lines.queue


class Handler:
    """A handler that notes what it is given and works until it is let go."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[VideoId] = asyncio.Queue()
        self.handed_back: list[VideoId] = []
        self._gate = asyncio.Semaphore(0)

    async def __call__(self, video_id: VideoId) -> None:
        self.begun.put_nowait(video_id)
        try:
            await self._gate.acquire()
        except asyncio.CancelledError:
            for _ in range(9):
                await asyncio.sleep(0)  # handing a video back takes a while
            self.handed_back.append(video_id)
            raise

    def let_go(self, count: int = 1) -> None:
        for _ in range(count):
            self._gate.release()

    async def next(self) -> VideoId:
        return await asyncio.wait_for(self.begun.get(), SOON_S)


@asynccontextmanager
async def serving(
    queue: JobQueue,
    handler: Callable[[VideoId], Awaitable[None]],
    *,
    engine: str = "animatic",
    slots: int = 1,
    ready: Callable[[], Awaitable[None]] = at_once,
) -> AsyncIterator[asyncio.Task[None]]:
    """The queue served by a task, which is cancelled in the end."""
    task = asyncio.create_task(queue.serve(engine, slots, handler, ready))
    yield task
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def deliver(store: Store, queue: JobQueue, *jobs: Job) -> None:
    def work(transaction: Transaction) -> None:
        for job in jobs:
            queue.deliver(transaction, job)

    await store.write(work)


async def test_a_delivered_video_reaches_an_idle_worker(store: Store, queue: JobQueue) -> None:
    handler = Handler()
    async with serving(queue, handler):
        await deliver(store, queue, a_job(1))
        assert await handler.next() == a_video_id(1)


async def test_a_video_delivered_before_anyone_serves_waits(
    store: Store, queue: JobQueue, lines: Lines
) -> None:
    handler = Handler()
    await deliver(store, queue, a_job(1), a_job(2))
    assert await lines.waiting("animatic") == 2
    async with serving(queue, handler, slots=2):
        assert {await handler.next(), await handler.next()} == {a_video_id(1), a_video_id(2)}
        assert await lines.waiting("animatic") == 0


async def test_nothing_is_delivered_by_a_transaction_that_fails(
    store: Store, queue: JobQueue, lines: Lines
) -> None:
    def work(transaction: Transaction) -> None:
        queue.deliver(transaction, a_job(1))
        raise QueueFull("no")

    with pytest.raises(QueueFull):
        await store.write(work)
    await store.ping()
    assert await lines.waiting("animatic") == 0


async def test_smaller_priorities_go_first_and_equal_ones_as_they_came(
    store: Store, queue: JobQueue
) -> None:
    handler = Handler()
    priorities = [5, -3, 5, 2, 7, 2]
    jobs = [a_job(number, priority=priority) for number, priority in enumerate(priorities)]
    await deliver(store, queue, *jobs)
    async with serving(queue, handler):
        handler.let_go(len(jobs))
        order = [await handler.next() for _ in jobs]
    assert order == [a_video_id(number) for number in (1, 3, 5, 0, 2, 4)]


async def test_an_urgent_video_goes_before_those_that_wait(store: Store, queue: JobQueue) -> None:
    handler = Handler()
    await deliver(store, queue, *(a_job(number, priority=9) for number in range(3)))
    async with serving(queue, handler):
        assert await handler.next() == a_video_id(0)
        await deliver(store, queue, a_job(7, priority=1))
        handler.let_go()
        assert await handler.next() == a_video_id(7)


async def test_no_more_are_worked_on_than_there_are_slots(
    store: Store, queue: JobQueue, lines: Lines
) -> None:
    handler = Handler()
    await deliver(store, queue, *map(a_job, range(5)))
    async with serving(queue, handler, slots=2):
        for _ in range(2):
            await handler.next()
        assert await lines.waiting("animatic") == 3
        assert handler.begun.empty()
        handler.let_go()
        await handler.next()
        assert await lines.waiting("animatic") == 2


async def test_an_engine_gets_its_own_videos_only(
    store: Store, queue: JobQueue, lines: Lines
) -> None:
    handler = Handler()
    async with serving(queue, handler, engine="diffusers"):
        await deliver(store, queue, a_job(1), a_job(2, engine="diffusers"))
        assert await handler.next() == a_video_id(2)
        assert await lines.waiting("animatic") == 1


async def test_a_video_delivered_twice_while_it_waits_is_handed_out_at_least_once(
    store: Store, queue: JobQueue
) -> None:
    handler = Handler()
    await deliver(store, queue, a_job(1), a_job(1), a_job(2))
    async with serving(queue, handler):
        handler.let_go(9)
        handed = [await handler.next()]
        while handed[-1] != a_video_id(2):
            handed.append(await handler.next())
    assert handed[0] == a_video_id(1)


async def test_a_video_delivered_while_it_is_worked_on_is_handed_out_again(
    store: Store, queue: JobQueue
) -> None:
    handler = Handler()
    await deliver(store, queue, a_job(1))
    async with serving(queue, handler):
        assert await handler.next() == a_video_id(1)
        await deliver(store, queue, a_job(1))
        handler.let_go()
        assert await handler.next() == a_video_id(1)


async def test_a_handler_that_raises_is_logged_and_the_next_video_comes(
    store: Store, queue: JobQueue, caplog: pytest.LogCaptureFixture
) -> None:
    reached = Handler()

    async def handler(video_id: VideoId) -> None:
        if video_id == a_video_id(1):
            raise ZeroDivisionError
        await reached(video_id)

    await deliver(store, queue, a_job(1), a_job(2))
    with caplog.at_level(logging.ERROR):
        async with serving(queue, handler):
            assert await reached.next() == a_video_id(2)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


async def test_cancelling_cancels_the_handlers_and_waits_for_them(
    store: Store, queue: JobQueue, lines: Lines
) -> None:
    handler = Handler()
    await deliver(store, queue, *map(a_job, range(3)))
    async with serving(queue, handler, slots=2):
        begun = {await handler.next(), await handler.next()}
    assert set(handler.handed_back) == begun
    assert await lines.waiting("animatic") == 1


async def test_what_still_waits_after_a_cancel_is_handed_to_whoever_serves_next(
    store: Store, queue: JobQueue
) -> None:
    first, second = Handler(), Handler()
    await deliver(store, queue, a_job(1), a_job(2))
    async with serving(queue, first):
        await first.next()
    async with serving(queue, second):
        assert await second.next() == a_video_id(2)


async def test_cancelling_an_idle_server_loses_no_delivery(store: Store, queue: JobQueue) -> None:
    handler = Handler()
    async with serving(queue, handler):
        await store.ping()
    await deliver(store, queue, a_job(1))
    async with serving(queue, handler):
        assert await handler.next() == a_video_id(1)


async def test_a_delayed_delivery_waits_in_line_and_comes_when_its_delay_is_over(
    store: Store, queue: JobQueue, lines: Lines
) -> None:
    handler, delay_s = Handler(), 0.15

    def work(transaction: Transaction) -> None:
        queue.deliver(transaction, a_job(2))
        queue.deliver(transaction, a_job(1), delay_s=delay_s)

    began_s = time.monotonic()
    await store.write(work)
    assert await lines.waiting("animatic") == 2
    async with serving(queue, handler, slots=2):
        assert [await handler.next(), await handler.next()] == [a_video_id(2), a_video_id(1)]
    assert time.monotonic() - began_s >= delay_s


async def test_until_the_engine_is_ready_all_stay_in_line(
    store: Store, queue: JobQueue, lines: Lines
) -> None:
    handler, asked, answer = Handler(), asyncio.Event(), asyncio.Event()

    async def ready() -> None:
        asked.set()
        await answer.wait()

    await deliver(store, queue, a_job(1, priority=9))
    async with serving(queue, handler, ready=ready):
        await asked.wait()
        await deliver(store, queue, a_job(2, priority=1))
        assert await lines.waiting("animatic") == 2
        answer.set()
        assert await handler.next() == a_video_id(2)


async def test_only_waiting_videos_that_no_delivery_speaks_of_are_delivered_again(
    store: Store, queue: JobQueue, lines: Lines
) -> None:
    running, foreign = JobState.IN_PROGRESS, "diffusers"

    def accept(transaction: Transaction) -> None:
        for video in (
            a_video(1),
            a_video(2),
            a_video(3, state=running),
            a_video(4, engine=foreign),
        ):
            transaction.add_video(video)
        queue.deliver(transaction, a_job(1))

    await store.write(accept)
    assert await redeliver(store, queue) >= 1
    assert await lines.waiting("animatic") == 2
    assert await redeliver(store, queue) == 0
    handler = Handler()
    async with serving(queue, handler, slots=2):
        assert {await handler.next(), await handler.next()} == {a_video_id(1), a_video_id(2)}


async def redeliver(store: Store, queue: JobQueue) -> int:
    """As a sweep does."""
    return await store.write(lambda transaction: queue.redeliver(transaction, "animatic"))
