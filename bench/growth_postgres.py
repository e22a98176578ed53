"""Databases for `bench.growth` on PostgreSQL; apart, as it needs the extra `[scale]`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.postgres import a_server

from matinee.store.postgres import PostgresDatabase
from matinee.store.sql import SqlStore


@asynccontextmanager
async def a_filled_store(count: int, fill: Callable[[str, int], None]) -> AsyncIterator[SqlStore]:
    """A store on a private server that waits for its disk as a real one does."""
    with a_server(is_durable=True) as server, server.a_database() as url:
        fill(url.replace("postgresql://", "postgresql+psycopg://", 1), count)
        database = PostgresDatabase(url)
        store = SqlStore(database)
        try:
            yield store
        finally:
            await store.close()
