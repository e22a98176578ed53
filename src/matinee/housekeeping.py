"""What is cleared away in a server, and how often, as the settings have it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from matinee.data_folder import DataFolder
from matinee.foundations import Foundations
from matinee.services.files import Files
from matinee.services.orphans import Orphans
from matinee.services.retention import KeptFor, Retention
from matinee.services.watchdog import Watchdog
from matinee.settings import Settings
from matinee.worker.janitor import Chore, Janitor
from matinee.worker.leftovers import Leftovers

_HOUR_S = 3600.0
_ORPHANS_EVERY_S = 6 * _HOUR_S
"""Every blob is looked at, which an object store wants to be paid for."""

_UPLOAD_LASTS = timedelta(days=1)


def make_janitor(
    settings: Settings, foundations: Foundations, files: Files, others: Sequence[Chore] = ()
) -> Janitor:
    """The janitor of the rows and blobs, one for all processes that share them.

    `others` are further chores of the same kind.
    """
    ports = foundations.ports
    days = settings.keep_videos_days
    kept = KeptFor(
        events=timedelta(days=settings.keep_events_days),
        videos=None if days is None else timedelta(days=days),
    )
    retention = Retention(ports, kept)
    watchdog = Watchdog(ports, longest=timedelta(hours=settings.max_unfinished_hours))
    orphans = Orphans(ports.store, ports.blobs, ports.clock)

    async def sweep_blobs() -> None:
        await ports.blobs.sweep(ports.clock.now() - _UPLOAD_LASTS)

    return Janitor(
        [
            Chore(name="unfinished videos", do=watchdog.sweep),
            Chore(name="files of videos", do=retention.expire),
            Chore(name="files", do=files.sweep),
            Chore(name="requests", do=retention.forget_requests),
            Chore(name="events", do=retention.forget_events),
            Chore(name="old videos", do=retention.forget_videos, every_s=_HOUR_S),
            Chore(name="unfinished blobs", do=sweep_blobs, every_s=_HOUR_S, repeats=False),
            Chore(name="orphans", do=orphans.sweep, every_s=_ORPHANS_EVERY_S, repeats=False),
            *others,
        ]
    )


def make_cleaner(foundations: Foundations, folder: DataFolder) -> Janitor:
    """The janitor of the folders that one process works in: every process has its own."""
    ports = foundations.ports
    leftovers = Leftovers(ports.store, ports.clock, work=folder.work, uploads=folder.uploads)
    return Janitor([Chore(name="leftovers", do=leftovers.sweep, every_s=_HOUR_S, repeats=False)])
