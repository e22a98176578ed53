"""What makes films."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from matinee.core.video import VideoSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How much of the work is done: `done` of `total` units, both of the engine's choosing.

    `phase` says what is being done: `loading`, `text`, `denoise`, `decode`, `encode`, `store`, or
    an engine's own word.
    """

    done: int
    total: int
    phase: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """The next thing is to submit the work to an upstream under this key.

    It is durable before the engine goes on: an attempt that finds a key and no upstream id knows
    that the work may have been taken.
    """

    submit_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """An upstream's own id for the work; a new attempt resumes there instead of paying twice."""

    upstream_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The upstream surely makes nothing of the work: it refused, failed or forgot it.

    From here on the work may be submitted anew, there or elsewhere.
    """


Report = Progress | Intent | Checkpoint | Withdrawn
"""What an engine tells while it works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What earlier attempts sent to an upstream. Without `upstream_id` nobody knows if it came."""

    submit_key: str
    upstream_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where one attempt works: a folder of its own, gone when the attempt is over.

    `references` are the files of `spec.references` and `posters` those of `spec.roles`, in their
    order; `source` is the film of `spec.source`.
    """

    folder: Path
    model: str = ""
    """Which of its models the engine is to use; empty where it has only one."""

    references: tuple[Path, ...] = ()
    source: Path | None = None
    posters: tuple[Path, ...] = ()
    submit_key: str = ""
    """A key of this attempt's own, for an `Intent`."""

    resume: Submission | None = None
    """What earlier attempts sent; an engine goes on from there."""

    expected_s: float | None = None
    """How long such films took lately, where there were any."""

    @property
    def film(self) -> Path:
        """Where the engine leaves the finished MP4."""
        return self.folder / "film.mp4"


class FilmMaker(Protocol):
    """Makes a film from a spec. It never sees a job, a key, a price, a store or a request."""

    def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Make the film of `spec`, complete at `space.film` when the iterator ends.

        Closing the iterator early ends the work, and leaves what was submitted to an upstream
        there, to be resumed. Raises an EngineError.
        """

    async def close(self) -> None:
        """End what keeps running. It may be used again afterwards."""


class Engine(FilmMaker, Protocol):
    """A film maker as workers drive it, wherever it really works."""

    @property
    def name(self) -> str:
        """The name under which it is configured."""

    async def abandon(self, submission: Submission, model: str) -> None:
        """Have the upstream stop what was submitted, as far as it can: nobody wants it any more.

        Raises an EngineError if that can't be told to it.
        """

    async def check(self) -> None:
        """Raise EngineUnavailable unless the engine can be reached at this moment."""
