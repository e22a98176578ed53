"""A child process with an engine that a test can drive through files. Run as a module."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator

from matinee.core.errors import EngineCrashed, MediaInvalid
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.ports.engine import Checkpoint, Progress, Workspace
from matinee.worker.child_host import host

CAPABILITIES = Capabilities(sizes=(Size(160, 96),), min_seconds=1, max_seconds=25)


class PromptedEngine:
    """Does what the prompt says: make, crash, fail, lose, break or hang."""

    name = "prompted"
    capabilities = CAPABILITIES

    async def generate(
        self, spec: VideoSpec, space: Workspace
    ) -> AsyncGenerator[Progress | Checkpoint, None]:
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
            case "print":
                print("a library says something")  # noqa: T201  # that is the test
        space.film.write_text(f"{os.getpid()} {spec.size} {len(space.references)}")
        yield Progress(done=2, total=2)

    async def close(self) -> None:
        """Nothing is kept."""


if __name__ == "__main__":
    asyncio.run(host(PromptedEngine()))
