"""A child process with an engine that a test can drive through files. Run as a module."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator

from matinee.core.errors import EngineCrashed, MediaInvalid
from matinee.core.video import VideoSpec
from matinee.ports.engine import Progress, Report, Workspace
from matinee.ports.engine_kind import EngineSetup
from matinee.worker.child_host import host
from matinee.worker.child_wire import SetupRequest

SETUP = SetupRequest(kind="prompted", name="prompted", options={})


class PromptedEngine:
    """Does what the prompt says: make, crash, fail, lose, break, hang or stop late."""

    def __init__(self, setup: EngineSetup) -> None:
        self._model = setup.model

    async def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Obey."""
        yield Progress(done=1, total=2)
        match spec.prompt:
            case "crash":
                os._exit(3)
            case "fail":
                raise MediaInvalid("The image is no image.")
            case "lose":
                raise EngineCrashed("A render process ended.")
            case "break":
                raise ZeroDivisionError
            case "hang":
                await asyncio.Event().wait()
            case "stop late":
                await _stop_late()
            case "model":
                space.film.write_text(f"{os.getpid()} {self._model}")
                return
            case "print":
                print("a library says something")  # noqa: T201  # that is the test
        space.film.write_text(f"{os.getpid()} {spec.size} {len(space.references)}")
        yield Progress(done=2, total=2)

    async def close(self) -> None:
        """Nothing is kept."""


async def _stop_late() -> None:
    """Hear the wish to stop, and go on for a long time all the same."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(host(lambda _, setup: PromptedEngine(setup)))
