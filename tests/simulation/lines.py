"""Delivery: rows of the database where several processes share it, Matinee's own line in one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, cast

from matinee.core.ids import VideoId
from matinee.core.job import Job, JobState
from matinee.ports.store import Transaction
from matinee.queue.embedded import EmbeddedQueue
from tests.simulation.moment import Moment
from tests.simulation.rows import InLine, Rows
from tests.simulation.store import Database
from tests.simulation.weather import Weather


class Lines(Protocol):
    """A `JobQueue` from which the world itself takes deliveries."""

    def deliver(self, transaction: Transaction, job: Job, *, delay_s: float = 0.0) -> None:
        """Deliver the waiting `job` when `transaction` commits."""

    def redeliver(self, transaction: Transaction, engine: str) -> int:
        """Deliver every waiting video of `engine` that no delivery speaks of; how many."""

    def draw(self, engine: str, taker: int) -> VideoId | None:
        """What is delivered next, to the strand `taker`."""

    def done(self, taker: int) -> None:
        """The strand is at the end of what it was given."""


class SharedLines:
    """Deliveries are rows, committed with what they speak of. They come in any order."""

    def __init__(
        self,
        database: Database,
        weather: Weather,
        now: Callable[[], datetime],
        living: Callable[[], Collection[int]],
    ) -> None:
        """`living` are the strands that still run somewhere."""
        self._database = database
        self._weather = weather
        self._now = now
        self._living = living

    def deliver(self, transaction: Transaction, job: Job, *, delay_s: float = 0.0) -> None:
        """Insert a delivery of `job`."""
        tables = cast(Rows, transaction).tables
        tables.last_number += 1
        tables.line[tables.last_number] = InLine(
            number=tables.last_number,
            video_id=job.video_id,
            engine=job.engine,
            priority=job.priority,
            due_at=self._now() + timedelta(seconds=delay_s),
        )

    def redeliver(self, transaction: Transaction, engine: str) -> int:
        """Insert a delivery of every waiting video that has none; how many."""
        tables, living = cast(Rows, transaction).tables, self._living()
        for each in [each for each in tables.line.values() if each.taker not in living]:
            if each.taker is not None:
                del tables.line[each.number]
        spoken_of = {(each.video_id, each.engine) for each in tables.line.values()}
        forgotten = [
            video.job
            for video in tables.videos.values()
            if video.job.state is JobState.QUEUED
            and video.job.engine == engine
            and (video.id, engine) not in spoken_of
        ]
        for job in forgotten:
            self.deliver(transaction, job)
        return len(forgotten)

    def draw(self, engine: str, taker: int) -> VideoId | None:
        """One of those that are due, sometimes not the first and sometimes without taking it."""
        line, now = self._database.tables.line, self._now()
        waiting = [each for each in line.values() if each.taker is None and each.engine == engine]
        due = sorted((e for e in waiting if e.due_at <= now), key=lambda e: (e.priority, e.number))
        if not due:
            return None
        is_wild = not self._weather.is_calm and self._weather.happens(0.2)
        chosen = self._weather.choose(due) if is_wild else due[0]
        if not self._weather.strikes("answer"):
            line[chosen.number] = replace(chosen, taker=taker)
        return chosen.video_id

    def done(self, taker: int) -> None:
        """What the strand had is gone."""
        line = self._database.tables.line
        for each in [each for each in line.values() if each.taker == taker]:
            del line[each.number]

    def lose(self) -> None:
        """One delivery never comes."""
        line = self._database.tables.line
        if line:
            del line[self._weather.choose(list(line))]


class OwnLines:
    """Matinee's own queue of a server that owns its rows alone. It dies with the server."""

    def __init__(self, moment: Moment) -> None:
        self._queue = EmbeddedQueue()
        self._moment = moment

    def deliver(self, transaction: Transaction, job: Job, *, delay_s: float = 0.0) -> None:
        """Deliver the waiting `job` when `transaction` commits."""
        self._queue.deliver(transaction, job, delay_s=delay_s)

    def redeliver(self, transaction: Transaction, engine: str) -> int:
        """Deliver every waiting video of `engine` that no delivery speaks of; how many."""
        return self._queue.redeliver(transaction, engine)

    def draw(self, engine: str, taker: int) -> VideoId | None:
        """The first in line."""
        line = self._queue._line(engine)  # what `serve` does, but that it would wait
        if line._videos.empty():
            return None
        try:
            self._moment.step(line.take())
        except StopIteration as stop:
            return VideoId(stop.value)
        raise AssertionError("a line that is not empty gives at once")

    def done(self, taker: int) -> None:
        """Nothing is kept of what was given."""
