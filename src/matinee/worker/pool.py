"""Several engines of a kind as one, so that as many films are made at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from matinee.core.route import Capabilities
from matinee.core.video import VideoSpec
from matinee.ports.engine import Checkpoint, Engine, Progress, Workspace


class EnginePool:
    """Gives each film to an engine that is free, and waits for one if none is.

    Of several, the one that worked last goes first: it is warm, and the others may cool down.
    """

    def __init__(self, engines: Sequence[Engine]) -> None:
        """`engines` are alike, one at least."""
        self._engines = tuple(engines)
        self._free: asyncio.LifoQueue[Engine] = asyncio.LifoQueue()
        for engine in engines:
            self._free.put_nowait(engine)

    @property
    def name(self) -> str:
        """The name that routes use."""
        return self._engines[0].name

    @property
    def capabilities(self) -> Capabilities:
        """What they can make."""
        return self._engines[0].capabilities

    async def generate(
        self, spec: VideoSpec, space: Workspace
    ) -> AsyncGenerator[Progress | Checkpoint, None]:
        """Make the film with one of them; closing the iterator early cancels the work."""
        engine = await self._free.get()
        try:
            async with aclosing(engine.generate(spec, space)) as reports:
                async for report in reports:
                    yield report
        finally:
            self._free.put_nowait(engine)

    async def close(self) -> None:
        """End what they keep running."""
        await asyncio.gather(*(engine.close() for engine in self._engines))
