"""One film on its way through an upstream: what is known of it, and how long it may take."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from matinee.core.errors import EngineError, EngineUnavailable, MatineeError
from matinee.core.video import VideoSpec
from matinee.net.upstream_options import UpstreamOptions, frames_of, makes_sound
from matinee.net.upstream_pace import Meter, asked_pause_s, intervals
from matinee.net.wire import Order, Reply, Standing, UpstreamImage, Waiting, Wire
from matinee.ports.engine import Checkpoint, Progress, Workspace

_NOT_OF_THE_WORK = frozenset({401, 402, 403, 408, 409, 425, 429})
"""Statuses that tell of the key, the credit or the moment, and nothing of a film."""

_NOT_LET_IN = frozenset({401, 402, 403})
_MOST_ID_CHARACTERS = 512


class Over(Exception):
    """The upstream surely makes nothing of the submission, for the reason of `error`."""

    def __init__(self, error: MatineeError) -> None:
        super().__init__(str(error))
        self.error = error


class Busy(EngineUnavailable):
    """The upstream answered, and not what it was asked. `pause_s` is how long it wants peace."""

    def __init__(self, message: str, pause_s: float | None = None) -> None:
        super().__init__(message)
        self.pause_s = pause_s

    @classmethod
    def of(cls, reply: Reply) -> Busy:
        """The trouble that `reply` tells of."""
        if reply.status in _NOT_LET_IN:
            message = f"The upstream refuses this server's key or account ({reply.status})."
        else:
            message = f"The upstream answered {reply.status}."
        return cls(message, asked_pause_s(reply.headers))


class Unclear(Busy):
    """Nobody knows whether the upstream took the submission."""


class Trouble:
    """How long an upstream has not answered well."""

    def __init__(self, most_s: float) -> None:
        self._most_s = most_s
        self._since_s: float | None = None

    def meet(self, error: EngineError, now_s: float) -> None:
        """Take note of `error`. Raises EngineUnavailable with its words if it lasts too long."""
        if self._since_s is None:
            self._since_s = now_s
        if now_s - self._since_s >= self._most_s:
            raise EngineUnavailable(str(error)) from error

    def end(self) -> None:
        """All is well again."""
        self._since_s = None


@dataclass(slots=True, kw_only=True)
class Work:
    """One attempt at one film. `model` is the upstream's name of the model, for paths."""

    order: Order
    model: str
    film: Path
    meter: Meter
    deadline_s: float
    intervals: Iterator[float]
    fresh_key: str
    """The key for a submission that is made anew."""

    upstream_id: str | None
    is_lost: bool
    """Whether it was submitted earlier and nobody knows what became of that."""

    lost_s: float = 0.0
    """When that began."""

    standing: Standing | None = None
    submitted_s: float | None = None
    """When this very attempt submitted it."""

    is_fetched: bool = False
    is_left: bool = False
    """Whether the attempt was cancelled while it submitted the film."""

    noted_id: str | None = None
    """The `upstream_id` that is known to whoever drives the engine."""

    @property
    def is_new(self) -> bool:
        """Whether nothing was submitted yet."""
        return self.upstream_id is None and not self.is_lost

    @property
    def now_s(self) -> float:
        """The time on the loop's clock, as `deadline_s`."""
        return asyncio.get_running_loop().time()

    def lose(self) -> None:
        """Nobody knows any more what became of the submission."""
        if not self.is_lost:
            self.is_lost, self.lost_s = True, self.now_s

    def settle(self) -> None:
        """The upstream has it."""
        self.is_lost, self.submitted_s = False, self.now_s

    def checkpoint(self) -> Checkpoint | None:
        """The upstream's id, if it is to be told."""
        if self.upstream_id is None or self.upstream_id == self.noted_id:
            return None
        self.noted_id = self.upstream_id
        return Checkpoint(upstream_id=self.upstream_id)

    def measure(self, standing: Standing) -> Progress | None:
        """How far the film is, if there is something new to tell of it."""
        if not isinstance(standing.outcome, Waiting):
            return None
        return self.meter.progress(standing.outcome, self.now_s)

    def renew(self) -> None:
        """Begin again with a key of this attempt's own."""
        self.order = replace(self.order, submit_key=self.fresh_key)
        self.upstream_id, self.is_lost = None, False

    async def pause(self, asked_s: float | None) -> None:
        """Wait until the upstream may be asked again. Raises TimeoutError at the deadline."""
        interval_s = next(self.intervals) if asked_s is None else asked_s
        left_s = self.deadline_s - self.now_s
        await asyncio.sleep(max(0.0, min(interval_s, left_s)))
        if interval_s >= left_s:
            raise TimeoutError


