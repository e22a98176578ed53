"""Workers, duties and abandoned submissions, in every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from matinee.core.circuit import Circuit
from matinee.core.job import Job, JobState
from matinee.ports.crew import Abandoned, Worker
from matinee.ports.engine import Submission
from matinee.ports.store import Store, Transaction
from tests.samples import NOW, a_video_id

SECOND = timedelta(seconds=1)
WORKER = Worker(
    id="w1", host="rack-1", process_id=7, engines=("gpu", "cloud"), started_at=NOW, seen_at=NOW
)
SUBMITTED = Job(
    video_id=a_video_id(1),
    engine="cloud",
    model="veo",
    state=JobState.FAILED,
    submit_key="key-1",
    upstream_id="upstream-1",
)


async def abandon(store: Store, *jobs: Job) -> None:
    def work(transaction: Transaction) -> None:
        for job in jobs:
            transaction.crew.abandon(job, NOW)

    await store.write(work)


async def note(store: Store, *workers: Worker) -> None:
    def work(transaction: Transaction) -> None:
        for worker in workers:
            transaction.crew.note_worker(worker)

    await store.write(work)


async def standing(store: Store, now: datetime = NOW) -> list[Abandoned]:
    return await store.crew.abandoned(["cloud", "gpu"], now, 10)


async def hold(store: Store, holder: str, now: datetime = NOW) -> bool:
    return await store.write(
        lambda transaction: transaction.crew.hold_duty("outbox", holder, now, now + 15 * SECOND)
    )


async def test_a_worker_of_some_models_is_known_by_them(store: Store) -> None:
    some = replace(WORKER, queues=(("cloud", "veo"), ("cloud", "veo/fast")))
    await note(store, some)
    assert await store.crew.workers() == [some]
    assert (some.models_of("gpu"), some.models_of("cloud")) == ((), ("veo", "veo/fast"))
    assert [some.makes(*each) for each in (("gpu", "wan"), ("cloud", "veo"))] == [True, True]
    assert [some.makes(*each) for each in (("cloud", "sora"), ("other", "x"))] == [False, False]


async def test_a_worker_is_as_it_was_noted_last(store: Store) -> None:
    later = replace(WORKER, engines=("gpu",), seen_at=NOW + SECOND)
    await note(store, WORKER, later)
    assert await store.crew.workers() == [later]


async def test_a_worker_that_goes_takes_what_it_knew_of_engines_with_it(store: Store) -> None:
    def know(transaction: Transaction) -> None:
        for worker_id in ("w1", "w2"):
            transaction.attempts.save_circuit(worker_id, Circuit(engine="gpu"))

    await note(store, WORKER)
    await store.write(know)
    await store.write(lambda transaction: transaction.crew.remove_worker("w1"))
    assert await store.crew.workers() == []
    assert await store.attempts.circuits() == [("w2", Circuit(engine="gpu"))]


async def test_silent_workers_are_removed(store: Store) -> None:
    fresh = replace(WORKER, id="w2", seen_at=NOW + SECOND)
    await note(store, WORKER, fresh)
    await store.write(lambda transaction: transaction.crew.remove_workers(NOW + SECOND))
    assert await store.crew.workers() == [fresh]


async def test_a_duty_has_one_holder_until_its_time_is_over(store: Store) -> None:
    assert await hold(store, "w1")
    assert not await hold(store, "w2", NOW + 14 * SECOND)
    assert await hold(store, "w1", NOW + 14 * SECOND)
    assert not await hold(store, "w2", NOW + 15 * SECOND)
    assert await hold(store, "w2", NOW + 29 * SECOND)


async def test_a_duty_that_is_released_is_anyones(store: Store) -> None:
    await hold(store, "w1")
    await store.write(lambda transaction: transaction.crew.release_duty("outbox", "w2"))
    assert not await hold(store, "w2")
    await store.write(lambda transaction: transaction.crew.release_duty("outbox", "w1"))
    assert await hold(store, "w2")


async def test_what_is_abandoned_waits_for_its_upstream_to_be_told(store: Store) -> None:
    await abandon(store, SUBMITTED)
    assert await standing(store) == [
        Abandoned(
            video_id=a_video_id(1),
            engine="cloud",
            model="veo",
            submission=Submission(submit_key="key-1", upstream_id="upstream-1"),
            tries=0,
            due_at=NOW,
            created_at=NOW,
        )
    ]
    assert await store.crew.abandoned(["gpu"], NOW, 10) == []


async def test_nothing_is_abandoned_of_a_film_that_was_made_or_never_ordered(store: Store) -> None:
    made = replace(SUBMITTED, state=JobState.COMPLETED)
    await abandon(store, made, replace(SUBMITTED, submit_key=None))
    assert await standing(store) == []


async def test_the_upstreams_id_is_added_to_what_was_abandoned_without_it(store: Store) -> None:
    await abandon(store, replace(SUBMITTED, upstream_id=None), SUBMITTED)
    (found,) = await standing(store)
    assert found.submission.upstream_id == "upstream-1"


async def test_of_two_that_would_tell_an_upstream_one_does(store: Store) -> None:
    await abandon(store, SUBMITTED)
    (found,) = await standing(store)
    may = [
        await store.write(lambda transaction: transaction.crew.postpone(found, NOW + SECOND))
        for _ in range(2)
    ]
    assert may == [True, False]
    assert await standing(store) == []
    (again,) = await standing(store, NOW + SECOND)
    assert again.tries == 1


async def test_what_an_upstream_was_told_is_forgotten(store: Store) -> None:
    await abandon(store, SUBMITTED)
    (found,) = await standing(store)
    await store.write(lambda transaction: transaction.crew.forget(found))
    assert await standing(store) == []


async def test_what_was_abandoned_long_ago_is_forgotten(store: Store) -> None:
    await abandon(store, SUBMITTED)
    counts = [
        await store.write(lambda transaction: transaction.crew.forget_abandoned(NOW + SECOND))
        for _ in range(2)
    ]
    assert counts == [1, 0]
