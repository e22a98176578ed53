"""Films by a tiny model, through the real child process."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
import pytest_asyncio

from matinee.core.errors import EngineCrashed, OutOfMemory, UnsupportedParameter
from matinee.core.size import Size
from matinee.core.video import Lora, SamplingOptions, Scene
from matinee.ports.engine import Progress
from matinee.worker.child import ChildEngine
from tests.models.children import (
    SMALL,
    TI2V,
    Films,
    a_film,
    a_reference,
    a_spec,
    an_image,
    extending,
    films,
    phases,
    pictures_of,
)

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]

T2V = "wan2.1-t2v-1.3b"
Checkpoint = Callable[[str], Path]
InChild = Films[ChildEngine]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def made(
    checkpoint: Checkpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[InChild]:
    """One engine for all: its child is loaded once, unless a test ends it."""
    folder = tmp_path_factory.mktemp("engine")
    async with films(folder, weights={TI2V: str(checkpoint(TI2V))}) as found:
        yield found


async def test_a_film_has_exactly_the_size_and_the_frames_that_were_asked_for(
    made: InChild,
) -> None:
    pictures = await made.pictures(a_spec(seconds=2, fps=24))
    assert pictures.shape == (48, SMALL.height_px, SMALL.width_px, 3)


async def test_the_same_seed_gives_the_same_bytes_and_another_one_another_film(
    made: InChild,
) -> None:
    first, _ = await made.make(a_spec())
    again, _ = await made.make(a_spec())
    other, _ = await made.make(a_spec(seed=8))
    assert first.read_bytes() == again.read_bytes()
    assert first.read_bytes() != other.read_bytes()


async def test_a_film_can_begin_with_an_image(made: InChild, tmp_path: Path) -> None:
    spec = a_spec(references=(a_reference(),))
    red = await made.pictures(spec, references=(an_image(tmp_path),))
    blue = await made.pictures(spec, references=(an_image(tmp_path, (20, 20, 220)),))
    assert len(red) == len(blue) == 8
    assert not np.array_equal(red, blue)


async def test_a_film_longer_than_the_model_draws_is_chained(made: InChild) -> None:
    pictures = await made.pictures(a_spec(seconds=16))
    assert len(pictures) == 128
    # The second segment's first frame repeats the last one, and is not in the film.
    before, after = pictures[64].astype(int), pictures[65].astype(int)
    assert np.abs(before - after).mean() > 0


async def test_each_scene_of_a_storyboard_shows_what_it_says(made: InChild) -> None:
    first, hare, owl = (
        Scene(prompt=prompt, seconds=length)
        for prompt, length in (("a fox", 1.25), ("a hare", 0.75), ("an owl", 0.75))
    )
    one = await made.pictures(a_spec(seconds=2, storyboard=(first, hare)))
    other = await made.pictures(a_spec(seconds=2, storyboard=(first, owl)))
    assert len(one) == len(other) == 16
    apart = np.abs(one.astype(int) - other).mean(axis=(1, 2, 3))
    # Compressed together with others, the same pictures are nearly the same.
    assert apart[:10].max() < 2 < apart[10:].min()


async def test_an_extension_begins_with_its_source_and_keeps_its_sound(
    made: InChild, tmp_path: Path
) -> None:
    source = await a_film(tmp_path / "source.mp4", seconds=2, has_sound=True)
    film, _ = await made.make(extending(4, 2.0), source=source)
    pictures = pictures_of(film)
    assert len(pictures) == 32
    assert np.abs(pictures[:16].astype(int) - pictures_of(source)).max() < 12
    assert np.abs(pictures[16].astype(int) - pictures[15]).mean() > 1
    assert b"mp4a" in film.read_bytes()


async def test_an_extension_of_a_silent_film_is_silent(made: InChild, tmp_path: Path) -> None:
    source = await a_film(tmp_path / "source.mp4", seconds=1, has_sound=False)
    film, _ = await made.make(extending(2, 1.0), source=source)
    assert len(pictures_of(film)) == 16
    assert b"mp4a" not in film.read_bytes()


async def test_what_is_asked_of_the_sampler_changes_the_film(made: InChild) -> None:
    usual = await made.pictures(a_spec())
    for options in (
        SamplingOptions(steps=4),
        SamplingOptions(steps=3, guidance=1.0),
        SamplingOptions(steps=3, negative_prompt="rain"),
    ):
        assert not np.array_equal(usual, await made.pictures(a_spec(options=options)))


async def test_progress_goes_through_the_phases_and_never_falls(made: InChild) -> None:
    _, told = await made.make(a_spec(seconds=2))
    assert phases(told) == ["text", "denoise", "decode", "encode", "store"]
    shares = [each.done / each.total for each in told]
    assert shares == sorted(shares)
    assert shares[-1] > 0.99
    assert sum(each.phase == "denoise" for each in told) == 3


async def test_a_film_given_up_while_it_is_drawn_leaves_the_child_ready_for_the_next(
    made: InChild,
) -> None:
    await made.make(a_spec())
    child = made.engine.process_id
    space = made.space()
    async with aclosing(made.engine.generate(a_spec(seconds=10), space)) as reports:
        async for report in reports:
            if isinstance(report, Progress) and report.phase == "denoise":
                break
    assert not list(space.folder.iterdir())
    _, told = await made.make(a_spec())
    assert made.engine.process_id == child
    assert "loading" not in phases(told)


async def test_a_film_given_up_while_it_is_decoded_leaves_the_child_ready_for_the_next(
    made: InChild,
) -> None:
    await made.make(a_spec())
    child = made.engine.process_id
    async with aclosing(made.engine.generate(a_spec(seconds=10), made.space())) as reports:
        async for report in reports:
            if isinstance(report, Progress) and report.phase == "decode":
                break
    first, _ = await made.make(a_spec())
    assert made.engine.process_id == child
    assert len(pictures_of(first)) == 8


async def test_a_child_that_is_killed_loses_one_attempt_and_no_more(made: InChild) -> None:
    with pytest.raises(EngineCrashed):
        await _make_and_kill(made)
    _, told = await made.make(a_spec())
    assert phases(told)[0] == "loading"


async def test_a_film_of_another_model_ends_the_process_of_the_former(
    checkpoint: Checkpoint, tmp_path: Path
) -> None:
    weights = {TI2V: str(checkpoint(TI2V)), T2V: str(checkpoint("wan2.1-t2v"))}
    async with films(tmp_path, weights=weights) as made:
        await made.make(a_spec())
        former = made.engine.process_id
        _, told = await made.make(a_spec(), model=T2V)
        assert former is not None
        assert not psutil.pid_exists(former)
        assert made.engine.process_id is not None
    assert phases(told)[0] == "loading"


async def test_a_film_for_which_there_is_no_memory_fails_and_the_next_one_is_made(
    made: InChild,
) -> None:
    await made.make(a_spec())
    child = made.engine.process_id
    huge = a_spec(size=Size(400_000, 400_000))
    with pytest.raises(OutOfMemory, match="400000x400000 with 9 frames"):
        await made.make(huge)
    assert len(await made.pictures(a_spec())) == 8
    assert made.engine.process_id == child


async def test_an_addition_that_is_not_there_fails_the_film_and_names_those_that_are(
    made: InChild,
) -> None:
    options = replace(a_spec().options, loras=(Lora(name="ink"),))
    with pytest.raises(UnsupportedParameter, match="There is no LoRA 'ink'"):
        await made.make(a_spec(options=options))


async def _make_and_kill(made: InChild) -> None:
    async with aclosing(made.engine.generate(a_spec(seconds=10), made.space())) as reports:
        async for _ in reports:
            child = made.engine.process_id
            if child is not None:
                os.kill(child, signal.SIGKILL)
