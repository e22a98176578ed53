"""An engine in a child process, seen from outside."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest
import uvloop

from matinee.core.errors import EngineCrashed, EngineError, EngineUnavailable, MediaInvalid
from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.ports.engine import Progress, Workspace
from matinee.worker.child import ChildEngine, ChildLimits
from tests.integration.worker.children import SETUP

COMMAND = (sys.executable, "-m", "tests.integration.worker.children")


def a_spec(prompt: str) -> VideoSpec:
    return VideoSpec(model="sora-2", prompt=prompt, size=Size(160, 96), seconds=1, seed=7)


@pytest.fixture
async def engine() -> AsyncIterator[ChildEngine]:
    made = ChildEngine(SETUP, COMMAND)
    yield made
    await made.close()


@pytest.fixture
async def gentle() -> AsyncIterator[ChildEngine]:
    """An engine whose child is asked to stop before it is ended."""
    made = ChildEngine(SETUP, COMMAND, ChildLimits(grace_s=2.0))
    yield made
    await made.close()


async def make(engine: ChildEngine, prompt: str, folder: Path) -> list[object]:
    space = Workspace(folder=folder, references=(folder / "image",))
    async with aclosing(engine.generate(a_spec(prompt), space)) as reports:
        return [report async for report in reports]


async def test_progress_and_the_film_come_out_of_the_child(
    engine: ChildEngine, tmp_path: Path
) -> None:
    reports = await make(engine, "make", tmp_path)
    assert reports == [Progress(done=1, total=2), Progress(done=2, total=2)]
    assert (tmp_path / "film.mp4").read_text().endswith("160x96 1")


async def test_the_child_stays_for_the_next_film(engine: ChildEngine, tmp_path: Path) -> None:
    await make(engine, "make", tmp_path)
    first = (tmp_path / "film.mp4").read_text()
    await make(engine, "make", tmp_path)
    assert (tmp_path / "film.mp4").read_text() == first


async def test_what_a_library_prints_does_not_disturb(engine: ChildEngine, tmp_path: Path) -> None:
    assert len(await make(engine, "print", tmp_path)) == 2


async def test_a_crash_is_told_and_the_next_film_gets_a_new_child(
    engine: ChildEngine, tmp_path: Path
) -> None:
    with pytest.raises(EngineCrashed, match="status 3"):
        await make(engine, "crash", tmp_path)
    assert len(await make(engine, "make", tmp_path)) == 2


async def test_a_killed_child_is_a_crash(engine: ChildEngine, tmp_path: Path) -> None:
    async with aclosing(engine.generate(a_spec("hang"), Workspace(folder=tmp_path))) as reports:
        await anext(reports)
        assert engine.process_id is not None
        os.kill(engine.process_id, signal.SIGKILL)
        with pytest.raises(EngineCrashed, match="signal 9"):
            await anext(reports)


@pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_child_that_ends_at_its_start_is_a_crash(
    tmp_path: Path, loop_factory: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def start() -> None:
        # The end is noticed now before, now after it is spoken to, so one start shows little.
        for _ in range(50):
            engine = ChildEngine(SETUP, ("true",))
            with pytest.raises(EngineCrashed):
                await make(engine, "make", tmp_path)
            await engine.close()

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(start())


async def test_an_engines_error_keeps_its_class_and_the_child(
    engine: ChildEngine, tmp_path: Path
) -> None:
    with pytest.raises(MediaInvalid, match="no image"):
        await make(engine, "fail", tmp_path)
    assert engine.process_id is not None


async def test_a_crash_within_the_engine_may_be_tried_again(
    engine: ChildEngine, tmp_path: Path
) -> None:
    with pytest.raises(EngineCrashed, match="render process"):
        await make(engine, "lose", tmp_path)


async def test_a_defect_is_an_engine_error_without_details(
    engine: ChildEngine, tmp_path: Path
) -> None:
    with pytest.raises(EngineError) as caught:
        await make(engine, "break", tmp_path)
    assert "Zero" not in str(caught.value)


async def test_closing_the_reports_ends_the_child(engine: ChildEngine, tmp_path: Path) -> None:
    async with aclosing(engine.generate(a_spec("hang"), Workspace(folder=tmp_path))) as reports:
        await anext(reports)
        process = psutil.Process(engine.process_id)
    assert not process.is_running()


async def test_a_child_whose_server_is_gone_ends(tmp_path: Path) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.worker.children"), stdin=asyncio.subprocess.PIPE
    )
    assert child.stdin is not None
    child.stdin.close()
    assert await child.wait() == 0


async def test_a_command_that_does_not_exist_is_an_unavailable_engine(tmp_path: Path) -> None:
    engine = ChildEngine(SETUP, (str(tmp_path / "nothing"),))
    with pytest.raises(EngineUnavailable):
        await make(engine, "make", tmp_path)


async def test_a_child_that_hangs_is_ended(tmp_path: Path) -> None:
    engine = ChildEngine(SETUP, COMMAND, ChildLimits(silence_s=1.5))
    with pytest.raises(EngineCrashed, match="hung"):
        await make(engine, "hang", tmp_path)
    assert engine.process_id is None


async def film_of(engine: ChildEngine, model: str, folder: Path) -> tuple[str, str]:
    """The process that made a film with that model, and the model it was started for."""
    space = Workspace(folder=folder, model=model)
    async with aclosing(engine.generate(a_spec("model"), space)) as reports:
        async for _ in reports:
            pass
    process, _, said = (folder / "film.mp4").read_text().partition(" ")
    return process, said


async def test_a_film_of_another_model_gets_another_process(
    engine: ChildEngine, tmp_path: Path
) -> None:
    first, again, other = [
        await film_of(engine, model, tmp_path) for model in ("wan", "wan", "ltx")
    ]
    assert first == again
    assert (first[1], other[1]) == ("wan", "ltx")
    assert not psutil.pid_exists(int(first[0]))


async def test_a_gentle_engine_gives_a_film_up_and_stays(
    gentle: ChildEngine, tmp_path: Path
) -> None:
    async with aclosing(gentle.generate(a_spec("hang"), Workspace(folder=tmp_path))) as reports:
        await anext(reports)
        process_id = gentle.process_id
    assert gentle.process_id == process_id
    await make(gentle, "make", tmp_path)
    assert (tmp_path / "film.mp4").read_text().startswith(f"{process_id} ")


async def test_a_gentle_engine_that_does_not_stop_in_time_is_ended(tmp_path: Path) -> None:
    engine = ChildEngine(SETUP, COMMAND, ChildLimits(grace_s=0.3))
    space = Workspace(folder=tmp_path)
    async with aclosing(engine.generate(a_spec("stop late"), space)) as reports:
        await anext(reports)
        process = psutil.Process(engine.process_id)
    assert not process.is_running()
