"""The client at the other end: whether it is still there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from starlette.types import Receive, Scope

Result = TypeVar("Result")


DEPARTURE = "matinee.departure"
"""Where the scope of a request has what tells of its client's departure, if the server can."""


class ClientGone(Exception):
    """The client closed the connection. No MatineeError: nobody is left to be told of it."""


async def departure(receive: Receive) -> None:
    """Return when the client has closed the connection. The body must have been read."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def unless_gone(receive: Receive, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of `work`, which is cancelled and ends in ClientGone if the client leaves."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(departure(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGone
        return working.result()
    finally:
        await end_tasks(working, leaving)


async def refuse_departed(scope: Scope) -> None:
    """Raise ClientGone if the client had closed the connection when its request was read.

    A process that stood still reads a request long after it came; its client may have sent it
    again, to another process, which has answered. As far as the server can tell.
    """
    if DEPARTURE not in scope:
        return
    # The end of a connection is read in a turn of its own, behind that of what came before it.
    for _ in range(2):
        await asyncio.sleep(0)
    left: list[bool] = []
    scope[DEPARTURE](lambda: left.append(True))
    scope[DEPARTURE](None)
    if left:
        raise ClientGone


async def end_tasks(*tasks: asyncio.Future[Any]) -> None:
    """Cancel `tasks` and wait until they have ended, however they end."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # asked for, so that asyncio doesn't report it as forgotten


class Departure:
    """A context in which `action` is called once the client has closed the connection.

    Where the server tells of that by itself, no task has to wait for it.
    """

    __slots__ = ("_action", "_leaving", "_receive", "_scope", "has_left")

    def __init__(self, scope: Scope, receive: Receive, action: Callable[[], None]) -> None:
        self._scope = scope
        self._receive = receive
        self._action = action
        self._leaving: asyncio.Future[None] | None = None
        self.has_left = False
        """Whether it was called."""

    async def __aenter__(self) -> Departure:
        if DEPARTURE in self._scope:
            self._scope[DEPARTURE](self._leave)
        else:
            self._leaving = asyncio.ensure_future(departure(self._receive))
            self._leaving.add_done_callback(lambda _: self._leave())
        return self

    async def __aexit__(self, *failure: object) -> None:
        if self._leaving is None:
            self._scope[DEPARTURE](None)
        else:
            await end_tasks(self._leaving)

    def _leave(self) -> None:
        self.has_left = True
        self._action()
