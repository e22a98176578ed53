"""What a long past costs: the store's work with 1,000 and with 1,000,000 videos (F7).

Both databases are open at once and take turns, a few calls each, so that a busy machine slows both
alike. Shown is the median of all calls, and how many times the one the other is.

`--postgres` takes two private servers of it in place of SQLite.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.samples import ALICE

from bench.growth_work import PROMISED_TIMES, WORK, Side
from bench.history import fill_finished
from matinee.store.schema import upgrade
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase

FEW, MANY = 1_000, 1_000_000
ROUNDS, CALLS = 30, 10


async def main() -> None:
    """Fill two databases and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=MANY, help="videos in the large one")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="turns that each takes")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL in place of SQLite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if not given.postgres:
            sides = [_on_sqlite(Path(name), count) for count in (FEW, given.many)]
        else:
            sides = [_on_postgres(count) for count in (FEW, given.many)]
        async with sides[0] as few, sides[1] as many:
            await _compare(few, many, given.rounds)


async def _compare(few: Side, many: Side, rounds: int) -> None:
    print(f"| work | {few.count:,} stored, µs | {many.count:,} stored, µs | times |")
    print("|---|---|---|---|")
    worst = 0.0
    for name, work in WORK.items():
        times_us: dict[int, list[float]] = {few.count: [], many.count: []}
        for _ in range(rounds):
            for side in (few, many):
                times_us[side.count] += await _timed(work, side)
        small, large = (statistics.median(times_us[side.count]) for side in (few, many))
        worst = max(worst, large / small)
        print(f"| {name} | {small:,.0f} | {large:,.0f} | {large / small:.2f} |", flush=True)
    print(f"the worst: {worst:.2f} times (promised: {PROMISED_TIMES})")


async def _timed(work: Callable[[Side], Awaitable[object]], side: Side) -> list[float]:
    times_us = []
    for _ in range(CALLS):
        began_s = time.perf_counter()
        await work(side)
        times_us.append((time.perf_counter() - began_s) * 1e6)
    return times_us


@asynccontextmanager
async def _on_sqlite(folder: Path, count: int) -> AsyncIterator[Side]:
    path = folder / f"{count}.db"
    upgrade(path)
    _fill(f"sqlite:///{path}", count)
    store = SqlStore(SqliteDatabase(path))
    try:
        yield Side(store, count)
    finally:
        await store.close()


@asynccontextmanager
async def _on_postgres(count: int) -> AsyncIterator[Side]:
    from bench.growth_postgres import a_filled_store  # noqa: PLC0415 - only with the extra [scale]

    async with a_filled_store(count, _fill) as store:
        yield Side(store, count)


def _fill(url: str, count: int) -> None:
    began_s = time.perf_counter()
    fill_finished(url, ALICE, count)
    seconds = time.perf_counter() - began_s
    print(f"{count:,} videos stored in {seconds:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
