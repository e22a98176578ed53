"""Pick-up by an idle worker, and announcements per second, on PostgreSQL (PROMISES F8).

Each side is a process of its own: this one accepts and announces, another works and listens. The
database writes to the disk as it does in earnest.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.contract.lines import PostgresProcess, a_process
from tests.postgres import a_server
from tests.samples import ALICE, a_job, a_video_id

from matinee.core.ids import VideoId
from matinee.core.job import JobState
from matinee.ports.events import Change
from matinee.ports.store import Transaction

PICK_UPS, ANNOUNCEMENTS, WRITERS = 500, 5000, 8


def main() -> None:
    """Print what was measured, or be the other side if told so."""
    if sys.argv[1:]:
        asyncio.run(other_side(sys.argv[1]))
        return
    with a_server(is_durable=True) as server, server.a_database() as url:
        asyncio.run(this_side(url))


async def this_side(url: str) -> None:
    """Accept videos one after the other, then announce as fast as can be."""
    async with a_process(url, writers=WRITERS) as process, other_process(url) as heard:
        delays = [await pick_up(process, heard, number) for number in range(PICK_UPS)]
        report("idle worker, after the commit", delays)
        for writers in (1, WRITERS):
            await announce(process, heard, writers)


async def pick_up(process: PostgresProcess, heard: asyncio.StreamReader, number: int) -> float:
    """Seconds from a commit until the worker has the video."""
    job = a_job(number)
    await process.store.write(lambda transaction: process.queue.deliver(transaction, job))
    committed = time.monotonic()
    _, moment = (await heard.readline()).split()
    return float(moment) - committed


async def announce(process: PostgresProcess, heard: asyncio.StreamReader, writers: int) -> None:
    """Commit many changes, by so many writers at once; how soon each was heard elsewhere."""
    numbers = iter(range(ANNOUNCEMENTS))
    began: dict[int, float] = {}

    async def write() -> None:
        for number in numbers:
            change = replace(RUNNING, progress=number)
            await process.store.write(partial(told, change))
            began[number] = time.monotonic()

    def told(change: Change, transaction: Transaction) -> None:
        process.announcements.announce(transaction, change)

    start = time.monotonic()
    writing = asyncio.gather(*(write() for _ in range(writers)))
    ended = {}
    for _ in range(ANNOUNCEMENTS):
        number, moment = (await heard.readline()).split()
        ended[int(number)] = float(moment)
    await writing
    seconds = time.monotonic() - start
    report(
        f"{ANNOUNCEMENTS / seconds:,.0f} announcements/s by {writers}, heard after the commit",
        [ended[number] - began[number] for number in began],
    )


RUNNING = Change(video_id=a_video_id(), account_id=ALICE, state=JobState.IN_PROGRESS, progress=0)


@asynccontextmanager
async def other_process(url: str) -> AsyncIterator[asyncio.StreamReader]:
    """What the other side says: the name of each thing that it hears, and when that was."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, url, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    yield process.stdout
    process.terminate()
    await process.wait()


async def other_side(url: str) -> None:
    """Work on all there is, and listen to all that happens."""

    async def handle(video_id: VideoId) -> None:
        tell(video_id)

    async with a_process(url) as process:
        process.announcements.listen_to_account(ALICE, Ear())
        tell("ready")
        await process.queue.serve("animatic", 1, handle)


class Ear:
    """Tells of each change."""

    def put(self, change: Change) -> None:
        """A video has changed."""
        tell(str(change.progress))

    def miss(self) -> None:
        """Nothing is missed here."""

    def close(self) -> None:
        """Nothing to let go of."""


def tell(name: str) -> None:
    """Say when it was, on the clock that all processes of the machine share."""
    sys.stdout.write(f"{name} {time.monotonic()}\n")
    sys.stdout.flush()


def report(name: str, delays_s: list[float]) -> None:
    """The middle, the slowest of a hundred, and the slowest."""
    ordered = sorted(delays_s)
    middle, late, last = (ordered[int(len(ordered) * part)] for part in (0.5, 0.99, 0.9999))
    print(f"{name:55} p50 {middle * 1e3:6.1f}  p99 {late * 1e3:6.1f}  max {last * 1e3:6.1f} ms")


if __name__ == "__main__":
    main()
