"""Upstreams that count what is ordered from them, and engines that order as Matinee's own do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Container
from contextlib import aclosing
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import ClassVar

from matinee.core.errors import (
    EngineCrashed,
    EngineError,
    EngineUnavailable,
    MatineeError,
    ModerationBlocked,
    StorageFull,
    SubmissionUnknown,
    Watermarked,
)
from matinee.core.video import VideoSpec
from matinee.ports.engine import (
    Checkpoint,
    Intent,
    Progress,
    Report,
    Submission,
    Withdrawn,
    Workspace,
)
from tests.simulation.moment import pause
from tests.simulation.weather import Weather

ENGINES = ("first", "second")
"""The engines of every world."""

_TRIES = 3
_PIECES = 4


class Kind(Enum):
    """How an engine has films made."""

    OWN = auto()
    """It draws them itself."""

    SAME_AGAIN = auto()
    """Its upstream takes the same order twice for one."""

    BLIND = auto()
    """Nobody can ask its upstream what became of an order without an answer."""


class Standing(Enum):
    """How an order stands."""

    MAKING = auto()
    READY = auto()
    SPOILED = auto()
    """Ready, and no good film."""

    FAILED = auto()
    STOPPED = auto()

    @property
    def is_over(self) -> bool:
        """Whether nothing comes of it any more."""
        return self in (Standing.SPOILED, Standing.FAILED, Standing.STOPPED)


@dataclass(slots=True)
class Order:
    """What an upstream was ordered to make."""

    key: str
    upstream_id: str
    standing: Standing = Standing.MAKING
    refused_stops: int = 0

    @property
    def video(self) -> str:
        """The id of the video for which it is."""
        return self.key.partition("-")[0]


@dataclass(slots=True)
class Upstream:
    """Takes orders, and forgets none."""

    kind: Kind
    weather: Weather
    note: Callable[[Order], None]
    """Is told of every order."""

    orders: dict[str, Order] = field(default_factory=dict)
    """By their ids."""

    bad_films: set[str] = field(default_factory=set)
    """Where films lie that were fetched and are none."""

    is_up: bool = True

    def submit(self, key: str) -> Order:
        """Take an order."""
        if self.kind is Kind.SAME_AGAIN:
            for order in self.orders.values():
                if order.key == key:
                    return order
        order = Order(key, f"up-{key}-{len(self.orders)}")
        self.orders[order.upstream_id] = order
        self.note(order)
        return order

    def work(self, wanted: Container[str] | None = None) -> None:
        """One of the films that are made is over, of the `wanted` videos if they are said."""
        making = [
            order
            for order in self.orders.values()
            if order.standing is Standing.MAKING and (wanted is None or order.video in wanted)
        ]
        if making:
            order = self.weather.choose(making)
            is_bad = self.weather.strikes("upstream")
            worse = self.weather.choose((Standing.FAILED, Standing.SPOILED))
            order.standing = worse if is_bad else Standing.READY

    def stop(self, upstream_id: str) -> None:
        """Stop making a film, if it is not too late."""
        order = self.orders[upstream_id]
        if order.standing is Standing.MAKING:
            order.standing = Standing.STOPPED


class WorldEngine:
    """The engine of one process."""

    sends_blindly: ClassVar[bool] = False
    """A defect: whether it orders again what may have been ordered."""

    def __init__(self, name: str, upstream: Upstream, weather: Weather) -> None:
        self.name = name
        self.upstream = upstream
        self.weather = weather

    async def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Make the film, or have it made; leave nothing where that fails."""
        making = self._draw() if self.upstream.kind is Kind.OWN else self._have_made(space)
        async with aclosing(making) as reports:
            async for report in reports:
                yield report

    async def _draw(self) -> AsyncGenerator[Report, None]:
        for done in range(_PIECES + self.weather.below(_PIECES)):
            await pause()
            self._meet_trouble()
            yield Progress(done=done, total=2 * _PIECES)

    async def _have_made(self, space: Workspace) -> AsyncGenerator[Report, None]:
        """What `net/upstream.py` does, in small: order once, ask, fetch."""
        sent = space.resume or Submission(submit_key=space.submit_key)
        is_lost = space.resume is not None and sent.upstream_id is None
        if is_lost and self.upstream.kind is Kind.BLIND and not self.sends_blindly:
            raise SubmissionUnknown("It may have been ordered.")
        if space.resume is None:
            yield Intent(submit_key=sent.submit_key)
        upstream_id = sent.upstream_id
        if upstream_id is None:
            outcome = await self._submit(sent.submit_key, is_lost=is_lost)
            if isinstance(outcome, MatineeError):
                yield Withdrawn()
                raise outcome
            upstream_id = outcome.upstream_id
            yield Checkpoint(upstream_id=upstream_id)
            if outcome.is_left:
                raise asyncio.CancelledError
        end = await self._follow(upstream_id)
        while isinstance(end, Progress):
            yield end
            end = await self._follow(upstream_id)
        if end is not None:
            yield Withdrawn()
            raise end
        if self.upstream.orders[upstream_id].standing is Standing.SPOILED:
            self.upstream.bad_films.add(str(space.film))

    async def abandon(self, submission: Submission, model: str) -> None:
        """Have the upstream stop the work."""
        if submission.upstream_id is None:
            raise EngineError("Its id is not known.")
        await pause()
        if not self.upstream.is_up or self.weather.strikes("upstream"):
            self.upstream.orders[submission.upstream_id].refused_stops += 1
            raise EngineUnavailable("The upstream is away.")
        self.upstream.stop(submission.upstream_id)

    async def check(self) -> None:
        """Raise EngineUnavailable while the upstream is away."""
        if not self.upstream.is_up:
            raise EngineUnavailable("The upstream is away.")

    async def close(self) -> None:
        """Nothing keeps running."""

    async def _submit(self, key: str, *, is_lost: bool) -> Taken | MatineeError:
        """What came of the order; an error if the upstream surely has nothing of it."""
        for _ in range(_TRIES):
            await pause()
            if not self.upstream.is_up or self.weather.strikes("upstream"):
                refusal = self._refusal()
                if not is_lost:
                    return refusal
                continue
            order = self.upstream.submit(key)
            try:
                await pause()
            except asyncio.CancelledError:
                # It listens for the answer a little longer.
                if self.weather.happens(0.5):
                    return Taken(order.upstream_id, is_left=True)
                raise
            if not self.weather.strikes("answer"):
                return Taken(order.upstream_id)
            is_lost = True
            if self.upstream.kind is Kind.BLIND and not self.sends_blindly:
                raise SubmissionUnknown("The answer was lost.")
        raise EngineUnavailable("The upstream does not say whether it makes the film.")

    async def _follow(self, upstream_id: str) -> Progress | MatineeError | None:
        """How the order stands: an error if there will be no film, None if it is fetched."""
        for _ in range(_TRIES):
            await pause()
            if self.upstream.is_up and not self.weather.strikes("upstream"):
                break
        else:
            raise EngineUnavailable("The upstream is away.")
        match self.upstream.orders[upstream_id].standing:
            case Standing.READY | Standing.SPOILED:
                return None
            case Standing.MAKING:
                return Progress(done=self.weather.below(4), total=4)
            case Standing.FAILED | Standing.STOPPED:
                return self._refusal()

    def _refusal(self) -> MatineeError:
        kinds = (EngineError, EngineUnavailable, ModerationBlocked, Watermarked)
        return self.weather.choose(kinds)("The upstream makes no such film.")

    def _meet_trouble(self) -> None:
        if not self.upstream.is_up:
            raise EngineUnavailable("The engine is away.")
        if self.weather.strikes("engine"):
            kinds = (EngineCrashed, EngineError, EngineUnavailable, StorageFull, ModerationBlocked)
            raise self.weather.choose(kinds)("The engine is in trouble.")


@dataclass(frozen=True, slots=True)
class Taken:
    """An order that the upstream has. `is_left`: nobody waits for the film any more."""

    upstream_id: str
    is_left: bool = False
