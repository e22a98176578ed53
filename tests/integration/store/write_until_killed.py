"""Writes videos for ever and prints the number of each once the store has acknowledged it."""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

from matinee.core.event import Event, EventKind
from matinee.ports.store import Transaction
from matinee.store.schema import upgrade
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from tests.samples import ALICE, NOW, a_video

WRITERS = 16


async def write(store: SqlStore, numbers: Iterator[int]) -> None:
    """Add one video after another."""
    for number in numbers:
        video = a_video(number)

        def work(transaction: Transaction) -> None:
            transaction.add_video(video)  # noqa: B023  # it runs before the next number comes
            transaction.remember_request(ALICE, video.id, "digest", video.id, NOW)  # noqa: B023
            transaction.add_event(
                Event(video_id=video.id, kind=EventKind.ACCEPTED, at=NOW, attempt=0)  # noqa: B023
            )

        await store.write(work)
        print(number, flush=True)  # noqa: T201  # the parent reads it


async def main(path: Path, first: int) -> None:
    """Write from the number `first` on."""
    upgrade(path)
    store = SqlStore(SqliteDatabase(path))
    numbers = itertools.count(first)
    await asyncio.gather(*(write(store, numbers) for _ in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
