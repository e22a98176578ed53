"""Several engines of a kind as one, so that as many films are made at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from matinee.core.video import VideoSpec
from matinee.ports.engine import Engine, Report, Submission, Workspace


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
        """The name under which they are configured."""
        return self._engines[0].name

    async def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Make the film with one of them; closing the iterator early cancels the work."""
        engine = await self._free.get()
        try:
            async with aclosing(engine.generate(spec, space)) as reports:
                async for report in reports:
                    yield report
        finally:
            self._free.put_nowait(engine)

    async def abandon(self, submission: Submission, model: str) -> None:
        """Have the upstream stop what one of them submitted."""
        await self._engines[0].abandon(submission, model)

    async def check(self) -> None:
        """Raise EngineUnavailable unless they can be reached."""
        await self._engines[0].check()

    async def close(self) -> None:
        """End what they keep running."""
        await asyncio.gather(*(engine.close() for engine in self._engines))
