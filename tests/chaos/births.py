"""The nursery's process: reads a line of JSON (`Birth`) and answers with a process id, for ever.

What it began it ends when its input ends.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable

import msgspec

import matinee.cli
from matinee.cli.serve import run_server
from matinee.cli.worker import run_worker
from matinee.engines.registry import load_kind
from tests.chaos import doomed, stacks
from tests.chaos.nursery import Birth
from tests.network.wires import enter

_LOADED: tuple[Callable[..., object], ...] = (run_server, run_worker)
"""What commands load only when they run, and every process here will need."""

_KINDS = ("animatic", "openai", "rehearsal-instant", "rehearsal-slow")


def main() -> None:
    """Begin what is asked for, and end it at the end."""
    for kind in _KINDS:
        load_kind(kind)
    # Nobody waits for the children here: the kernel buries them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    born: list[int] = []
    for line in sys.stdin.buffer:
        process_id = os.fork()
        if process_id == 0:
            _live(msgspec.json.decode(line, type=Birth))
        born.append(process_id)
        print(process_id, flush=True)  # noqa: T201  # the parent reads it
    for process_id in born:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)


def _live(birth: Birth) -> None:
    if birth.namespace:
        enter(birth.namespace)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    said = os.open(birth.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(said, 1)
    os.dup2(said, 2)
    stacks.tell_when_asked()
    os.environ.update(birth.environment)
    sys.argv = ["matinee", *birth.arguments]
    status = 1
    try:
        (doomed.main if birth.doomed else matinee.cli.main)()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        if status == 1:
            traceback.print_exc()
        sys.stdout.flush()
        # No clean-up of what belongs to the process that this one is a copy of.
        os._exit(status)


if __name__ == "__main__":
    main()
