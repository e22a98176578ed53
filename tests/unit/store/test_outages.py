"""What the log says of a database that is away for a while."""

from __future__ import annotations

import logging
from contextlib import suppress

import pytest

from matinee.core.errors import InvalidRequest, MatineeError, ServiceUnavailable
from matinee.store.outages import AWAY, Outages


class Log:
    """The log of a database that is used at moments of its own."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, logger="matinee.store.outages")
        self._caplog = caplog
        self.now_s = 0.0
        self._outages = Outages(lambda: self.now_s)

    def use(self, at_s: float, error: MatineeError | None = None) -> None:
        self.now_s = at_s
        with suppress(MatineeError), self._outages.watched():
            if error is not None:
                raise error

    @property
    def records(self) -> list[logging.LogRecord]:
        return self._caplog.records

    @property
    def lines(self) -> list[str]:
        return [each.getMessage() for each in self.records]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Log:
    return Log(caplog)


def refused() -> ServiceUnavailable:
    return ServiceUnavailable(AWAY, why="connection refused by db.example.org")


def test_an_outage_is_two_lines_however_many_meet_it(log: Log) -> None:
    log.use(0.0)
    for at_s in (1.0, 1.1, 30.0, 59.0):
        log.use(at_s, refused())
    log.use(83.0)
    assert log.lines == ["database is away"]
    log.use(84.0)
    log.use(85.0)
    assert log.lines == ["database is away", "database is back"]
    away, back = map(vars, log.records)
    assert (away["why"], back["after_s"]) == ("connection refused by db.example.org", 58.0)


def test_a_database_that_comes_and_goes_is_away_until_all_goes_well(log: Log) -> None:
    for at_s in range(20):
        log.use(at_s, refused())
        log.use(at_s + 0.5)
    assert log.lines == ["database is away"]


def test_a_second_outage_is_told_as_the_first(log: Log) -> None:
    for began_s in (0.0, 100.0):
        log.use(began_s, refused())
        log.use(began_s + 30)
    assert log.lines == ["database is away", "database is back"] * 2


def test_what_is_not_the_database_s_fault_is_no_outage(log: Log) -> None:
    log.use(0.0, InvalidRequest("no"))
    log.use(1.0, ServiceUnavailable("The server is stopping."))
    assert log.lines == []


def test_who_meets_what_the_log_tells_already_says_so_at_debug_only() -> None:
    assert refused().log_level == logging.DEBUG
    assert ServiceUnavailable("No folder to work in.").log_level == logging.WARNING
