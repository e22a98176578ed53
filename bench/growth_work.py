"""What is asked of a store, a call at a time: reads, lists, accepts, attempts, chores."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from tests.samples import ALICE, BOB, NOW, a_video, a_video_id

from bench.history import ENGINE
from matinee.core.attempt import COMPLETED, Attempt
from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import finish, renew, take
from matinee.core.video import Video
from matinee.ports.store import Store, Transaction
from matinee.services.answers import Question, find_answered, note_answer
from matinee.services.lines import in_line

PROMISED_TIMES = 1.5
Work = Callable[["Side"], Awaitable[object]]
_LEASE = timedelta(seconds=15)
_PAGE = 20


class Side:
    """A store with `count` finished videos, which are Alice's. What is accepted is Bob's."""

    def __init__(self, store: Store, count: int) -> None:
        self.store = store
        self.count = count
        self.accepted: list[Video] = []
        self.taken: list[Video] = []
        self._random = random.Random(count)
        self._next = 10 * count

    def some_id(self) -> VideoId:
        """One of the stored videos."""
        return a_video_id(self._random.randint(1, self.count))

    def new_video(self) -> Video:
        """One to be accepted, newer than all."""
        self._next += 1
        return replace(a_video(self._next, account_id=BOB), created_at=self.now())

    def now(self) -> datetime:
        """A moment after all that is stored."""
        return NOW + timedelta(seconds=20 * self.count)


async def read(side: Side) -> object:
    """One video."""
    return await side.store.video(side.some_id())


def list_page(*, is_deep: bool, account_id: AccountId = ALICE) -> Work:
    """A page of an account's videos, the first one or one from the middle."""

    async def work(side: Side) -> object:
        after = a_video_id(side.count // 2) if is_deep else None
        return await side.store.list_videos(account_id, limit=_PAGE, after=after, newest_first=True)

    return work


async def read_outlook(side: Side) -> object:
    """How many wait before one that waits."""
    return await side.store.count_ahead(side.accepted[-1], 1000)


async def read_events(side: Side) -> object:
    """All that happened to one video."""
    return await side.store.events(side.some_id())


async def resume_stream(side: Side) -> object:
    """What a watcher of one video reads when it comes back."""
    return await side.store.history.latest(side.some_id())


async def resume_account_stream(side: Side) -> object:
    """What a watcher of all of an account's videos reads when it comes back."""
    last = await side.store.history.last_of_account(ALICE)
    return await side.store.history.of_account(ALICE, last - _PAGE, _PAGE)


async def plan_webhooks(side: Side) -> object:
    """The newest events, as the planner of webhooks reads them."""
    marks = await side.store.webhooks.marks()
    last = await side.store.history.last_of_account(ALICE)
    return marks, await side.store.webhooks.events_after(last - _PAGE, _PAGE)


async def read_engines(side: Side) -> object:
    """What `GET /admin/engines` shows."""
    attempts = side.store.attempts
    return await attempts.circuits(), await attempts.loads(), await attempts.latest(ENGINE, _PAGE)


async def accept(side: Side) -> None:
    """Accept a video."""
    await side.store.write(lambda transaction: _accept(transaction, side, None))


async def accept_counted(side: Side) -> None:
    """Accept a video that an SDK asks for, which says how often it tried."""
    question = Question(digest=f"{len(side.accepted):064x}", received_at=side.now())
    await side.store.write(lambda transaction: _accept(transaction, side, question))


async def take_next(side: Side) -> None:
    """Take a waiting video: a new attempt at it."""
    video = side.accepted.pop()

    def work(transaction: Transaction) -> Video:
        current = transaction.video(video.id)
        assert current is not None
        job, event = take(current.job, side.now(), _LEASE)
        transaction.save_job(current.job, job)
        transaction.add_event(event)
        transaction.attempts.add(
            Attempt(
                video_id=video.id,
                number=job.attempt,
                engine=ENGINE,
                film_seconds=video.spec.seconds,
                started_at=side.now(),
            )
        )
        return replace(current, job=job)

    side.taken.append(await side.store.write(work))


async def renew_lease(side: Side) -> None:
    """Write the progress of a running one."""
    video = side.taken[-1]

    def work(transaction: Transaction) -> Video:
        current = transaction.video(video.id)
        assert current is not None
        job = renew(current.job, current.job.attempt, side.now(), _LEASE, 50)
        transaction.save_job(current.job, job)
        return replace(current, job=job)

    side.taken[-1] = await side.store.write(work)


async def finish_taken(side: Side) -> None:
    """Complete a running one."""
    video = side.taken.pop()

    def work(transaction: Transaction) -> None:
        current = transaction.video(video.id)
        assert current is not None
        job, event = finish(current.job, current.job.attempt, side.now())
        transaction.save_job(current.job, job)
        transaction.save_assets(current)
        transaction.add_event(event)
        transaction.attempts.finish(video.id, job.attempt, outcome=COMPLETED, now=side.now())

    await side.store.write(work)


async def sweep(side: Side) -> None:
    """Look for what got lost."""
    await side.store.write(
        lambda transaction: (
            transaction.overdue(ENGINE, NOW, 100),
            transaction.count_waiting(ENGINE),
        )
    )


async def clear_away(side: Side) -> None:
    """The janitor's looks, when nothing is old enough."""

    def work(transaction: Transaction) -> None:
        long_ago = NOW - timedelta(days=1)
        transaction.retention.expired(long_ago, _PAGE)
        transaction.retention.stale(long_ago, _PAGE)
        transaction.retention.forget_requests(long_ago, _PAGE)
        transaction.retention.forget_events(long_ago, _PAGE)
        transaction.answers.forget(long_ago)
        transaction.webhooks.sweep_deliveries(long_ago)

    await side.store.write(work)


async def delete(side: Side) -> None:
    """Delete a finished video."""
    video_id = side.some_id()
    await side.store.write(lambda transaction: transaction.delete_video(video_id))


def _accept(transaction: Transaction, side: Side, question: Question | None) -> None:
    video = side.new_video()
    if question is not None:
        find_answered(transaction, BOB, question)
        note_answer(transaction, video, question)
    accepted = replace(video, job=in_line(transaction, BOB, video.job))
    transaction.add_video(accepted)
    transaction.add_event(
        Event(video_id=video.id, kind=EventKind.ACCEPTED, at=video.created_at, attempt=0)
    )
    side.accepted.append(accepted)


WORK: dict[str, Work] = {
    "read one video": read,
    "list, first page": list_page(is_deep=False),
    "list, page from the middle": list_page(is_deep=True),
    "read one video's events": read_events,
    "resume a video's stream": resume_stream,
    "resume an account's stream": resume_account_stream,
    "plan webhooks": plan_webhooks,
    "GET /admin/engines": read_engines,
    "accept": accept,
    "accept, from an SDK": accept_counted,
    "place in line": read_outlook,
    "list of a new account": list_page(is_deep=False, account_id=BOB),
    "take": take_next,
    "renew": renew_lease,
    "finish": finish_taken,
    "sweep": sweep,
    "clear away": clear_away,
    "delete": delete,
}
"""In this order: what is taken was accepted before."""
