"""Several engines as one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from matinee.core.errors import EngineError
from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.ports.engine import Progress, Report, Submission, Workspace
from matinee.worker.pool import EnginePool

SPEC = VideoSpec(model="sora-2", prompt="a fox", size=Size(720, 1280), seconds=4, seed=1)
SPACE = Workspace(folder=Path("nowhere"))


@dataclass(slots=True)
class PatientEngine:
    """Makes nothing until it may end."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    films: int = 0
    is_closed: bool = False
    fails: bool = False
    name: str = "patient"
    model: str = ""

    async def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Make the film."""
        self.films += 1
        self.model = space.model
        self.begun.set()
        if self.fails:
            raise EngineError("It broke.")
        yield Progress(done=1, total=2)
        await self.may_end.wait()

    async def abandon(self, submission: Submission, model: str) -> None:
        """Nothing was submitted."""

    async def check(self) -> None:
        """It is always there."""

    async def close(self) -> None:
        """Note it."""
        self.is_closed = True


async def make(pool: EnginePool) -> list[Report]:
    async with aclosing(pool.generate(SPEC, SPACE)) as reports:
        return [report async for report in reports]


async def test_as_many_films_are_made_at_a_time_as_there_are_engines() -> None:
    engines = [PatientEngine(), PatientEngine()]
    pool = EnginePool(engines)
    films = [asyncio.create_task(make(pool)) for _ in range(3)]
    await asyncio.gather(*(engine.begun.wait() for engine in engines))
    assert [engine.films for engine in engines] == [1, 1]
    for engine in engines:
        engine.may_end.set()
    assert await asyncio.gather(*films) == [[Progress(done=1, total=2)]] * 3
    assert sum(engine.films for engine in engines) == 3


async def test_one_after_the_other_they_are_made_by_the_one_that_is_warm() -> None:
    engines = [PatientEngine(), PatientEngine()]
    for engine in engines:
        engine.may_end.set()
    pool = EnginePool(engines)
    for _ in range(3):
        await make(pool)
    assert sorted(engine.films for engine in engines) == [0, 3]


async def test_an_engine_that_failed_or_was_given_up_is_free_again() -> None:
    engine = PatientEngine(fails=True)
    pool = EnginePool([engine])
    with pytest.raises(EngineError):
        await make(pool)
    engine.fails = False
    reports = pool.generate(SPEC, SPACE)
    await anext(reports)
    await reports.aclose()
    engine.may_end.set()
    assert await make(pool) == [Progress(done=1, total=2)]


async def test_it_is_named_as_they_are_and_closes_them_all() -> None:
    engines = [PatientEngine(), PatientEngine()]
    pool = EnginePool(engines)
    await pool.close()
    assert pool.name == "patient"
    assert all(engine.is_closed for engine in engines)


async def test_a_film_goes_to_the_engine_that_has_its_model_at_hand() -> None:
    engines = [PatientEngine(), PatientEngine()]
    pool = EnginePool(engines)
    for engine in engines:
        engine.may_end.set()
    for model in ("wan", "ltx", "wan", "ltx"):
        async with aclosing(pool.generate(SPEC, replace(SPACE, model=model))) as reports:
            assert [report async for report in reports]
    assert sorted((engine.model, engine.films) for engine in engines) == [("ltx", 2), ("wan", 2)]
