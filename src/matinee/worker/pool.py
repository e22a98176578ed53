"""Several engines of a kind as one, so that as many films are made at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Protocol, TypeVar

from matinee.core.video import VideoSpec
from matinee.ports.engine import Engine, Report, Submission, Workspace


class Warm(Protocol):
    """What stays ready for one of its models."""

    @property
    def model(self) -> str:
        """The model of its last film."""


WarmThing = TypeVar("WarmThing", bound=Warm)


class WarmEngine(Warm, Engine, Protocol):
    """An engine that stays ready for one of its models."""


class EnginePool:
    """Gives each film to an engine that is free, and waits for one if none is.

    One that has the film's model at hand goes first, and of those the one that worked last: it is
    warm, and the others may cool down.
    """

    def __init__(self, engines: Sequence[WarmEngine]) -> None:
        """`engines` are alike, one at least."""
        self._engines = tuple(engines)
        self._free = list(engines)
        self._turns = asyncio.Semaphore(len(engines))

    @property
    def name(self) -> str:
        """The name under which they are configured."""
        return self._engines[0].name

    async def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Make the film with one of them; closing the iterator early cancels the work."""
        async with self._turns:
            engine = self._take(space.model)
            try:
                async with aclosing(engine.generate(spec, space)) as reports:
                    async for report in reports:
                        yield report
            finally:
                self._free.append(engine)

    async def abandon(self, submission: Submission, model: str) -> None:
        """Have the upstream stop what one of them submitted."""
        await self._engines[0].abandon(submission, model)

    async def check(self) -> None:
        """Raise EngineUnavailable unless they can be reached."""
        await self._engines[0].check()

    async def close(self) -> None:
        """End what they keep running."""
        await asyncio.gather(*(engine.close() for engine in self._engines))

    def _take(self, model: str) -> WarmEngine:
        engine = warmest(self._free, model)
        self._free.remove(engine)
        return engine


def warmest(free: Sequence[WarmThing], model: str) -> WarmThing:
    """The one that a film of `model` goes to; they stand in the order of their last films' ends."""
    warm = [each for each in free if each.model == model]
    # Without one, the model is given up that was not asked for the longest.
    return warm[-1] if warm else free[0]
