"""A post office that works, on rows of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from matinee.core.errors import EngineError
from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId
from matinee.core.job import JobState, fail, finish, take
from matinee.core.video import Video
from matinee.core.webhook import Callback, Delivery, DeliveryState
from matinee.net.post import PostLimits
from matinee.ports.store import Transaction
from matinee.services.webhooks import EndpointWithSecret, Webhooks
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from matinee.webhooks.office import PostOffice
from tests.databases import an_empty_database
from tests.fakes import CountingIdentities, StoppedClock
from tests.receivers import a_post_office
from tests.samples import ALICE, a_video

LIMITS = PostLimits(answer_s=0.7, body_s=0.1)
PATIENT = PostLimits(answer_s=30.0)
LEASE = timedelta(seconds=15)
BOTH = ("video.completed", "video.failed")


@dataclass(slots=True, kw_only=True)
class Street:
    """A post office, and the hands that make videos end."""

    store: SqlStore
    webhooks: Webhooks
    office: PostOffice
    clock: StoppedClock
    _count: int = field(default=0)

    async def endpoint(
        self, url: str, *, account_id: AccountId = ALICE, event_types: tuple[str, ...] = BOTH
    ) -> EndpointWithSecret:
        """A new endpoint at `url`."""
        return await self.webhooks.create(
            account_id, name="Films", url=url, event_types=event_types
        )

    async def end(
        self,
        *,
        account_id: AccountId = ALICE,
        callback: Callback | None = None,
        state: JobState = JobState.COMPLETED,
    ) -> Video:
        """A video that is accepted, made and over."""
        self._count += 1
        video = a_video(self._count, account_id=account_id)
        now = self.clock.now()

        def work(transaction: Transaction) -> Video:
            transaction.add_video(video)
            if callback is not None:
                transaction.webhooks.add_callback(video.id, account_id, callback)
            accepted = Event(video_id=video.id, kind=EventKind.ACCEPTED, at=now, attempt=0)
            taken, started = take(video.job, now, LEASE)
            if state is JobState.COMPLETED:
                job, ended = finish(taken, 1, now)
            else:
                job, ended = fail(taken, EngineError("It broke."), now)
            transaction.save_job(video.job, job)
            for event in (accepted, started, ended):
                transaction.add_event(event)
            return replace(video, job=job)

        made = await self.store.write(work)
        self.office.outbox.wake()
        return made

    async def deliveries(self, state: DeliveryState | None = None) -> list[Delivery]:
        """Every delivery there is, newest first."""
        page = await self.store.webhooks.list_deliveries(
            None, endpoint_id=None, state=state, limit=10_000, after=None
        )
        return list(page.deliveries)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """The outbox works while the context is open."""
        working = asyncio.ensure_future(self.office.outbox.run())
        try:
            yield
        finally:
            working.cancel()
            await asyncio.wait([working])
            if not working.cancelled():
                working.result()

    async def until(self, is_so: Callable[[list[Delivery]], bool]) -> list[Delivery]:
        """The deliveries, as soon as they are so."""
        while not is_so(deliveries := await self.deliveries()):
            # A write of nothing comes to its end after those that are under way.
            await self.store.write(lambda transaction: None)
            await asyncio.sleep(0)
        return deliveries


@asynccontextmanager
async def a_street(folder: Path, *, limits: PostLimits = LIMITS) -> AsyncIterator[Street]:
    """A street on the rows in `folder`, which are there already or not."""
    store = SqlStore(SqliteDatabase(an_empty_database(folder / "matinee.db")))
    clock = StoppedClock()
    webhooks, office = a_post_office(store, clock, CountingIdentities(), limits=limits)
    try:
        yield Street(store=store, webhooks=webhooks, office=office, clock=clock)
    finally:
        await store.close()


def a_later_office(street: Street) -> Street:
    """The same street after a restart."""
    _, street.office = a_post_office(street.store, street.clock, CountingIdentities())
    return street


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    """A post office on an empty folder. Nothing is sent unless it is `working`."""
    async with a_street(tmp_path) as street:
        yield street
