"""The one thread that writes a SQLite file.

Writes that come while it is busy share the next transaction, so one wait for the disk serves many.
Each has a savepoint: what one of them raises undoes that one alone.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from matinee.core.errors import ServiceUnavailable
from matinee.ports.store import Transaction
from matinee.store.connection import translated
from matinee.store.transaction import SqlTransaction
from matinee.store.writes import Held, Write

Result = TypeVar("Result")

_MOST_IN_GROUP = 128


@dataclass(slots=True, kw_only=True)
class _Write(Write):
    work: Callable[[Transaction], Any]
    transaction: SqlTransaction


class WriterThread:
    """Owns `connection` from now on and runs in it what is submitted, in order."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._submitted: SimpleQueue[_Write | None] = SimpleQueue()
        self._is_closed = False
        # A daemon, so that a program that ends without closing its store does end.
        self._thread = threading.Thread(target=self._serve, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def write(
        self, work: Callable[[Transaction], Result], transaction: SqlTransaction
    ) -> Result:
        """Run `work` with `transaction`; its result once it is durable, or what it raised."""
        if self._is_closed:
            raise ServiceUnavailable("The server is stopping.")
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._submitted.put(
            _Write(work=work, transaction=transaction, actions=transaction.actions, future=future)
        )
        return await future

    async def close(self) -> None:
        """Finish what was submitted, then let go of the connection."""
        if not self._is_closed:
            self._is_closed = True
            self._submitted.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        while group := self._next_group():
            self._commit(group)
            group[0].future.get_loop().call_soon_threadsafe(_settle, group)
        self._connection.close()

    def _next_group(self) -> list[_Write]:
        """Everything submitted by now, at least one; none at all once the end has come."""
        group: list[_Write] = []
        while len(group) < _MOST_IN_GROUP:
            try:
                write = self._submitted.get(block=not group)
            except Empty:
                break
            if write is None:
                if group:
                    self._submitted.put(None)
                break
            group.append(write)
        return group

    def _commit(self, group: list[_Write]) -> None:
        """Make `group` durable; if the database fails, all of it is lost and holds the reason."""
        failure = Held()
        with failure, translated():
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                for write in group:
                    self._run(write)
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
        if failure.error is not None:
            for write in group:
                write.held.error = failure.error

    def _run(self, write: _Write) -> None:
        self._connection.execute("SAVEPOINT write")
        with write.held, translated():
            write.result = write.work(write.transaction)
        if write.held.error is not None:
            if not self._connection.in_transaction:
                raise write.held.error  # the database gave up the whole transaction by itself
            self._connection.execute("ROLLBACK TO write")
        self._connection.execute("RELEASE write")


def _settle(group: list[_Write]) -> None:
    for write in group:
        write.settle()
