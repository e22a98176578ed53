"""The threads that write to PostgreSQL, each with a connection of its own.

Work may run more than once: after a deadlock or what others wrote in the same moment, and where a
connection turns out to be broken before anything was committed on it.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

import psycopg

from matinee.core.errors import ServiceUnavailable
from matinee.ports.store import Transaction
from matinee.store.outages import AWAY, NO_ANSWER
from matinee.store.postgres_connection import connect, translated
from matinee.store.postgres_transaction import PostgresTransaction
from matinee.store.statements import Texts
from matinee.store.writes import Held, Write

Result = TypeVar("Result")
Connection = psycopg.Connection[Any]

_LAST_WORDS_S = 0.5
"""So long after its connection was cut a thread may still say how its write ended."""

NAME = "matinee writer"
"""What the database knows these threads' connections by."""

_TRIES = 5
_SETTLED_BY_ANOTHER_TRY = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.UniqueViolation,
)


@dataclass(slots=True, kw_only=True)
class _Write(Write):
    work: Callable[[Transaction], Any]
    keys_changed: Callable[[], None]
    runs_on: Connection | None = None
    is_given_up: bool = False
    is_committing: bool = False

    def give_up(self) -> None:
        """Let nobody wait any longer: neither the caller nor the thread that runs it."""
        # In this order: a thread looks for this after it said what it runs on.
        self.is_given_up = True
        if self.runs_on is None:
            self._let_go()
            return
        cut(self.runs_on)
        self.future.get_loop().call_later(_LAST_WORDS_S, self._let_go)

    def _let_go(self) -> None:
        if not self.future.done():
            self.future.set_exception(ServiceUnavailable(AWAY, why=NO_ANSWER))


class WriterThreads:
    """`count` threads, which connect to `url` when there is something to write.

    A write is given up after `longest_s`, whatever it waits for.
    """

    def __init__(self, url: str, texts: Texts, count: int, longest_s: float) -> None:
        self._url = url
        self._texts = texts
        self._longest_s = longest_s
        self._submitted: SimpleQueue[_Write | None] = SimpleQueue()
        self._is_closed = False
        # Daemons, so that a program that ends without closing its store does end.
        self._threads = [
            threading.Thread(target=self._serve, name=f"postgres-writer-{number}", daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    async def write(
        self, work: Callable[[Transaction], Result], keys_changed: Callable[[], None]
    ) -> Result:
        """Run `work` in a transaction; its result once it is durable, or what it raised."""
        if self._is_closed:
            raise ServiceUnavailable("The server is stopping.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        write = _Write(work=work, keys_changed=keys_changed, future=future)
        limit = loop.call_later(self._longest_s, write.give_up)
        self._submitted.put(write)
        try:
            return await future
        finally:
            # A caller that was cancelled leaves what it began to its own end.
            if not future.cancelled():
                limit.cancel()

    async def close(self) -> None:
        """Finish what was submitted, then let go of the connections."""
        if not self._is_closed:
            self._is_closed = True
            for _ in self._threads:
                self._submitted.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _serve(self) -> None:
        session = _Session(self._url, self._texts)
        with closing(session):
            while write := self._submitted.get():
                session.run(write)
                write.future.get_loop().call_soon_threadsafe(write.settle)


class _Session:
    """One thread's connection, made when it is needed and made anew when it breaks."""

    def __init__(self, url: str, texts: Texts) -> None:
        self._url = url
        self._texts = texts
        self._connection: Connection | None = None
        self._is_fresh = True

    def run(self, write: _Write) -> None:
        """Run `write`, more than once if that helps; it holds its result or its error."""
        for _ in range(_TRIES):
            with write.held, translated():
                write.result = self._commit(write)
            if not self._is_worth_another_try(write):
                return

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _commit(self, write: _Write) -> Any:
        failure = Held()
        with self._lent(write) as connection:
            try:
                # Left with an error, a pipeline logs what it meets besides: of a broken connection,
                # that it is broken.
                with connection.pipeline() as pipeline, failure:
                    return self._run(write, connection, pipeline)
            finally:
                if failure.error is not None:
                    raise failure.error

    def _run(self, write: _Write, connection: Connection, pipeline: psycopg.Pipeline) -> Any:
        transaction = PostgresTransaction(connection, pipeline, self._texts, write.keys_changed)
        write.is_committing = False
        result = write.work(transaction)
        transaction.end()
        write.is_committing = True
        transaction.commit()
        write.actions = transaction.actions
        return result

    @contextmanager
    def _lent(self, write: _Write) -> Iterator[Connection]:
        self._is_fresh = self._connection is None
        connection = self._connection = self._connection or connect(self._url, name=NAME)
        write.runs_on = connection
        try:
            if write.is_given_up:
                raise ServiceUnavailable(AWAY, why=NO_ANSWER)
            yield connection
        except psycopg.errors.ReadOnlySqlTransaction:
            # A session stays so when the database takes writes again.
            connection.close()
            raise
        finally:
            self._tidy(connection)
            # Not before: to tidy up is to wait for the server, too.
            write.runs_on = None

    def _tidy(self, connection: Connection) -> None:
        """Leave nothing of a transaction that failed, and no connection that is broken."""
        try:
            connection.rollback()
        except psycopg.Error:
            connection.close()
        if connection.closed:
            self._connection = None

    def _is_worth_another_try(self, write: _Write) -> bool:
        cause = _of_psycopg(write.held.error)
        if cause is None or write.is_given_up:
            return False
        if isinstance(cause, _SETTLED_BY_ANOTHER_TRY):
            return True
        # It may have been broken before; nothing can have been committed.
        return self._connection is None and not self._is_fresh and not write.is_committing


def cut(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> None:
    """End `connection`'s talk with the server, from any thread: whoever waits gets an error."""
    with suppress(psycopg.OperationalError, OSError):
        same = socket.socket(fileno=os.dup(connection.pgconn.socket))
        with same:
            same.shutdown(socket.SHUT_RDWR)


def _of_psycopg(error: BaseException | None) -> psycopg.Error | None:
    """What psycopg raised, of whatever was made of it."""
    while error is not None and not isinstance(error, psycopg.Error):
        error = error.__cause__
    return error
