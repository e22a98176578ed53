"""What is remembered of attempts, and of the health of the engines that they were made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from matinee.core.attempt import Attempt
from matinee.core.circuit import Circuit
from matinee.core.ids import VideoId


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineLoad:
    """How many videos an engine has before it."""

    queued: int = 0
    in_progress: int = 0


class AttemptRows(Protocol):
    """The statements on attempts in a writing transaction."""

    def add(self, attempt: Attempt) -> None:
        """Insert `attempt`."""

    def note_upstream(self, video_id: VideoId, number: int, upstream_id: str) -> None:
        """Note under which id an upstream has the attempt's work."""

    def finish(
        self,
        video_id: VideoId,
        number: int,
        *,
        outcome: str,
        message: str | None = None,
        now: datetime,
    ) -> None:
        """Note how the attempt ended; one that is not there, or has ended, stays as it is."""

    def of_video(self, video_id: VideoId) -> list[Attempt]:
        """The video's attempts, in order."""

    def save_circuit(self, worker_id: str, circuit: Circuit) -> None:
        """Write what the worker knows of an engine's health, over what it knew."""


class AttemptReads(Protocol):
    """What is read of attempts outside of transactions."""

    async def of_video(self, video_id: VideoId) -> list[Attempt]:
        """The video's attempts, in order."""

    async def latest(self, engine: str, most: int) -> list[Attempt]:
        """The engine's attempts that ended last, the newest first."""

    async def circuits(self) -> list[tuple[str, Circuit]]:
        """What each worker knows of the health of every engine that was ever in trouble."""

    async def loads(self) -> Mapping[str, EngineLoad]:
        """What each engine has before it; those with nothing to do are left out."""

    async def waiting_by_model(self, engine: str) -> Mapping[str, int]:
        """How many videos wait for the engine, by its own names of the models."""
