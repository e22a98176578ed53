"""Rehearsal engines that make no film: they begin, get on, and fail, each with its own error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

from matinee.core.errors import EngineError, MatineeError, ModerationBlocked
from matinee.core.route import Capabilities
from matinee.core.video import VideoSpec
from matinee.engines.rehearsal.capabilities import INSTANT
from matinee.ports.engine import Checkpoint, Progress, Workspace

Pause = Callable[[float], Awaitable[None]]

_STEPS, _STEPS_DONE, _STEP_S = 20, 8, 0.2
"""Long enough for a client that polls to see some progress before the end."""


def failing(*, processes: int, pause: Pause = asyncio.sleep) -> RefusingEngine:
    """The engine that breaks. `processes` means nothing to it."""
    del processes
    error = EngineError("The film broke while it was made: this model always fails.")
    return RefusingEngine("rehearsal-fails", error, pause)


def moderated(*, processes: int, pause: Pause = asyncio.sleep) -> RefusingEngine:
    """The engine that finds every film unfit to be shown, in OpenAI's words."""
    del processes
    error = ModerationBlocked("Your request was blocked by our moderation system.")
    return RefusingEngine("rehearsal-moderated", error, pause)


class RefusingEngine:
    """Does less than half of the work, then raises `error`."""

    def __init__(self, name: str, error: MatineeError, pause: Pause) -> None:
        self._name = name
        self._error = error
        self._pause = pause

    @property
    def name(self) -> str:
        """The name that routes use."""
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        """What it would make."""
        return INSTANT

    async def generate(
        self, spec: VideoSpec, space: Workspace
    ) -> AsyncGenerator[Progress | Checkpoint, None]:
        """Get on for a moment, then fail."""
        for done in range(1, _STEPS_DONE + 1):
            await self._pause(_STEP_S)
            yield Progress(done=done, total=_STEPS)
        raise self._error

    async def close(self) -> None:
        """Nothing keeps running."""
