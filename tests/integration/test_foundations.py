"""What the processes of one house share, put together as the settings have it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from matinee.core.errors import SettingsInvalid
from matinee.core.ids import VideoId
from matinee.data_folder import DataFolder
from matinee.foundations import Foundations, open_foundations
from matinee.ports.events import Change
from matinee.ports.store import Transaction
from matinee.settings import Settings
from tests.postgres import a_database
from tests.samples import a_video

SOON_S = 10.0


@pytest.fixture
def settings() -> Iterator[Settings]:
    """Those of a house with a database that several machines share."""
    with a_database() as url:
        yield Settings(database=url)


@asynccontextmanager
async def a_process(settings: Settings, folder: Path) -> AsyncIterator[Foundations]:
    """The foundations of one process, kept going."""
    async with open_foundations(settings, DataFolder(folder)) as foundations:
        going = asyncio.create_task(foundations.keep_going())
        yield foundations
        going.cancel()
        with suppress(asyncio.CancelledError):
            await going


async def test_a_video_of_one_process_is_worked_on_in_another_and_watched_in_the_first(
    settings: Settings, tmp_path: Path
) -> None:
    video = a_video()
    async with a_process(settings, tmp_path) as site, a_process(settings, tmp_path) as worker:

        async def handler(video_id: VideoId) -> None:
            change = Change.of(video)
            assert video_id == video.id
            await worker.store.write(
                lambda transaction: worker.announcements.announce(transaction, change)
            )

        def accept(transaction: Transaction) -> None:
            transaction.add_video(video)
            site.queue.deliver(transaction, video.job)

        serving = asyncio.create_task(worker.queue.serve("animatic", 1, handler))
        with site.announcements.watch(video.id) as changes:
            await site.store.write(accept)
            async with asyncio.timeout(SOON_S):
                while await anext(changes) != Change.of(video):
                    pass
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


async def test_a_database_of_many_machines_needs_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if its driver were not installed.
    monkeypatch.setitem(sys.modules, "matinee.store.postgres", None)
    settings = Settings(database="postgresql://matinee@127.0.0.1/matinee")
    with pytest.raises(SettingsInvalid, match=r"pip install -e '\.\[scale\]'"):
        async with open_foundations(settings, DataFolder(tmp_path)):
            pass
