"""How a process learns that it is to end: politely at the first signal, at once at the second."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stop:
    """The wish that this process ends."""

    def __init__(self, begin: Callable[[], None]) -> None:
        """`begin` is called at the first signal."""
        self._begin = begin
        self._asked = False
        self.hurried = asyncio.Event()
        """Set when nothing is to be waited for any more."""

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Obey SIGTERM and SIGINT while the context is open."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._obey)
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)

    def _obey(self) -> None:
        if self._asked:
            self.hurried.set()
        self._asked = True
        self._begin()
