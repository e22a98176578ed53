"""`matinee db files`: whether the files that the rows name are there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from matinee.cli.place import place_of
from matinee.data_folder import DataFolder
from matinee.database import require_extras
from matinee.foundations import look_at_store, open_blobs
from matinee.services.orphans import MissingBlob, find_missing
from matinee.settings import Settings


def check_files(data: Path | None, database: str | None) -> None:
    """Print every file that a row names and that is gone; ends with 1 if there is one."""
    settings, folder = place_of(data, database)
    require_extras(settings)
    missing = asyncio.run(_missing(settings, folder))
    for each in missing:
        typer.echo(f"missing  {each.blob_key}  {each.owner}")
    if missing:
        raise typer.Exit(1)
    typer.echo("Every file that the rows name is there.", err=True)


async def _missing(settings: Settings, folder: DataFolder) -> list[MissingBlob]:
    async with look_at_store(settings, folder) as store:
        return [each async for each in find_missing(store, await open_blobs(settings, folder))]
