"""What a queue does that several processes share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TypeVar

import pytest

from matinee.core.ids import VideoId
from matinee.core.job import Job
from matinee.ports.store import Transaction
from matinee.queue.postgres_queue import PostgresQueue, Rows
from tests.contract.lines import NEVER_S, PostgresProcess, a_process, outage
from tests.postgres import a_database
from tests.samples import a_job, a_video, a_video_id

SOON_S = 10.0
Result = TypeVar("Result")


@pytest.fixture
def url() -> Iterator[str]:
    """An empty database that they share."""
    with a_database() as url:
        yield url


@asynccontextmanager
async def serving(
    process: PostgresProcess, handler: Callable[[VideoId], Awaitable[None]], *, slots: int = 1
) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(process.queue.serve("animatic", slots, handler))
    yield task
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def deliver(process: PostgresProcess, *jobs: Job) -> None:
    def work(transaction: Transaction) -> None:
        for job in jobs:
            process.queue.deliver(transaction, job)

    await process.store.write(work)


async def test_an_idle_worker_is_woken_by_what_another_process_delivers(url: str) -> None:
    begun = asyncio.Queue[VideoId]()
    async with a_process(url) as site, a_process(url) as worker, serving(worker, begun.put):
        for number in range(3):
            await deliver(site, a_job(number))
            assert await asyncio.wait_for(begun.get(), SOON_S) == a_video_id(number)


async def test_each_video_goes_to_one_of_the_workers(url: str) -> None:
    begun = asyncio.Queue[VideoId]()
    async with (
        a_process(url) as one,
        a_process(url) as other,
        serving(one, begun.put, slots=3),
        serving(other, begun.put, slots=3),
    ):
        await deliver(one, *map(a_job, range(30)))
        handed = [await asyncio.wait_for(begun.get(), SOON_S) for _ in range(30)]
        assert await one.waiting("animatic") == 0
    assert sorted(handed) == [a_video_id(number) for number in range(30)]
    assert begun.empty()


async def test_after_an_outage_of_the_database_a_worker_is_woken_as_before(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    begun = asyncio.Queue[VideoId]()
    async with a_process(url) as worker, serving(worker, begun.put):
        await deliver(worker, a_job(1))
        await asyncio.wait_for(begun.get(), SOON_S)
        worker.heard.clear()
        with outage(url):
            worker.queue.hear("animatic")
        await asyncio.wait_for(worker.heard.wait(), SOON_S)
        await deliver(worker, a_job(2))
        assert await asyncio.wait_for(begun.get(), SOON_S) == a_video_id(2)
    assert [record.message for record in caplog.records].count("notifications are away") == 1


async def test_a_process_never_works_on_a_video_twice_at_once(url: str) -> None:
    begun, gate, running = asyncio.Queue[VideoId](), asyncio.Semaphore(0), set[VideoId]()

    async def handler(video_id: VideoId) -> None:
        assert video_id not in running
        running.add(video_id)
        begun.put_nowait(video_id)
        await gate.acquire()
        running.discard(video_id)

    async with a_process(url) as worker, serving(worker, handler, slots=2):
        await deliver(worker, a_job(1))
        assert await begun.get() == a_video_id(1)
        await deliver(worker, a_job(1, priority=-1), a_job(2))
        assert await begun.get() == a_video_id(2)
        gate.release()
        assert await begun.get() == a_video_id(1)


async def test_sweeps_of_several_processes_deliver_again_once(url: str) -> None:
    async with a_process(url) as one, a_process(url) as other:

        def accept(transaction: Transaction) -> None:
            for number in range(20):
                transaction.add_video(a_video(number, model=f"model-{number % 3}"))

        await one.store.write(accept)
        await asyncio.gather(
            *(
                process.store.write(partial(redeliver, process))
                for process in (one, other)
                for _ in range(4)
            )
        )
        assert await one.waiting("animatic") == 20


def redeliver(process: PostgresProcess, transaction: Transaction) -> int:
    return process.queue.redeliver(transaction, "animatic")


async def test_a_worker_of_some_models_leaves_the_others_in_line(url: str) -> None:
    begun, mine = asyncio.Queue[VideoId](), "a-model-whose-name-is-longer-than-any-channels"
    async with a_process(url, chosen=[("animatic", mine)]) as worker:
        await deliver(worker, a_job(1), a_job(2, model=mine + "-2"), a_job(3, model=mine))
        async with serving(worker, begun.put, slots=3):
            assert await asyncio.wait_for(begun.get(), SOON_S) == a_video_id(3)
            assert await worker.waiting("animatic") == 2


async def test_what_a_cancelled_worker_had_just_fetched_is_in_line_again(url: str) -> None:
    async with a_process(url) as process:
        await deliver(process, a_job(1))
        slow = SlowStore(process.store)
        queue = PostgresQueue(slow, look_s=NEVER_S)
        task = asyncio.create_task(queue.serve("animatic", 1, nobody))
        await slow.written.wait()
        assert await process.waiting("animatic") == 0
        task.cancel()
        slow.answer.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await process.waiting("animatic") == 1


class SlowStore:
    """A store whose answers come when they are let."""

    def __init__(self, store: Rows) -> None:
        self._store = store
        self.written, self.answer = asyncio.Event(), asyncio.Event()

    async def write(self, work: Callable[[Transaction], Result]) -> Result:
        result = await self._store.write(work)
        self.written.set()
        await self.answer.wait()
        return result


async def nobody(video_id: VideoId) -> None:
    raise AssertionError(f"{video_id} was handed out")
