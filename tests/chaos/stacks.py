"""What a process that lives and says nothing is waiting for, written into its log."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import os
import signal
import sys
from collections.abc import Iterable
from types import FrameType

ASKED = signal.SIGUSR1


def tell_when_asked() -> None:
    """Have this process write where its tasks and threads stand whenever the signal comes."""
    signal.signal(ASKED, _tell_of_tasks)
    # It writes without the interpreter's help, so also where that is stuck.
    faulthandler.register(ASKED, file=sys.stderr, all_threads=True, chain=True)


def ask(process_ids: Iterable[int]) -> None:
    """Have each process write where it stands."""
    for process_id in process_ids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process_id, ASKED)


def _tell_of_tasks(number: int, frame: FrameType | None) -> None:
    del number, frame
    # Outside of an event loop there are none.
    with contextlib.suppress(RuntimeError):
        for task in asyncio.all_tasks():
            task.print_stack(file=sys.stderr)
