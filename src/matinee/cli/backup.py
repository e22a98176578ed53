"""`matinee backup` and `matinee restore`: everything in one file, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from matinee.backup.archive import Report
from matinee.backup.restoring import restore_backup
from matinee.backup.taking import Taken, take_backup
from matinee.cli.place import place_of
from matinee.core.errors import NotFound
from matinee.system import SystemClock

_MB = 1_000_000
_DAMAGED = 1
_MOST_SHOWN = 20


def backup(target: Path, data: Path | None, database: str | None, *, has_secret: bool) -> None:
    """Write a backup to the file `target`, or to a new file in the folder `target`."""
    settings, folder = place_of(data, database)
    now = SystemClock().now()
    file = target / f"matinee-{_stamp(now)}.tar" if target.is_dir() else target
    if not file.parent.is_dir():
        raise NotFound(f"There is no folder {file.parent} to write the backup to.")
    with _progress("backup", None) as report:
        taken = asyncio.run(
            take_backup(settings, folder, file, now, has_secret=has_secret, report=report)
        )
    typer.echo(file)
    _explain(taken, has_secret=has_secret)
    if taken.damaged:
        raise typer.Exit(_DAMAGED)


def restore(source: Path, data: Path | None) -> None:
    """Make a data folder out of the backup `source`."""
    if not source.is_file():
        raise NotFound(f"There is no backup {source}.")
    settings, folder = place_of(data, None)
    # It is read twice: once to see that it is whole, once to restore it.
    with _progress("restore", 2 * source.stat().st_size) as report:
        manifest = asyncio.run(restore_backup(source, settings, folder, report=report))
    typer.echo(
        f"Restored {_count(manifest.videos, 'video')} with {_count(manifest.blobs, 'file')}, as "
        f"all was at {manifest.made_at[:19]} UTC, into {folder.root}.",
        err=True,
    )
    if not manifest.has_secret:
        typer.echo(
            "The backup holds no secret: keys made before open nothing any more, and what signs "
            "webhooks is new. Make keys with 'matinee keys create'. Or, before the first start, "
            f"put the old server's pepper.key into {folder.root}, or set MATINEE_SECRET to what "
            "'matinee db secret' printed there, and keep it set.",
            err=True,
        )


def _explain(taken: Taken, *, has_secret: bool) -> None:
    size_mb = taken.size_bytes / _MB
    typer.echo(
        f"{_count(taken.videos, 'video')}, {_count(taken.blobs, 'file')}, {size_mb:,.1f} MB. "
        "Settings are not in it: keep your matinee.toml.",
        err=True,
    )
    if has_secret:
        typer.echo("It holds the server's secret: whoever has it can sign as you do.", err=True)
    else:
        typer.echo(
            "Without --with-secret, keys made so far will open nothing after a restore, unless "
            "you keep pepper.key yourself, or what 'matinee db secret' prints.",
            err=True,
        )
    for key in taken.damaged[:_MOST_SHOWN]:
        typer.echo(f"damaged or missing: {key}", err=True)
    if len(taken.damaged) > _MOST_SHOWN:
        typer.echo(f"and {len(taken.damaged) - _MOST_SHOWN} more", err=True)


@contextmanager
def _progress(title: str, total: int | None) -> Iterator[Report]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=Console(stderr=True)) as bar:
        row = bar.add_task(title, total=total)
        try:
            yield lambda count: bar.advance(row, count)
        except BaseException:
            # Then the error is all that is to be read.
            bar.live.transient = True
            raise
        if total is not None:
            bar.update(row, completed=total)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _stamp(now: datetime) -> str:
    return now.strftime("%Y%m%dT%H%M%SZ")
