"""`matinee db files`: whether the files that the rows name are there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from matinee.backup.rows import open_as_it_is
from matinee.core.errors import NotFound
from matinee.data_folder import DataFolder
from matinee.foundations import open_blobs
from matinee.services.orphans import MissingBlob, find_missing
from matinee.settings import Settings, default_data_folder, load_settings


def check_files(data: Path | None) -> None:
    """Print every file that a row names and that is gone; ends with 1 if there is one."""
    folder = DataFolder(default_data_folder(data))
    settings = load_settings(folder.root, {})
    if settings.database is None and not folder.database.exists():
        raise NotFound(
            f"There is no database in the data folder {folder.root}. Name another one with --data."
        )
    missing = asyncio.run(_missing(settings, folder))
    for each in missing:
        typer.echo(f"missing  {each.blob_key}  {each.owner}")
    if missing:
        raise typer.Exit(1)
    typer.echo("Every file that the rows name is there.", err=True)


async def _missing(settings: Settings, folder: DataFolder) -> list[MissingBlob]:
    async with open_as_it_is(settings, folder) as store:
        return [each async for each in find_missing(store, await open_blobs(settings, folder))]
