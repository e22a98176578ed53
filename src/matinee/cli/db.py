"""`matinee db` and `matinee migrate-store`: the rows, beside running servers or without any."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

import typer

from matinee.cli.place import place_of
from matinee.core.errors import NotFound
from matinee.data_folder import DataFolder
from matinee.database import bring_up_to_date, checked_secret, look_over, move_rows
from matinee.settings import default_data_folder
from matinee.store.schema import REVISIONS


def upgrade(data: Path | None, database: str | None) -> None:
    """Bring the rows to this version's schema."""
    bring_up_to_date(*place_of(data, database))
    typer.echo(f"schema {REVISIONS[-1]}")


def check(data: Path | None, database: str | None, *, as_json: bool) -> None:
    """Print how the database is; ends with 1 if something is wrong with it."""
    found = asyncio.run(look_over(*place_of(data, database)))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in found]))
    else:
        for finding in found:
            typer.echo(f"{'ok' if finding.is_well else 'BAD':4}{finding.name}: {finding.said}")
    if not all(finding.is_well for finding in found):
        raise typer.Exit(1)


def show_secret(data: Path | None, database: str | None) -> None:
    """Print the secret that machines with one database share. Raises SettingsInvalid if unsure."""
    typer.echo(checked_secret(*place_of(data, database)).hex())
    typer.echo(
        "Set MATINEE_SECRET to this on every machine that shares the database. Who has it can sign "
        "in your name; keep it safe.",
        err=True,
    )


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
