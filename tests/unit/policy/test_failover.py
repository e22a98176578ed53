"""What becomes of a video whose attempt failed, by what was tried and what is well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.core.attempt import Attempt
from matinee.core.errors import (
    Cancelled,
    EngineCrashed,
    EngineError,
    EngineUnavailable,
    InvalidRequest,
    MatineeError,
    MediaInvalid,
    ModerationBlocked,
    OutOfMemory,
    StorageFull,
    SubmissionUnknown,
    Watermarked,
)
from matinee.core.job import JobState
from matinee.core.route import Capabilities, Marks, Route, Target
from matinee.core.size import Size
from matinee.core.video import Video
from matinee.policy.failover import GiveUp, Move, Stay, after_error, refuge, way_out
from tests.samples import NOW, a_video, a_video_id

ABLE = Capabilities(sizes=(Size(1280, 720),), min_seconds=1, max_seconds=25)
BUSY = EngineUnavailable("It is busy.")
CRASHED = EngineCrashed("It ended.")
BROKEN = EngineError("It can't.")
MARKED = Watermarked("It is marked.")


def a_target(engine: str, **able: Any) -> Target:
    return Target(engine=engine, capabilities=replace(ABLE, **able))


def a_route(*targets: str | Target) -> Route:
    return Route(
        model="sora-2",
        targets=tuple(each if isinstance(each, Target) else a_target(each) for each in targets),
    )


def a_running_video(engine: str = "a", *, watermark: bool | None = None, **job: Any) -> Video:
    video = a_video(state=JobState.IN_PROGRESS, engine=engine, attempt=1, **job)
    return replace(video, spec=replace(video.spec, watermark=watermark))


def tried(*ends: tuple[str, str]) -> list[Attempt]:
    """Attempts that ended: engine and outcome."""
    return [
        Attempt(
            video_id=a_video_id(),
            number=number,
            engine=engine,
            film_seconds=4,
            started_at=NOW,
            finished_at=NOW,
            outcome=outcome,
        )
        for number, (engine, outcome) in enumerate(ends, 1)
    ]


def all_well(engine: str) -> bool:
    return True


def all_but(*away: str) -> Callable[[str], bool]:
    return lambda engine: engine not in away


def moved_to(verdict: object) -> str:
    assert isinstance(verdict, Move), verdict
    return verdict.target.engine


@pytest.mark.parametrize(
    "error",
    [
        ModerationBlocked("No."),
        Cancelled("Stop."),
        SubmissionUnknown("Who knows."),
        InvalidRequest("Not so."),
    ],
)
def test_what_no_engine_would_mend_is_final(error: MatineeError) -> None:
    history = tried(("a", error.code))
    assert after_error(a_running_video(), error, history, a_route("a", "b"), all_well) == GiveUp()


@pytest.mark.parametrize("error", [BROKEN, OutOfMemory("Too big."), MediaInvalid("No film.")])
def test_an_engine_that_can_not_make_the_film_is_left_for_the_next(error: MatineeError) -> None:
    history = tried(("a", error.code))
    verdict = after_error(a_running_video(), error, history, a_route("a", "b"), all_well)
    assert moved_to(verdict) == "b"


def test_an_engine_of_a_package_may_have_errors_of_its_own() -> None:
    history = tried(("a", "weights_missing"), ("b", BROKEN.code))
    verdict = after_error(a_running_video("b"), BROKEN, history, a_route("a", "b"), all_well)
    assert verdict == GiveUp()


def test_the_film_has_failed_when_no_engine_is_left() -> None:
    history = tried(("a", BROKEN.code), ("b", BROKEN.code))
    verdict = after_error(a_running_video("b"), BROKEN, history, a_route("a", "b"), all_well)
    assert verdict == GiveUp()


def test_an_engine_that_is_well_is_preferred_to_one_that_is_away() -> None:
    history, route = tried(("a", BROKEN.code)), a_route("a", "b", "c")
    verdict = after_error(a_running_video(), BROKEN, history, route, all_but("b"))
    assert moved_to(verdict) == "c"
    verdict = after_error(a_running_video(), BROKEN, history, route, all_but("b", "c"))
    assert moved_to(verdict) == "b"


def test_an_engine_that_can_not_make_the_very_film_is_passed_over() -> None:
    route = a_route("a", a_target("b", sizes=(Size(720, 1280),)), "c")
    history = tried(("a", BROKEN.code))
    assert moved_to(after_error(a_running_video(), BROKEN, history, route, all_well)) == "c"


@pytest.mark.parametrize("error", [BUSY, CRASHED, MARKED])
def test_passing_trouble_is_met_there_once_more(error: MatineeError) -> None:
    history = tried(("a", error.code))
    verdict = after_error(a_running_video(), error, history, a_route("a", "b"), all_well)
    assert isinstance(verdict, Stay)
    assert verdict.delay_s > 0


def test_the_second_trouble_in_a_row_moves_the_video_at_once() -> None:
    history = tried(("a", BUSY.code), ("a", BUSY.code))
    verdict = after_error(a_running_video(faults=1), BUSY, history, a_route("a", "b"), all_well)
    assert verdict == Move(target=a_target("b"), delay_s=0.0)


def test_an_engine_that_is_away_is_left_at_the_first_trouble() -> None:
    history = tried(("a", BUSY.code))
    verdict = after_error(a_running_video(), BUSY, history, a_route("a", "b"), all_but("a"))
    assert moved_to(verdict) == "b"


def test_a_video_comes_back_where_it_went_wrong_least_often() -> None:
    history = tried(*[("a", BUSY.code)] * 2, *[("b", BUSY.code)] * 2)
    video = a_running_video("b", faults=3, max_faults=9)
    verdict = after_error(video, BUSY, history, a_route("a", "b"), all_well)
    assert moved_to(verdict) == "a"
    assert isinstance(verdict, Move)
    assert verdict.delay_s > 0


def test_a_video_stays_while_no_other_engine_is_well() -> None:
    history = tried(*[("a", BUSY.code)] * 3)
    video = a_running_video(faults=2)
    for route in (a_route("a", "b"), a_route("a"), None):
        assert isinstance(after_error(video, BUSY, history, route, all_but("b")), Stay)


def test_the_last_fault_ends_it() -> None:
    history = tried(*[("a", BUSY.code)] * 5)
    video = a_running_video(faults=4, max_faults=5)
    assert after_error(video, BUSY, history, a_route("a", "b"), all_well) == GiveUp()


def test_a_full_disk_is_no_reason_to_go_elsewhere() -> None:
    history = tried(*[("a", StorageFull.code)] * 3)
    video = a_running_video(faults=2)
    verdict = after_error(video, StorageFull("Full."), history, a_route("a", "b"), all_well)
    assert isinstance(verdict, Stay)


@pytest.mark.parametrize("error", [BUSY, MARKED])
def test_what_stands_submitted_is_resumed_and_never_left(error: MatineeError) -> None:
    history = tried(*[("a", error.code)] * 3)
    video = a_running_video(faults=2, submit_key="key-1")
    verdict = after_error(video, error, history, a_route("a", "b"), all_but("a"))
    assert isinstance(verdict, Stay)


def test_what_stands_submitted_and_can_not_be_resumed_has_failed() -> None:
    video = a_running_video(submit_key="key-1")
    history = tried(("a", BROKEN.code))
    assert after_error(video, BROKEN, history, a_route("a", "b"), all_well) == GiveUp()


def test_a_marked_film_goes_to_no_engine_that_always_marks() -> None:
    history = tried(*[("a", MARKED.code)] * 2)
    video = a_running_video(watermark=False, faults=1)
    route = a_route("a", a_target("b", marks=Marks.ALWAYS), a_target("c", marks=Marks.TOLD))
    assert moved_to(after_error(video, MARKED, history, route, all_well)) == "c"


def test_a_waiting_video_leaves_an_engine_that_is_away_for_one_that_is_well() -> None:
    video, route = a_video(engine="a"), a_route("a", "b", "c")
    found = way_out(video, (), route, all_but("a", "b"))
    assert found is not None
    assert found.engine == "c"
    assert way_out(video, (), route, all_but("a", "b", "c")) is None
    assert way_out(a_video(engine="a", submit_key="key"), (), route, all_but("a")) is None


def test_a_waiting_video_does_not_go_back_where_it_can_not_be_made() -> None:
    history = tried(("b", BROKEN.code))
    assert way_out(a_video(engine="a"), history, a_route("a", "b"), all_but("a")) is None


def test_a_video_without_its_engine_goes_to_one_that_is_well_or_else_to_the_first() -> None:
    video, route = a_video(engine="gone"), a_route("a", "b")
    for is_usable, engine in ((all_but("a"), "b"), (all_but("a", "b"), "a")):
        found = refuge(video, route, is_usable)
        assert found is not None
        assert found.engine == engine
    assert refuge(video, None, all_well) is None
    assert refuge(a_video(engine="gone", submit_key="key"), route, all_well) is None


ERRORS = st.sampled_from([BUSY, CRASHED, BROKEN, MARKED, StorageFull("Full."), OutOfMemory("Big.")])


@given(
    errors=st.lists(ERRORS, min_size=20, max_size=20),
    away=st.sets(st.sampled_from("abc")),
    max_faults=st.integers(1, 8),
)
def test_whatever_goes_wrong_comes_to_an_end(
    errors: list[MatineeError], away: set[str], max_faults: int
) -> None:
    video, route = a_running_video(max_faults=max_faults), a_route("a", "b", "c")
    ends: list[tuple[str, str]] = []
    for error in errors:
        ends.append((video.job.engine, error.code))
        verdict = after_error(video, error, tried(*ends), route, all_but(*away))
        if verdict == GiveUp():
            break
        engine = verdict.target.engine if isinstance(verdict, Move) else video.job.engine
        job = replace(video.job, engine=engine, faults=video.job.faults + 1)
        video = replace(video, job=job)
    assert verdict == GiveUp()
    assert len(ends) <= max_faults + len(route.targets)
