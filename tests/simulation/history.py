"""One history: what happens in a world, drawn from its number, and what came of it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.simulation.processes import Parts
from tests.simulation.promises import Breach
from tests.simulation.world import World

STEPS = 110

_WEIGHTS = {
    "step": 50,
    "deliver": 16,
    "create": 6,
    "look_after": 9,
    "wait": 4,
    "make_film": 6,
    "cancel": 2,
    "delete": 1.2,
    "deliver_twice": 2,
    "lose_delivery": 1,
    "freeze": 2,
    "overtake": 1.5,
    "kill": 1.5,
    "stop": 1.5,
    "turn_upstream": 1,
    "wait_long": 0.1,
}
"""How often what happens. In each world some of it never does."""

_ALWAYS = ("step", "deliver", "create", "look_after", "wait")


@dataclass(slots=True)
class History:
    """What happened, and by which promise it ended, if one was broken."""

    seed: int
    lines: list[str] = field(default_factory=list)
    breach: Breach | None = None

    @property
    def digest(self) -> str:
        """The same for the same history."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()[:16]


def play(seed: int, parts: Parts | None = None, steps: int = STEPS) -> History:
    """The history of the world `seed`, to its calm end or to its first broken promise."""
    world, history = World(seed, parts), History(seed)
    happenings = _happenings(world)
    names, weights = list(happenings), list(happenings.values())
    drawn = world.weather.random.choices(names, weights, k=steps)
    try:
        for name in ["create", "create", *drawn, "calm_down"]:
            what = world.happen(name)
            if what:
                history.lines.append(f"{name}: {what}")
    except Breach as breach:
        history.breach = breach
        history.lines.append(f"breach: {breach}")
    finally:
        world.end()
    history.lines.append(_rows(world))
    return history


@contextmanager
def quiet() -> Iterator[None]:
    """Within the context nothing is logged: what is feared happens all the time here."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _happenings(world: World) -> dict[str, float]:
    weather = world.weather
    return {
        name: weight for name, weight in _WEIGHTS.items() if name in _ALWAYS or weather.happens(0.6)
    }


def _rows(world: World) -> str:
    """The rows in the end, as one line."""
    videos = sorted(world.database.tables.videos.items())
    told = [
        f"{each.event.video_id[-3:]} {each.event.kind}" for each in world.database.tables.events
    ]
    ends = [f"{name[-3:]} {v.job.state} {v.job.attempt} {v.job.failure}" for name, v in videos]
    return "; ".join([*ends, *told])
