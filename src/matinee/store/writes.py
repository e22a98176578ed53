"""Work on its way from the event loop to a thread that writes, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any


class Held:
    """As a context, holds what is raised inside, to be raised again where the caller waits."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __enter__(self) -> None:
        self.error = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self.error = error
        return True


@dataclass(slots=True, kw_only=True)
class Write:
    """What the caller waits for. `actions` are to be run once it is durable."""

    future: asyncio.Future[Any]
    actions: list[Callable[[], None]] = field(default_factory=list)
    held: Held = field(default_factory=Held)
    result: Any = None

    def settle(self) -> None:
        """Tell the caller, on the event loop, that the work is durable or why it is not."""
        if self.held.error is None:
            for action in self.actions:
                self.future.get_loop().call_soon(action)
        if self.future.done():
            return  # the caller was cancelled meanwhile; what is written stays written
        if self.held.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.held.error)
