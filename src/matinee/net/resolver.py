"""Look-ups of names that strangers chose, which may take as long as their name servers like."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import ip_address

from matinee.core.errors import ServiceUnavailable
from matinee.net.addresses import IPAddress

_MOST_THREADS = 128


class ThreadResolver:
    """A guard's resolver that asks the machine's, each name in a thread of its own.

    A look-up can't be ended. In the event loop's own threads, of which there are few, a handful of
    slow names would hold up every other look-up; here only `most_threads` of them could, and the
    threads let the process end.
    """

    def __init__(
        self,
        most_threads: int = _MOST_THREADS,
        *,
        look_up: Callable[[str, int], Sequence[IPAddress]] | None = None,
    ) -> None:
        self._free = threading.BoundedSemaphore(most_threads)
        self._look_up = look_up or _ask_system

    async def __call__(self, host: str, port: int) -> Sequence[IPAddress]:
        """Every address of `host`.

        Raises OSError if it has none, ServiceUnavailable while too many are waited for.
        """
        if not self._free.acquire(blocking=False):
            raise ServiceUnavailable("Too many names are being looked up. Try again later.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Sequence[IPAddress]] = loop.create_future()
        threading.Thread(
            target=self._run, args=(host, port, future), name="look-up", daemon=True
        ).start()
        return await future

    def _run(self, host: str, port: int, future: asyncio.Future[Sequence[IPAddress]]) -> None:
        try:
            found: Sequence[IPAddress] | OSError | UnicodeError = self._look_up(host, port)
        except (OSError, UnicodeError) as error:
            found = error
        finally:
            self._free.release()
        # Whoever asked may have gone, and the loop with it.
        with suppress(RuntimeError):
            future.get_loop().call_soon_threadsafe(_settle, future, found)


def _settle(
    future: asyncio.Future[Sequence[IPAddress]],
    found: Sequence[IPAddress] | OSError | UnicodeError,
) -> None:
    if future.done():
        return
    if isinstance(found, Exception):
        future.set_exception(found)
    else:
        future.set_result(found)


def _ask_system(host: str, port: int) -> Sequence[IPAddress]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(address[0]) for *_, address in answers]
