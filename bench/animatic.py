"""Seconds of film that the animatic makes per second, and its memory (PROMISES F5).

Films are made as the server makes them: in the engine's child process. Every film is made once
after a warm-up film, so that what is measured is a server at work.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from contextlib import aclosing
from pathlib import Path

import psutil

from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.ports.engine import Workspace
from matinee.worker.child import ChildEngine
from matinee.worker.child_wire import SetupRequest

PROMPTS = {
    "space, then station": (
        "an astronaut golden retriever floats to a pup-themed space station. the shot then "
        "changes. now inside the space station, many tennis balls are flying around"
    ),
    "stage": "A calico cat playing a piano on stage",
    "street, rain, night": "rainy neon city street at night, slow dolly in",
    "forest, dusk": "a red fox walking through a forest at sunset",
    "meadow": "a horse runs through a meadow",
    "mountains": "an eagle flies over snowy mountains at dawn",
    "snow, night": "a polar bear walks through falling snow at night",
    "desert": "a camel walks through the desert",
    "sea": "a sailboat on the sea at sunset",
    "underwater": "a turtle swims over a coral reef",
    "sky": "a hot air balloon above the clouds",
    "room": "a chef cooks in a kitchen",
}
SIZE, SECONDS = Size(1280, 720), 8
WATCH_S = 0.1


async def main() -> None:
    """Print a line for each prompt."""
    size = Size.parse(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    assert size is not None, "give a size such as 1280x720"
    command = (sys.executable, "-m", "matinee", "engine-child")
    setup = SetupRequest(kind="animatic", name="animatic", options={})
    engine = ChildEngine(setup, command)
    print(f"{SECONDS} s at {size}, 24 fps, with sound; first frame, whole film, pace, memory (PSS)")
    with tempfile.TemporaryDirectory() as folder:
        await make(engine, PROMPTS["meadow"], size, Path(folder), 4)
        for name, prompt in PROMPTS.items():
            first_s, all_s, megabytes = await make(engine, prompt, size, Path(folder), SECONDS)
            pace = SECONDS / all_s
            print(f"{name:22} {first_s:5.2f} s {all_s:6.2f} s {pace:5.2f} x {megabytes:5.0f} MB")
    await engine.close()


async def make(
    engine: ChildEngine, prompt: str, size: Size, folder: Path, seconds: int
) -> tuple[float, float, float]:
    """Seconds to the first frame, seconds in all, and the most megabytes."""
    spec = VideoSpec(model="animatic", prompt=prompt, size=size, seconds=seconds, seed=7)
    begun_s, first_s = time.perf_counter(), 0.0
    most = [0.0]
    watching = asyncio.create_task(watch(engine, most))
    async with aclosing(engine.generate(spec, Workspace(folder=folder))) as reports:
        async for _ in reports:
            first_s = first_s or time.perf_counter() - begun_s
    all_s = time.perf_counter() - begun_s
    watching.cancel()
    return first_s, all_s, most[0]


async def watch(engine: ChildEngine, most: list[float]) -> None:
    """Keep the largest sum of the engine's processes' proportional memory, in megabytes."""
    while True:
        if engine.process_id is not None:
            most[0] = max(most[0], await asyncio.to_thread(memory_of, engine.process_id))
        await asyncio.sleep(WATCH_S)


def memory_of(process_id: int) -> float:
    """Proportional set size of a process and all below it."""
    try:
        parent = psutil.Process(process_id)
        family = [parent, *parent.children(recursive=True)]
        return sum(process.memory_full_info().pss for process in family) / 1e6
    except psutil.NoSuchProcess:
        return 0.0


if __name__ == "__main__":
    asyncio.run(main())
