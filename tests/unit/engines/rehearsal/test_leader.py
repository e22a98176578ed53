"""Films that are quickly made, and good all the same."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import pytest

from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.engines.rehearsal.capabilities import SLOW_FILM_S
from matinee.engines.rehearsal.engine import LeaderEngine, instant
from matinee.ports.engine import Progress, Report, Workspace
from matinee.ports.engine_kind import EngineSetup
from tests.e2e.films import check_film

WIDE = Size(1280, 720)

SETUP = EngineSetup(name="rehearsal", options=None)


def a_spec(size: Size = WIDE, seconds: int = 4, seed: int = 7) -> VideoSpec:
    """A wish of which only the measures matter."""
    return VideoSpec(model="test-instant", prompt="a fox", size=size, seconds=seconds, seed=seed)


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def film_of(spec: VideoSpec, folder: Path) -> Path:
    """The film of the instant engine, in `folder`."""
    async with aclosing(instant(SETUP).generate(spec, Workspace(folder=folder))) as reports:
        last = [report async for report in reports][-1]
    frames = spec.seconds * spec.fps
    assert last == Progress(done=frames, total=frames)
    return folder / "film.mp4"


@pytest.mark.parametrize(("width_px", "height_px"), [(1280, 720), (720, 1280), (1024, 1792)])
async def test_a_film_is_as_large_and_long_as_wished_and_moves_and_sounds(
    tmp_path: Path, width_px: int, height_px: int
) -> None:
    film = await film_of(a_spec(Size(width_px, height_px), seconds=5), tmp_path)
    check_film(film, width_px=width_px, height_px=height_px, seconds=5)


async def test_the_same_seed_is_the_same_film_and_another_is_another(tmp_path: Path) -> None:
    films = [(await film_of(a_spec(seed=seed), tmp_path)).read_bytes() for seed in (7, 7, 8)]
    assert films[0] == films[1] != films[2]


async def test_a_slow_film_takes_its_time_frame_by_frame(tmp_path: Path) -> None:
    paused: list[float] = []

    async def pause(seconds: float) -> None:
        paused.append(seconds)

    engine = LeaderEngine(takes_s=SLOW_FILM_S, pause=pause)
    spec = a_spec(Size(720, 1280))
    async with aclosing(engine.generate(spec, Workspace(folder=tmp_path))) as reports:
        done = [report.done async for report in reports if isinstance(report, Progress)]
    assert done == list(range(1, 97))
    assert sum(paused) == pytest.approx(SLOW_FILM_S)
    assert files_in(tmp_path) == [tmp_path / "film.mp4"]


async def test_a_film_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    reports = instant(SETUP).generate(a_spec(), Workspace(folder=tmp_path))
    first: Report = await anext(reports)
    assert first == Progress(done=1, total=96)
    await reports.aclose()
    assert files_in(tmp_path) == []
