"""Streams for very many who watch: nothing is awaited, made or read for one of them alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import random
from types import TracebackType
from typing import Protocol, Self

from starlette.types import Receive, Scope, Send

from matinee.core.errors import MatineeError
from matinee.services.updates import Update
from matinee.web.auth import Admission
from matinee.web.connection import Departure
from matinee.web.sse import KEEPALIVE, STREAM_HEADERS, send_piece

logger = logging.getLogger(__name__)

_PIECE_BYTES = 64 * 1024
"""About as much is held for a client that reads slowly, and rendered at a time."""

_LEAST_RETRY_MS, _MOST_RETRY_MS = 1_000, 5_000


class Watch(Protocol):
    """One who watches, as `VideoFeeds` and `AccountFeeds` give it."""

    is_closed: bool
    """Whether nothing more comes."""

    def wake(self) -> None:
        """Let `woken` return."""

    async def woken(self) -> None:
        """Wait until there is something to do."""

    async def take(self) -> list[Update]:
        """What has come since the last time. Raises a MatineeError if that can't be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRules:
    """How streams are kept: their rhythm, and who may go on watching."""

    heartbeat_s: float = 15.0
    """The longest silence; then a comment is sent."""

    check_s: float = 5.0
    """How often it is asked whether the client of a silent stream may still watch."""

    trust_s: float = 0.25
    """For how long the answer is good when there is something to tell."""

    chance: Callable[[], float] = random
    """From 0 to 1, for the time until a client whose stream was cut comes back."""

    def retry_hint(self) -> bytes:
        """When to come back: not everyone at the same moment."""
        span_ms = _MOST_RETRY_MS - _LEAST_RETRY_MS
        return b"retry: %d\n\n" % (_LEAST_RETRY_MS + round(span_ms * self.chance()))


class WatchStream:
    """Sends updates as they come, rendered by `render`, until the last or the client leaves.

    `ends` says whether a last update ends the stream. It goes on as long as `admission` holds.
    """

    __slots__ = ("_admission", "_ends", "_render", "_rules")

    def __init__(
        self,
        render: Callable[[Update], bytes],
        admission: Admission,
        rules: StreamRules,
        *,
        ends: bool,
    ) -> None:
        self._render = render
        self._admission = admission
        self._rules = rules
        self._ends = ends

    async def send(
        self, watch: Watch, first: list[Update], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Send `first`, then what `watch` is told."""
        await send({"type": "http.response.start", "status": 200, "headers": [*STREAM_HEADERS]})
        if scope["method"] == "HEAD":
            await _end(send)
            return
        async with Departure(scope, receive, watch.wake) as departure:
            with _Pulse(watch.wake, self._rules) as pulse:
                if await self._send_some(first, send, self._rules.retry_hint()):
                    await self._follow(watch, pulse, departure, send)
                await _end(send)

    async def _follow(self, watch: Watch, pulse: _Pulse, departure: Departure, send: Send) -> None:
        while not departure.has_left:
            updates = await _taken(watch)
            if updates:
                pulse.is_silent = False
                if not await self._send_some(updates, send):
                    return
            elif updates is None or watch.is_closed:
                await send_piece(send, self._rules.retry_hint())
                return
            if pulse.is_due:
                if not await self._admission.holds(self._rules.trust_s):
                    return
                if pulse.beat():
                    await send_piece(send, KEEPALIVE)
            await watch.woken()

    async def _send_some(self, updates: list[Update], send: Send, before: bytes = b"") -> bool:
        """Send `before` and the updates; whether more may follow."""
        trust_s = self._rules.trust_s
        for piece in self._pieces(updates, before):
            # Asked twice, as most often it is known, and waiting for that alone costs too much.
            if not (self._admission.is_known(trust_s) or await self._admission.holds(trust_s)):
                return False
            await send_piece(send, piece)
        return not (self._ends and updates and updates[-1].is_last)

    def _pieces(self, updates: list[Update], before: bytes) -> Iterator[bytes]:
        for update in updates:
            event = self._render(update)
            if before and len(before) + len(event) > _PIECE_BYTES:
                yield before
                before = b""
            before += event
        if before:
            yield before


class _Pulse:
    """Wakes a stream in its rhythm. One timer for a stream, as one for each piece costs more."""

    __slots__ = ("_loop", "_rules", "_silent_s", "_timer", "_wake", "is_due", "is_silent")

    def __init__(self, wake: Callable[[], None], rules: StreamRules) -> None:
        self._loop = asyncio.get_running_loop()
        self._wake = wake
        self._rules = rules
        self._silent_s = 0.0
        self.is_due = False
        """Whether it is time to look whether the client may still watch."""

        self.is_silent = True
        """Whether nothing was sent since the last beat."""

    def __enter__(self) -> Self:
        self._timer = self._loop.call_later(self._rules.check_s, self._ring)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._timer.cancel()

    def beat(self) -> bool:
        """Go on; whether the silence has lasted so long that a heartbeat is to be sent."""
        self.is_due = False
        self._silent_s = self._silent_s + self._rules.check_s if self.is_silent else 0.0
        self.is_silent = True
        if self._silent_s < self._rules.heartbeat_s:
            return False
        self._silent_s = 0.0
        return True

    def _ring(self) -> None:
        self._timer = self._loop.call_later(self._rules.check_s, self._ring)
        if self.is_silent:
            self.is_due = True
            self._wake()
        else:
            # Whoever is told something is asked about then: to wake for nothing costs much.
            self.is_silent = True
            self._silent_s = 0.0


async def _taken(watch: Watch) -> list[Update] | None:
    """What `watch` is told; None if that can't be read, so that its client has to come back."""
    try:
        return await watch.take()
    except MatineeError as error:
        logger.log(error.log_level, "can't tell a watcher", extra={"code": error.code})
        return None


async def _end(send: Send) -> None:
    await send({"type": "http.response.body", "more_body": False})
