"""A cable between a client and a server that a test can cut, stall and mend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_PIECE_BYTES = 64 * 1024


class Cable:
    """Carries bytes to the port `target` and back, as a listener on a port of its own."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener: asyncio.Server | None = None
        self._open = asyncio.Event()
        self._open.set()
        self._ends: set[asyncio.StreamWriter] = set()
        self._left_bytes: dict[bool, int] = {}
        self.is_stalled = asyncio.Event()
        """Set once something was held back."""

    @property
    def url(self) -> str:
        """Where a client finds the server through it."""
        assert self._listener is not None
        return f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"

    def stall(self) -> None:
        """Hold back every byte, without closing a connection."""
        self._open.clear()

    def stall_after(self, sent_bytes: int) -> None:
        """Stall once the client has sent that many bytes more."""
        self._left_bytes[True] = sent_bytes

    def stall_answer_after(self, received_bytes: int) -> None:
        """Stall once the server has sent that many bytes more."""
        self._left_bytes[False] = received_bytes

    def mend(self) -> None:
        """Carry what was held back, and all that follows."""
        self._left_bytes.clear()
        self._open.set()

    def cut(self) -> None:
        """Break every connection off; new ones are taken."""
        for end in self._ends:
            end.transport.abort()

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[Cable]:
        """The cable, while the context is open."""
        async with asyncio.TaskGroup() as group:
            running: set[asyncio.Task[None]] = set()

            def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                running.add(group.create_task(self._join(reader, writer)))

            self._listener = await asyncio.start_server(join, "127.0.0.1", 0)
            try:
                yield self
            finally:
                self._listener.close()
                self.mend()
                self.cut()
                for task in running:
                    task.cancel()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._ends |= {writer, far_writer}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(reader, far_writer, is_sent=True))
                group.create_task(self._carry(far_reader, writer, is_sent=False))
        finally:
            self._ends -= {writer, far_writer}
            writer.close()
            far_writer.close()

    async def _carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, is_sent: bool
    ) -> None:
        with suppress(OSError):
            while piece := await source.read(_PIECE_BYTES):
                self._count(len(piece), is_sent=is_sent)
                if not self._open.is_set():
                    self.is_stalled.set()
                    await self._open.wait()
                target.write(piece)
                await target.drain()
            target.write_eof()

    def _count(self, carried_bytes: int, *, is_sent: bool) -> None:
        if is_sent in self._left_bytes:
            self._left_bytes[is_sent] -= carried_bytes
            if self._left_bytes[is_sent] < 0:
                self.stall()
