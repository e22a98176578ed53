"""Who is being answered now, in this process: an answer that nobody hears may be resumed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Hearing:
    """An answer that is being told, and the digest of the question to it."""

    answer_id: str
    digest: str


class Audience:
    """The answers that are being told; none after a restart, and rightly so."""

    def __init__(self) -> None:
        self._hearings: Counter[Hearing] = Counter()
        self._waiting: dict[asyncio.Future[None], str] = {}

    def attended(self, digest: str) -> frozenset[str]:
        """The ids of the answers to that question that somebody hears."""
        return frozenset(each.answer_id for each in self._hearings if each.digest == digest)

    @contextmanager
    def listening(self, hearing: Hearing | None) -> Iterator[None]:
        """Count one listener more while the context is open; None is not counted."""
        if hearing is None:
            yield
            return
        self._hearings[hearing] += 1
        try:
            yield
        finally:
            self._hearings[hearing] -= 1
            if not self._hearings[hearing]:
                del self._hearings[hearing]
                self._tell_of_departure(hearing.digest)

    def listens(self, reply: ASGIApp, hearing: Hearing | None) -> ASGIApp:
        """`reply`, its client counted as long as it is sent."""

        async def tell(scope: Scope, receive: Receive, send: Send) -> None:
            with self.listening(hearing):
                await reply(scope, receive, send)

        return tell

    async def departure(self, digest: str, patience_s: float) -> bool:
        """Whether somebody who hears an answer to that question leaves within `patience_s`.

        Known at once if nobody hears one.
        """
        if not self.attended(digest):
            return False
        left = asyncio.get_running_loop().create_future()
        self._waiting[left] = digest
        try:
            await asyncio.wait((left,), timeout=patience_s)
            return left.done()
        finally:
            del self._waiting[left]

    def _tell_of_departure(self, digest: str) -> None:
        for left, awaited in self._waiting.items():
            if awaited == digest and not left.done():
                left.set_result(None)
