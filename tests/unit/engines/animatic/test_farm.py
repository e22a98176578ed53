"""The farm hands out every frame in order, and leaves nothing behind whatever happens."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from ast import literal_eval
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import numpy as np
import psutil
import pytest

from matinee.core.errors import EngineCrashed
from matinee.engines.animatic.farm import Farm
from matinee.engines.animatic.rendering import ShotFailed
from matinee.engines.animatic.studio import Job
from tests.unit.engines.animatic.toy import SIZE, ToyOrder, ToyScene, ToyStudio, Trick

ToyFarm = Farm[ToyOrder, ToyScene]


@pytest.fixture
async def farm() -> AsyncIterator[ToyFarm]:
    async with Farm(ToyStudio(), workers=2) as farm:
        yield farm


def shot(grey: int, frames: int = 12, trick: Trick | None = None) -> Job[ToyOrder]:
    return Job(order=ToyOrder(grey, trick), frames=frames, fps=24)


async def film_of(farm: ToyFarm, *jobs: Job[ToyOrder]) -> list[np.ndarray]:
    frames = farm.frames(jobs, width_px=SIZE[0], height_px=SIZE[1])
    return [frame.copy() async for frame in frames]


async def greys_of(farm: ToyFarm, *jobs: Job[ToyOrder]) -> list[int]:
    return [int(frame[0, 0]) for frame in await film_of(farm, *jobs)]


@pytest.mark.parametrize("workers", [1, 2, 3])
async def test_any_number_of_workers_gives_all_frames_in_order(workers: int) -> None:
    lengths = {40: 30, 100: 7, 140: 1, 160: 25}
    async with Farm(ToyStudio(), workers=workers) as farm:
        greys = await greys_of(farm, *(shot(grey, frames) for grey, frames in lengths.items()))
    assert greys == [grey + n for grey, frames in lengths.items() for n in range(frames)]


async def test_a_draft_is_enlarged_to_the_films_size(farm: ToyFarm) -> None:
    draft = Job(order=ToyOrder(80, size=(40, 28)), frames=2, fps=24)
    frames = await film_of(farm, draft)
    assert [frame.shape for frame in frames] == [(72, 64)] * 2
    assert [set(frame.flat) for frame in frames] == [{80}, {81}]


async def test_a_fade_goes_through_black_at_the_cut(farm: ToyFarm) -> None:
    before = Job(order=ToyOrder(200), frames=10, fps=240, fades_out=True)
    after = Job(order=ToyOrder(200), frames=10, fps=240, fades_in=True)
    frames = await film_of(farm, before, after)
    lights = [int(frame[0, 0]) for frame in frames]
    assert lights[0] == 200
    assert lights[9] == lights[10] == pytest.approx(16 + 184 / 6, abs=1)
    assert lights[10:15] == sorted(set(lights[10:15]))
    assert frames[9][-1, -1] == pytest.approx(128 + 72 / 6, abs=1)


@pytest.mark.parametrize(
    "trick", [Trick.FAILS_TO_BUILD, Trick.FAILS_TO_DRAW, Trick.WRITES_INTO_SCENE]
)
async def test_an_error_in_a_shot_fails_the_film_and_not_the_next_one(
    farm: ToyFarm, trick: Trick
) -> None:
    with pytest.raises(ShotFailed):
        await film_of(farm, shot(40), shot(80, trick=trick))
    assert await greys_of(farm, shot(40, 3)) == [40, 41, 42]


async def test_a_process_that_dies_fails_the_film_and_not_the_next_one(farm: ToyFarm) -> None:
    with pytest.raises(EngineCrashed) as crash:
        await film_of(farm, shot(40), shot(80, trick=Trick.ENDS_PROCESS))
    assert crash.value.retryable
    assert await greys_of(farm, shot(40, 3)) == [40, 41, 42]


async def test_a_process_that_died_between_films_is_replaced(farm: ToyFarm) -> None:
    await film_of(farm, shot(40))
    killed = psutil.Process(farm.process_ids[0])
    killed.kill()
    psutil.wait_procs([killed], timeout=5)
    assert await greys_of(farm, shot(40, 3)) == [40, 41, 42]
    assert killed.pid not in farm.process_ids
    assert len(farm.process_ids) == 2


async def test_a_process_killed_while_it_draws_fails_the_film(farm: ToyFarm) -> None:
    frames = farm.frames([shot(20, trick=Trick.HANGS)], width_px=SIZE[0], height_px=SIZE[1])
    first = asyncio.ensure_future(anext(frames))
    await asyncio.wait([first], timeout=0.1)
    for process in farm.process_ids:
        os.kill(process, signal.SIGKILL)
    with pytest.raises(EngineCrashed):
        await first


async def test_a_film_left_early_does_not_disturb_the_next(farm: ToyFarm) -> None:
    for _ in range(3):
        frames = farm.frames([shot(40, 500)], width_px=SIZE[0], height_px=SIZE[1])
        async with aclosing(frames):
            assert int((await anext(frames))[0, 0]) == 40
    assert await greys_of(farm, shot(90, 4)) == [90, 91, 92, 93]


async def test_two_films_at_once_take_turns(farm: ToyFarm) -> None:
    first, second = await asyncio.gather(greys_of(farm, shot(40, 30)), greys_of(farm, shot(90, 30)))
    assert (first, second) == (list(range(40, 70)), list(range(90, 120)))


async def test_no_descriptor_or_memory_is_left_after_films(farm: ToyFarm) -> None:
    heavy = [
        Job(order=ToyOrder(40 + n, ballast_bytes=20_000_000), frames=3, fps=24) for n in range(4)
    ]
    processes = [psutil.Process(), *map(psutil.Process, farm.process_ids)]
    await film_of(farm, *heavy)
    await film_of(farm, shot(40, 30))
    before = sum(process.num_fds() for process in processes)
    for _ in range(3):
        await film_of(farm, *heavy)
    await film_of(farm, shot(40, 60))
    # A process may still hold the last film's ring while we count.
    assert sum(process.num_fds() for process in processes) <= before + 2
    assert not [
        mapping.path
        for process in processes
        for mapping in process.memory_maps()
        if "memfd:matinee" in mapping.path and mapping.size > 10_000_000
    ]


async def test_leaving_the_farm_ends_its_processes() -> None:
    async with Farm(ToyStudio(), workers=2) as farm:
        processes = [psutil.Process(each) for each in farm.process_ids]
        assert len(processes) == 2
    assert not any(process.is_running() for process in processes)


async def test_closing_the_farm_ends_the_film_in_the_making(farm: ToyFarm) -> None:
    frames = farm.frames([shot(20, trick=Trick.HANGS)], width_px=SIZE[0], height_px=SIZE[1])
    first = asyncio.ensure_future(anext(frames))
    await asyncio.wait([first], timeout=0.1)
    await farm.close()
    with pytest.raises(EngineCrashed):
        await first
    assert await greys_of(farm, shot(40, 3)) == [40, 41, 42]


async def test_a_farm_that_is_killed_leaves_no_process_behind() -> None:
    farm = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.unit.engines.animatic.farm_to_be_killed",
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[4],
    )
    assert farm.stdout is not None
    processes = [
        psutil.Process(each) for each in literal_eval((await farm.stdout.readline()).decode())
    ]
    farm.kill()
    await farm.wait()
    _, alive = psutil.wait_procs(processes, timeout=5)
    assert alive == []
