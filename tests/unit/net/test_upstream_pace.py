"""When an upstream is asked again, and what is told of progress."""

from __future__ import annotations

from itertools import islice, pairwise

import pytest

from matinee.net.upstream_pace import Meter, asked_pause_s, intervals
from matinee.net.wire import Waiting
from matinee.ports.engine import Progress


def test_questions_become_ever_rarer_up_to_ten_seconds() -> None:
    pauses = list(islice(intervals(1.0, "key"), 20))
    assert 0.9 <= pauses[0] <= 1.1
    assert 9 <= pauses[-1] <= 11
    assert all(later > 0.99 * pause for pause, later in pairwise(pauses[:7]))


def test_a_slower_beginning_stays_as_it_is() -> None:
    assert all(27 <= pause <= 33 for pause in islice(intervals(30.0, "key"), 5))


def test_films_that_were_ordered_together_are_not_asked_for_together() -> None:
    firsts = {round(next(intervals(1.0, f"key-{number}")), 6) for number in range(100)}
    assert len(firsts) == 100


@pytest.mark.parametrize(
    ("headers", "pause_s"),
    [
        ({}, None),
        ({"openai-poll-after-ms": "2500"}, 2.5),
        ({"openai-poll-after-ms": "300.5", "retry-after": "9"}, 0.3005),
        ({"retry-after-ms": "700", "retry-after": "9"}, 0.7),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "100000"}, 60.0),
        ({"retry-after": "-5"}, 0.05),
        ({"openai-poll-after-ms": "0"}, 0.05),
        ({"retry-after": "inf"}, 60.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 10:00:30 GMT"}, None),
        (
            {
                "retry-after": "Sat, 21 Nov 2026 10:00:30 GMT",
                "date": "Sat, 21 Nov 2026 10:00:00 GMT",
            },
            30.0,
        ),
    ],
)
def test_a_wish_to_be_left_alone_is_heeded_within_reason(
    headers: dict[str, str], pause_s: float | None
) -> None:
    assert asked_pause_s(headers) == pytest.approx(pause_s)


def test_an_estimate_begins_when_the_film_does_and_stays_below_the_end() -> None:
    meter = Meter(100.0)
    assert meter.progress(Waiting(is_queued=True), 0.0) is None
    assert meter.progress(Waiting(), 500.0) is None
    assert meter.progress(Waiting(), 550.0) == Progress(done=50, total=100, phase="estimate")
    assert meter.progress(Waiting(progress=0), 540.0) is None
    assert meter.progress(Waiting(), 9000.0) == Progress(done=95, total=100, phase="estimate")


def test_the_upstreams_own_word_counts_more_than_the_clock() -> None:
    meter = Meter(100.0)
    assert meter.progress(Waiting(progress=7), 0.0) == Progress(done=7, total=100, phase="upstream")
    assert meter.progress(Waiting(progress=7), 90.0) is None
