"""Deliberate defects: what the simulation must find, so that its silence means something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from matinee.core.asset import Asset
from matinee.core.event import Event
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import Job
from matinee.core.retention import needed_blobs
from matinee.core.video import Video
from matinee.ports.engine import Checkpoint, Intent, Withdrawn
from matinee.ports.store import Transaction
from matinee.services.orphans import Orphans
from matinee.worker.ledger import Ledger
from tests.simulation.lines import OwnLines, SharedLines
from tests.simulation.processes import Parts, WorldAttempts
from tests.simulation.rows import Rows
from tests.simulation.upstreams import WorldEngine


class _NoFencing(Ledger):
    """Whoever has made a film finishes, whoever holds it."""

    async def finish(self, video: Video, assets: tuple[Asset, ...]) -> None:
        current = await self._ports.store.video(video.id)
        await super().finish(current or video, assets)


class _NoIntent(Ledger):
    """The key of an order is not written before it is sent."""

    async def note(self, video: Video, report: Intent | Checkpoint | Withdrawn) -> None:
        if not isinstance(report, Intent):
            await super().note(video, report)


class _ForgetsOrder(Ledger):
    """A new attempt does not know what was ordered."""

    async def take(self, video_id: VideoId, engine: str) -> Video | None:
        video = await super().take(video_id, engine)
        if video is None:
            return None
        return replace(video, job=replace(video.job, submit_key=None, upstream_id=None))


class _ForgetsCancel(Ledger):
    """A film that is handed back waits again, though its owner does not want it."""

    async def hand_back(self, video: Video, unwritten: str | None = None) -> None:
        def work(transaction: Transaction) -> None:
            current = transaction.video(video.id)
            if current is not None and current.job.cancel_requested_at is not None:
                wanted = replace(current.job, cancel_requested_at=None)
                transaction.save_job(current.job, wanted)

        await self._ports.store.write(work)
        await super().hand_back(video, unwritten)


class _ProgressFalls(Ledger):
    """What the newest attempt reports is written, though an older one was further."""

    async def renew(self, video: Video, progress: int) -> Job:
        job = await super().renew(video, progress)

        def work(transaction: Transaction) -> None:
            current = transaction.video(video.id)
            if current is not None and current.job == job:
                transaction.save_job(current.job, replace(job, progress=progress))

        await self._ports.store.write(work)
        return job


class _ClearsTooMuch(WorldAttempts):
    """An attempt that thinks it has lost its video removes its files, come what may."""

    async def _clear(self, video: Video) -> None:
        await self._ports.blobs.delete_under(f"videos/{video.id}/{video.job.attempt}")


class _HastyOrphans(Orphans):
    """What no row names yet is removed as soon as it is stored."""

    async def _clear(self, folder: Any) -> bool:
        video = await self._store.video(VideoId(folder.id))
        for blob in folder.blobs:
            if video is None or blob.key not in needed_blobs(video):
                await self._blobs.delete(blob.key)
        return True


class _BlindEngine(WorldEngine):
    """It orders again what may have been ordered."""

    sends_blindly: ClassVar[bool] = True


class _RowsWithoutLeases(Rows):
    """Nobody takes up what dead workers held."""

    def overdue(self, engine: str, now: datetime, most: int) -> list[Video]:
        return []


class _SharedWithoutRedelivery(SharedLines):
    def redeliver(self, transaction: Transaction, engine: str) -> int:
        return 0


class _OwnWithoutRedelivery(OwnLines):
    def redeliver(self, transaction: Transaction, engine: str) -> int:
        return 0


class _RowsWithoutAbandon(Rows):
    def abandon(self, job: Job, now: datetime) -> None:
        """Nobody is told."""


class _RowsWithSecondEvents(Rows):
    """Each end is told of twice."""

    def add_event(self, event: Event) -> None:
        super().add_event(event)
        if event.kind.is_final:
            super().add_event(event)


class _RowsWithoutOrder(Rows):
    """An account's videos stand side by side."""

    def last_priority(self, engine: str, account_id: AccountId) -> int:
        return 0


class _RowsWithoutKeys(Rows):
    """A key leads nowhere."""

    def video_of_request(
        self, account_id: AccountId, request_key: str
    ) -> tuple[VideoId, str] | None:
        return None

    def remember_request(self, *_: Any) -> None:
        """Nothing is remembered."""


class _RowsWithoutCursor(Rows):
    """How far the outbox came is not written with its deliveries."""

    def move_cursor(self, sequence: int) -> None:
        """It stays where it is."""


DEFECTS: Mapping[str, Parts] = {
    "whoever made a film finishes": Parts(ledger=_NoFencing),
    "the key of an order is not written first": Parts(ledger=_NoIntent),
    "a new attempt forgets what was ordered": Parts(ledger=_ForgetsOrder),
    "a cancelled film waits again": Parts(ledger=_ForgetsCancel),
    "progress falls": Parts(ledger=_ProgressFalls),
    "a finished film is cleared away": Parts(attempts=_ClearsTooMuch),
    "what is just stored is an orphan": Parts(orphans=_HastyOrphans),
    "an unknown order is sent again": Parts(engine=_BlindEngine),
    "nobody takes up what was held": Parts(rows=_RowsWithoutLeases),
    "lost deliveries stay lost": Parts(
        shared_lines=_SharedWithoutRedelivery, own_lines=_OwnWithoutRedelivery
    ),
    "nobody stops what nobody wants": Parts(rows=_RowsWithoutAbandon),
    "an end is told twice": Parts(rows=_RowsWithSecondEvents),
    "an account's videos overtake each other": Parts(rows=_RowsWithoutOrder),
    "a key makes two videos": Parts(rows=_RowsWithoutKeys),
    "the outbox forgets how far it came": Parts(rows=_RowsWithoutCursor),
}
"""What is wrong, and the parts with which it is."""