async def begin_work(
    spec: VideoSpec, space: Workspace, wire: Wire, options: UpstreamOptions
) -> Work:
    """The work of an attempt, with the images that it is submitted with."""
    described = options.models.get(space.model or _only_model(options))
    model = model_name(space.model, wire, options)
    resume, now_s = space.resume, asyncio.get_running_loop().time()
    order = Order(
        spec=spec,
        model=model,
        images=await asyncio.to_thread(_images, spec, space),
        submit_key=resume.submit_key if resume else space.submit_key,
        has_sound=makes_sound(described),
        frames=frames_of(described, spec.seconds, spec.fps),
    )
    return Work(
        order=order,
        model=model,
        film=space.film,
        meter=Meter(space.expected_s, is_resumed=resume is not None),
        deadline_s=now_s + options.timeout_s,
        intervals=intervals(options.poll_s, order.submit_key),
        fresh_key=space.submit_key,
        upstream_id=resume.upstream_id if resume else None,
        noted_id=resume.upstream_id if resume else None,
        is_lost=resume is not None and resume.upstream_id is None,
        lost_s=now_s,
    )


def model_name(model: str, wire: Wire, options: UpstreamOptions) -> str:
    """What the upstream calls `model`; empty if it is told of none."""
    name = model or _only_model(options)
    described = options.models.get(name)
    served_as = described.served_as if described is not None else None
    return served_as or (name if wire.names_models else "")


def filled(path: str, *, model: str, upstream_id: str = "", key: str = "") -> str:
    """A path of the wire in full. Raises EngineError for an id that can't stand in a path."""
    check_id(upstream_id)
    for name, value in (("{id}", upstream_id), ("{model}", model), ("{key}", key)):
        path = path.replace(name, quote(value, safe="/:"))
    return path


def check_id(upstream_id: str) -> None:
    """Raise EngineError for an id that can't stand in a path."""
    if len(upstream_id) > _MOST_ID_CHARACTERS or not upstream_id.isprintable():
        raise EngineError("The upstream's id for the film is no id.")
    if any(part in (".", "..") for part in upstream_id.split("/")):
        raise EngineError("The upstream's id for the film leads elsewhere.")


def is_of_the_work(reply: Reply) -> bool:
    """Whether a reply to a poll tells of the film at all."""
    is_redirect = 300 <= reply.status < 400
    return not (reply.status in _NOT_OF_THE_WORK or is_redirect or reply.status >= 500)


def timed(standing: Standing, reply: Reply) -> Standing:
    """`standing` with the pause that the reply's headers ask for."""
    if standing.poll_after_s is not None:
        return standing
    return replace(standing, poll_after_s=asked_pause_s(reply.headers))


def _only_model(options: UpstreamOptions) -> str:
    return next(iter(options.models)) if len(options.models) == 1 else ""


def _images(spec: VideoSpec, space: Workspace) -> tuple[UpstreamImage, ...]:
    return tuple(
        UpstreamImage(data=path.read_bytes(), media_type=reference.media_type)
        for reference, path in zip(spec.references, space.references, strict=True)
    )
