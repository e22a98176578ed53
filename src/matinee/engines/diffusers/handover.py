"""What a thread makes, handed to the event loop piece by piece."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor
from typing import Generic, TypeVar

from matinee.engines.diffusers.sampling import StopSign

Item = TypeVar("Item")


class Handover(Generic[Item]):
    """Between one thread that makes things and one task that takes them.

    The thread waits while `room` of them have not been taken: frames are large.
    """

    def __init__(self, room: int) -> None:
        self.stop = StopSign()
        self._room = threading.Semaphore(room)
        self._loop = asyncio.get_running_loop()
        self._taken: asyncio.Queue[Item | None] = asyncio.Queue()

    def put(self, item: Item) -> None:
        """Hand `item` over; called in the thread. Raises Stopped if it is not wanted any more."""
        self._room.acquire()
        self.stop.heed()
        self._loop.call_soon_threadsafe(self._taken.put_nowait, item)

    async def items(self, thread: Executor, make: Callable[[], None]) -> AsyncGenerator[Item, None]:
        """What `make` hands over while it runs in `thread`.

        Closing the iterator early stops it and waits until it has stopped. Raises what it raises.
        """
        work = self._loop.run_in_executor(thread, make)
        work.add_done_callback(lambda _: self._taken.put_nowait(None))
        try:
            while (item := await self._taken.get()) is not None:
                yield item
                self._room.release()
            await work
        finally:
            self.stop.put_up()
            self._room.release()
            await _settled(work)


async def _settled(work: asyncio.Future[None]) -> None:
    """Wait for the end of `work`, whatever it is: the thread must be free for the next film."""
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError:
            # Its owner is on the way out already; leaving the thread at work would be worse.
            continue
    # Asked for, so that it is not taken for forgotten: it was raised already or is not wanted.
    work.exception()
