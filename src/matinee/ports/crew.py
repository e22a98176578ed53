"""Who makes films on which machine, who has which duty, and what upstreams are still to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from matinee.core.ids import VideoId
from matinee.core.job import Job
from matinee.ports.engine import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that makes films: where it is, with which engines, and when it was last heard."""

    id: str
    host: str
    process_id: int
    engines: tuple[str, ...]
    started_at: datetime
    seen_at: datetime
    queues: tuple[tuple[str, str], ...] = ()
    """Engines and models: of an engine that is among them it makes no other models."""

    def models_of(self, engine: str) -> tuple[str, ...]:
        """Which of the engine's models it makes; none named: all."""
        return tuple(model for name, model in self.queues if name == engine)

    def makes(self, engine: str, model: str) -> bool:
        """Whether it takes films for that model of the engine."""
        models = self.models_of(engine)
        return engine in self.engines and (not models or model in models)


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandoned:
    """What an upstream was ordered to make, and nobody wants any more."""

    video_id: VideoId
    engine: str
    model: str
    submission: Submission
    tries: int
    """How often it was tried to tell the upstream."""

    due_at: datetime
    created_at: datetime


class CrewRows(Protocol):
    """The statements on workers, duties and abandoned submissions in a writing transaction."""

    def note_worker(self, worker: Worker) -> None:
        """Write `worker` over what is known of it."""

    def remove_worker(self, worker_id: str) -> None:
        """Forget the worker, and what it knew of its engines' health."""

    def remove_workers(self, before: datetime) -> None:
        """The same for all that were not heard of since then, and what others left behind."""

    def hold_duty(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Give the duty to `holder` until then, if it has it already or nobody has; whether so."""

    def release_duty(self, name: str, holder: str) -> None:
        """End the holder's right to the duty, if it has it."""

    def abandon(self, job: Job, now: datetime) -> None:
        """Note what stands submitted for `job`, so that its upstream is told that it may stop.

        For a job that ends without a film, or whose video is removed before its end. Nothing
        happens where nothing was submitted.
        """

    def postpone(self, abandoned: Abandoned, until: datetime) -> bool:
        """Count a try to tell the upstream, and none before `until`; whether this is the one.

        Of several workers that try at once, one may.
        """

    def forget(self, abandoned: Abandoned) -> None:
        """The upstream was told, or never will be."""

    def forget_abandoned(self, before: datetime) -> int:
        """Forget all that was abandoned earlier than `before`; how much that was."""


class CrewReads(Protocol):
    """What is read of workers and abandoned submissions outside of transactions."""

    async def workers(self) -> list[Worker]:
        """Every worker that is known of, those that began first before the others."""

    async def abandoned(self, engines: Sequence[str], now: datetime, most: int) -> list[Abandoned]:
        """Some of what the upstreams of `engines` are to be told by now."""
