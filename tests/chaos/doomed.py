"""The same server, on adapters that look at what goes through them and kill it at a named point.

`CHAOS_POINT` names the point. It is entered like `matinee serve` and `matinee
worker`, with the same arguments.
"""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

from matinee import server, worker_process
from matinee.data_folder import DataFolder
from matinee.foundations import Foundations, open_foundations
from matinee.observability.logs import set_up_logs
from matinee.ports.store import Transaction
from matinee.settings import Settings, load_settings
from matinee.worker_process import Assignment
from tests.chaos.points import BLOB_POINTS, POINTS, Moment, Step

Result = TypeVar("Result")

_PARTS = ("attempts", "webhooks", "library", "answers", "crew", "history")
"""What hangs on a transaction with statements of its own."""


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


class Noted:
    """A transaction, or a part of one, that notes its steps."""

    def __init__(self, real: Any, steps: list[Step], prefix: str = "") -> None:
        self._real = real
        self._steps = steps
        self._prefix = prefix

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if name in _PARTS:
            return Noted(found, self._steps, f"{name}.")
        if not callable(found):
            return found

        def noted(*said: Any, **named: Any) -> Any:
            result = found(*said, **named)
            self._steps.append((self._prefix + name, said))
            return result

        return noted


class DoomedStore:
    """A store that dies at its point."""

    def __init__(self, real: Any, name: str) -> None:
        self._real = real
        self._point = POINTS.get(name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Run `work`, unless this is the moment."""
        steps: list[Step] = []

        def noted(transaction: Transaction) -> Result:
            steps.clear()
            # The first action after the commit comes before all that tell watchers.
            transaction.after_commit(lambda: self._at(Moment.COMMITTED, steps))
            result = work(cast(Transaction, Noted(transaction, steps)))
            self._at(Moment.WRITTEN, steps)
            return result

        result: Result = await self._real.write(noted)
        self._at(Moment.RETURNED, steps)
        return result

    def _at(self, moment: Moment, steps: list[Step]) -> None:
        if self._point is not None and self._point.moment is moment and self._point.sees(steps):
            die()


class DoomedBlobs:
    """Blobs that die at their point."""

    def __init__(self, real: Any, name: str) -> None:
        self._real = real
        self._call, self._left = BLOB_POINTS.get(name, ("", 0))

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if name != self._call:
            return found

        async def doomed(*said: Any) -> Any:
            if self._left == 0:
                die()
            self._left -= 1
            return await found(*said)

        return doomed


@asynccontextmanager
async def _open_doomed(settings: Settings, folder: DataFolder) -> AsyncIterator[Foundations]:
    """What the settings say, looked at."""
    name = os.environ["CHAOS_POINT"]
    assert name in POINTS or name in BLOB_POINTS, name
    async with open_foundations(settings, folder) as real:
        yield replace(
            real,
            store=cast(Any, DoomedStore(real.store, name)),
            blobs=cast(Any, DoomedBlobs(real.blobs, name)),
        )


def main() -> None:
    """Serve, or make films, until it dies."""
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve", "worker"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int)
    parser.add_argument("--engine", action="append", default=[])
    asked = parser.parse_args()
    folder = DataFolder(asked.data)
    settings = load_settings(folder.root, {"port": asked.port})
    set_up_logs(settings.log_level, settings.log_format)
    if asked.command == "serve":
        server.serve(settings, folder, lay=_open_doomed)
    else:
        worker_process.work(
            settings, folder, Assignment(engines=tuple(asked.engine)), lay=_open_doomed
        )
