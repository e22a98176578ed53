"""The queues that the contract of delivery is tested on, and PostgreSQL as several processes do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from matinee.ports.queue import JobQueue
from matinee.ports.store import Store
from matinee.queue import postgres_announcements, postgres_queue
from matinee.queue.announcements import LocalAnnouncements
from matinee.queue.embedded import EmbeddedQueue
from matinee.queue.postgres_announcements import ChangeFeed
from matinee.queue.postgres_listener import PostgresListener
from matinee.queue.postgres_queue import PostgresQueue
from matinee.store.postgres import PostgresDatabase
from matinee.store.postgres_connection import options_of
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from tests.databases import an_empty_database
from tests.postgres import a_database, the_server

_COUNT = """
SELECT count(*) FROM procrastinate_jobs
WHERE status = 'todo' AND starts_with(queueing_lock, %(engine)s || '/')
"""

_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"

NEVER_S = 3600.0
"""So seldom a queue looks by itself: what it finds, it was told of."""


class Lines(Protocol):
    """A queue beside the rows that its deliveries speak of."""

    @property
    def store(self) -> Store:
        """The rows."""

    @property
    def queue(self) -> JobQueue:
        """What delivers them."""

    async def waiting(self, engine: str) -> int:
        """How many videos wait in line for `engine`."""


@dataclass(frozen=True, slots=True)
class EmbeddedLines:
    """Those of a process that owns its rows."""

    store: Store
    queue: EmbeddedQueue

    async def waiting(self, engine: str) -> int:
        """How many videos wait in line for `engine`."""
        return self.queue.waiting(engine)


@dataclass(frozen=True, slots=True)
class PostgresProcess:
    """What one of several processes has of a database that they share."""

    store: Store
    queue: PostgresQueue
    announcements: LocalAnnouncements
    heard: asyncio.Event
    """Set when the database is heard again."""

    async def waiting(self, engine: str) -> int:
        """How many videos wait in line for `engine`."""
        return await self.store.write(
            lambda transaction: int(
                transaction.driver.execute(_COUNT, {"engine": engine}).fetchone()[0]
            )
        )


@asynccontextmanager
async def embedded_lines(folder: Path) -> AsyncIterator[EmbeddedLines]:
    """Empty lines, and empty rows in `folder`."""
    store = SqlStore(SqliteDatabase(an_empty_database(folder / "matinee.db")))
    yield EmbeddedLines(store, EmbeddedQueue())
    await store.close()


@asynccontextmanager
async def postgres_lines(folder: Path) -> AsyncIterator[PostgresProcess]:
    """Empty lines in an empty database."""
    del folder
    with a_database() as url:
        async with a_process(url, look_s=0.05) as process:
            yield process


LINES: dict[str, Callable[[Path], AbstractAsyncContextManager[Lines]]] = {
    "embedded": embedded_lines,
    "postgres": postgres_lines,
}


@asynccontextmanager
async def a_process(
    url: str,
    *,
    chosen: Collection[tuple[str, str]] = (),
    look_s: float = NEVER_S,
    writers: int = 2,
) -> AsyncIterator[PostgresProcess]:
    """One more process on the database at `url`, which hears what the others tell."""
    store = SqlStore(PostgresDatabase(url, readers=1, writers=writers))
    process = PostgresProcess(
        store,
        PostgresQueue(store, chosen=chosen, look_s=look_s),
        LocalAnnouncements(postgres_announcements.carry),
        asyncio.Event(),
    )
    listener = PostgresListener(options_of(url))
    feed = ChangeFeed(process.announcements.publish, process.announcements.publish_gap)
    listener.listen(postgres_announcements.CHANNEL, feed.hear, feed.miss)
    listener.listen(postgres_queue.CHANNEL, process.queue.hear, process.queue.miss)
    listener.listen("heard", lambda _: None, process.heard.set)
    running = asyncio.create_task(listener.run())
    await process.heard.wait()
    yield process
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await store.close()


@contextmanager
def outage(url: str) -> Iterator[None]:
    """Nobody reaches the database at `url`: who is there is cut off, who comes is refused."""
    name = url.rpartition("/")[2]
    server = the_server()
    server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
    server.execute(_CUT.format(name))
    yield
    server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
