"""The clock that machines with one database share."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from matinee.core.errors import ServiceUnavailable
from matinee.store.postgres_clock import DatabaseClock
from tests.samples import NOW


class Server:
    """A database's clock behind a line; both are moved by hand."""

    def __init__(self) -> None:
        self.time = NOW
        self.monotonic_s = 1000.0
        self.way_s = [0.0]
        """How long each question takes on its way there, the last one from then on."""

    async def ask(self) -> datetime:
        """What it says, and how long that takes: as long there as back."""
        way_s = self.way_s[0] if len(self.way_s) == 1 else self.way_s.pop(0)
        self.pass_time(way_s)
        answer = self.time
        self.pass_time(way_s)
        return answer

    def pass_time(self, seconds: float) -> None:
        """The same time passes here and there."""
        self.time += timedelta(seconds=seconds)
        self.monotonic_s += seconds

    def clock(self) -> DatabaseClock:
        """A machine's clock that goes by it."""
        return DatabaseClock(self.ask, monotonic=lambda: self.monotonic_s)


def difference_s(clock: DatabaseClock, server: Server) -> float:
    return (clock.now() - server.time).total_seconds()


async def test_it_says_what_the_database_says_and_goes_on_from_there() -> None:
    server = Server()
    clock = server.clock()
    await clock.measure()
    server.pass_time(7.5)
    assert difference_s(clock, server) == pytest.approx(0, abs=1e-5)


async def test_of_several_questions_the_quickest_counts() -> None:
    server = Server()
    server.way_s = [0.8, 0.001, 0.4]
    clock = server.clock()
    await clock.measure()
    assert difference_s(clock, server) == pytest.approx(0, abs=0.002)


async def test_it_follows_a_database_whose_clock_is_another_one_now() -> None:
    server = Server()
    clock = server.clock()
    await clock.measure()
    server.time += timedelta(seconds=90)
    await clock.measure()
    assert difference_s(clock, server) == pytest.approx(0, abs=1e-5)


async def test_it_never_goes_back() -> None:
    server = Server()
    clock = server.clock()
    await clock.measure()
    before = clock.now()
    server.time -= timedelta(seconds=5)
    await clock.measure()
    assert clock.now() == before
    server.pass_time(6)
    assert difference_s(clock, server) == pytest.approx(0, abs=1e-5)


def test_it_says_nothing_before_it_has_asked() -> None:
    with pytest.raises(ServiceUnavailable):
        Server().clock().now()
