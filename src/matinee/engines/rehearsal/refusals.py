"""Rehearsal engines that make no film: they begin, get on, and fail, each with its own error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

from matinee.core.errors import EngineError, MatineeError, ModerationBlocked
from matinee.core.video import VideoSpec
from matinee.ports.engine import Progress, Report, Workspace
from matinee.ports.engine_kind import EngineSetup

Pause = Callable[[float], Awaitable[None]]

_STEPS, _STEPS_DONE, _STEP_S = 20, 8, 0.2
"""Long enough for a client that polls to see some progress before the end."""


def failing(setup: EngineSetup, pause: Pause = asyncio.sleep) -> RefusingEngine:
    """The engine that breaks."""
    del setup
    error = EngineError("The film broke while it was made: this model always fails.")
    return RefusingEngine(error, pause)


def moderated(setup: EngineSetup, pause: Pause = asyncio.sleep) -> RefusingEngine:
    """The engine that finds every film unfit to be shown, in OpenAI's words."""
    del setup
    error = ModerationBlocked("Your request was blocked by our moderation system.")
    return RefusingEngine(error, pause)


class RefusingEngine:
    """Does less than half of the work, then raises `error`."""

    def __init__(self, error: MatineeError, pause: Pause) -> None:
        self._error = error
        self._pause = pause

    async def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Get on for a moment, then fail."""
        for done in range(1, _STEPS_DONE + 1):
            await self._pause(_STEP_S)
            yield Progress(done=done, total=_STEPS)
        raise self._error

    async def close(self) -> None:
        """Nothing keeps running."""
