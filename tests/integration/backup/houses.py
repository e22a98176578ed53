"""A data folder with films in it, as a server leaves it or still has it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from matinee.backup.archive import Manifest
from matinee.backup.restoring import restore_backup
from matinee.backup.taking import Taken, take_backup
from matinee.core.video import Video
from matinee.data_folder import DataFolder
from matinee.settings import Settings
from tests.fakes import a_png
from tests.houses import House, a_house

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def ignore(_: int) -> None:
    """Nobody looks how far it is."""


@dataclass(slots=True, kw_only=True)
class Stock:
    """A house, with a film, a video that waits with its image, and a file."""

    house: House
    client: httpx.AsyncClient
    film: Video
    waiting: str
    file: str

    @property
    def folder(self) -> DataFolder:
        """The data folder."""
        return DataFolder(self.house.folder)

    async def back_up(self, target: Path, *, has_secret: bool = False) -> Taken:
        """Take a backup, while the house stands."""
        return await take_backup(
            Settings(), self.folder, target, NOW, has_secret=has_secret, report=ignore
        )


@asynccontextmanager
async def a_stock(folder: Path) -> AsyncIterator[Stock]:
    """A stock in `folder`, which is made."""
    DataFolder(folder).prepare()
    async with a_house(folder) as house, house.client() as client:
        film = await client.post("/v1/videos", json={"prompt": "a fox"})
        image = {"input_reference": ("a.png", a_png(), "image/png")}
        waiting = await client.post("/v1/videos", data={"prompt": "a hen"}, files=image)
        sent = {"file": ("notes.txt", b"abc", "text/plain")}
        file = await client.post("/v1/files", data={"purpose": "user_data"}, files=sent)
        yield Stock(
            house=house,
            client=client,
            film=await house.complete(film.json()["id"]),
            waiting=waiting.json()["id"],
            file=file.json()["id"],
        )


async def restore(source: Path, folder: Path) -> Manifest:
    """Restore `source` into `folder`."""
    return await restore_backup(source, Settings(), DataFolder(folder), report=ignore)
