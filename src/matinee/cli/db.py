"""`matinee db` and `matinee migrate-store`: the rows, beside running servers or without any."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

import typer

from matinee.core.errors import NotFound
from matinee.data_folder import DataFolder
from matinee.foundations import look_over, move_rows, open_store, secret_of
from matinee.settings import Settings, default_data_folder, load_settings
from matinee.store.schema import REVISIONS


def upgrade(data: Path | None) -> None:
    """Bring the rows to this version's schema."""
    settings, folder = _place(data)

    async def run() -> None:
        async with open_store(settings, folder):
            pass

    asyncio.run(run())
    typer.echo(f"schema {REVISIONS[-1]}")


def check(data: Path | None, *, as_json: bool) -> None:
    """Print how the database is; ends with 1 if something is wrong with it."""
    settings, folder = _place(data)
    if settings.database is None and not folder.database.exists():
        raise NotFound(
            f"There is no database in the data folder {folder.root} yet; the first start makes it. "
            "Name another folder with --data."
        )
    found = asyncio.run(look_over(settings, folder))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in found]))
    else:
        for finding in found:
            typer.echo(f"{'ok' if finding.is_well else 'BAD':4}{finding.name}: {finding.said}")
    if not all(finding.is_well for finding in found):
        raise typer.Exit(1)


def show_secret(data: Path | None) -> None:
    """Print the secret that machines with one database share."""
    settings, folder = _place(data)
    folder.prepare()
    typer.echo(secret_of(settings, folder).hex())
    typer.echo(
        "Set MATINEE_SECRET to this on every machine that shares the database. Who has it can sign "
        "in your name; keep it safe.",
        err=True,
    )


def _place(data: Path | None) -> tuple[Settings, DataFolder]:
    folder = DataFolder(default_data_folder(data))
    return load_settings(folder.root, {}), folder


def migrate(target: str, data: Path | None) -> None:
    """Copy all rows of the data folder's file to the empty PostgreSQL database at `target`.

    Raises SettingsInvalid while a server runs on the folder or if the target holds rows.
    """
    folder = DataFolder(default_data_folder(data))
    if not folder.database.exists():
        raise NotFound(
            f"There is no database in the data folder {folder.root}. Name another one with --data."
        )
    with folder.hold():
        counts = move_rows(folder, target)
    for name, count in counts.items():
        if count:
            typer.echo(f"{name}  {count}")
    typer.echo(
        "Every row was copied and compared. The file stays as it was. Now set `database` to that "
        "address, `blob_store` to where all machines find the films (those in the folder "
        f"{folder.blobs} are to be copied there), and on every other machine MATINEE_SECRET to "
        "what 'matinee db secret' prints here.",
        err=True,
    )
