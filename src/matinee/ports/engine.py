"""What makes films."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from matinee.core.route import Capabilities
from matinee.core.video import VideoSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How much of the work is done: `done` of `total` units, both of the engine's choosing."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """An upstream's own id for the work; a new attempt resumes there instead of paying twice."""

    upstream_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where one attempt works: a folder of its own, gone when the attempt is over.

    `references` are the files of `spec.references` and `posters` those of `spec.roles`, in their
    order; `source` is the film of `spec.source`.
    """

    folder: Path
    references: tuple[Path, ...] = ()
    source: Path | None = None
    posters: tuple[Path, ...] = ()
    resume: Checkpoint | None = None
    """What an earlier attempt reached; an engine that made it goes on from there."""

    @property
    def film(self) -> Path:
        """Where the engine leaves the finished MP4."""
        return self.folder / "film.mp4"


class Engine(Protocol):
    """Makes a film from a spec. It never sees a job, a key, a price, a store or a request."""

    @property
    def name(self) -> str:
        """The name that routes use."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can make."""

    def generate(
        self, spec: VideoSpec, space: Workspace
    ) -> AsyncGenerator[Progress | Checkpoint, None]:
        """Make the film of `spec`, complete at `space.film` when the iterator ends.

        Closing the iterator early cancels the work. Raises an EngineError.
        """

    async def close(self) -> None:
        """End what the engine keeps running. It may be used again afterwards."""
