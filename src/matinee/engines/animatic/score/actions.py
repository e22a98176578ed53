"""What the subjects of a shot are heard doing: steps, splashes, wings, motors, a dance."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from matinee.engines.animatic.score.air import TimedShot
from matinee.engines.animatic.score.mixing import Mix
from matinee.engines.animatic.score.synthesis import (
    Passband,
    Wave,
    held,
    hump,
    noise,
    samples_in,
    stream,
)
from matinee.engines.animatic.score.things import (
    Surface,
    engine,
    footstep,
    splash,
    whoosh,
    wing_beat,
)
from matinee.engines.animatic.shots import Action, Body, Setting, Shot, Subject, Weather

STEPS: dict[Action, tuple[float, float]] = {
    Action.WALK: (5.2, 0.3),
    Action.RUN: (9.5, 0.34),
    Action.DANCE: (6.3, 0.24),
}
"""How fast a puppet steps, in radians a second, and how loud. A foot lands each half turn."""

LATEST_START_S = 3.7
"""The figures of a scene are up to so far on in their motion when the shot begins."""

HEARD_AT_ONCE = 4
"""A crowd is not louder than so many."""

STROKE_S = 0.95
WING_BEAT_S = 0.32
TAKES = 4
"""How many different takes of the same noise take turns."""

STONE = Surface(thud_hz=150, thud=0.5, band=Passband(800, 3600, -0.3), grains=2, spread_s=0.02)
WOOD = Surface(thud_hz=115, thud=0.9, band=Passband(350, 1800), grains=1, spread_s=0.01)
METAL = Surface(thud_hz=190, thud=0.7, band=Passband(1400, 3600), grains=1, spread_s=0.01)
GRASS = Surface(thud_hz=85, thud=0.4, band=Passband(1100, 4200, -0.3), grains=5, spread_s=0.09)
LEAVES = Surface(thud_hz=80, thud=0.4, band=Passband(1300, 5200, -0.4), grains=8, spread_s=0.12)
GRAVEL = Surface(thud_hz=100, thud=0.5, band=Passband(900, 4600, -0.3), grains=6, spread_s=0.08)
SAND = Surface(thud_hz=75, thud=0.5, band=Passband(800, 3500), grains=7, spread_s=0.14)
SNOW = Surface(thud_hz=90, thud=0.35, band=Passband(500, 3400, -0.3), grains=14, spread_s=0.17)

SURFACES: dict[Setting, Surface] = {
    Setting.STATION: METAL,
    Setting.ROOM: WOOD,
    Setting.STAGE: WOOD,
    Setting.STREET: STONE,
    Setting.FOREST: LEAVES,
    Setting.MEADOW: GRASS,
    Setting.MOUNTAINS: GRAVEL,
    Setting.SNOW: SNOW,
    Setting.DESERT: SAND,
    Setting.SEA: SAND,
}
"""What there is to walk on; a setting without an entry has no ground."""

SNOWED_ON = frozenset({Setting.STREET, Setting.FOREST, Setting.MEADOW, Setting.MOUNTAINS})

MACHINES = frozenset({
    "airplane", "aeroplane", "plane", "jet", "rocket", "spaceship", "helicopter", "drone", "ufo",
    "satellite", "balloon", "airship", "car", "bus", "truck", "train", "boat", "ship",
})  # fmt: skip
"""Nouns that have no wings to beat and no feet to set down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """One subject of one shot, about to be heard."""

    mix: Mix
    start_s: float
    shot: Shot
    subject: Subject
    order: int
    """Which of the shot's subjects it is, from 0."""

    lead_s: float
    """How far on in its motion it is when the shot begins."""

    seed: int

    @property
    def rng(self) -> np.random.Generator:
        """The random stream of this subject."""
        return stream(self.seed, "action", str(self.start_s), self.order)

    def repeat(self, takes: tuple[Wave, ...], moments: Iterator[float], level: float) -> None:
        """Let the takes sound in turns, at moments since the shot began."""
        rng = stream(self.seed, "repeat", str(self.start_s), self.order)
        middle = 0.25 * (self.order % 3 - 1)
        for order, at_s in enumerate(moments):
            pan = middle + rng.uniform(-0.2, 0.2)
            loud = level * rng.uniform(0.7, 1.0)
            self.mix.add(takes[order % len(takes)], self.start_s + at_s, loud, pan, hall=0.2)


def act(timed: TimedShot, mix: Mix, seed: int) -> None:
    """Add what the shot's subjects do."""
    shot = timed.shot
    cast = [subject for subject in shot.subjects for _ in range(subject.count)]
    # The scene draws the same numbers, so that feet are heard when they are seen to land.
    leads = stream(shot.seed, "layout", "phases").random(len(cast)) * LATEST_START_S
    for order, subject in enumerate(cast[:HEARD_AT_ONCE]):
        doing = Doing(
            mix=mix,
            start_s=timed.start_s,
            shot=shot,
            subject=subject,
            order=order,
            lead_s=float(leads[order]) + shot.lead_s,
            seed=seed,
        )
        ACTIONS.get(subject.action, _keep_still)(doing)


def _keep_still(doing: Doing) -> None:
    """Whoever stands, sits or floats makes no noise of its own; who plays, plays the music."""


def _step(doing: Doing) -> None:
    """Feet on the ground, if there is any."""
    surface = _surface(doing.shot)
    if surface is None or doing.subject.noun in MACHINES:
        return
    rng = doing.rng
    takes = tuple(footstep(surface, rng) for _ in range(TAKES))
    if doing.shot.weather is Weather.RAIN and doing.shot.setting is Setting.STREET:
        takes = tuple(_wet(take, splash(rng)) for take in takes)
    radians_per_s, level = STEPS[doing.subject.action]
    period_s = math.pi / radians_per_s
    moments = _every(period_s, -doing.lead_s % period_s, doing.shot.seconds)
    doing.repeat(takes, moments, level * 0.8**doing.order)


def _surface(shot: Shot) -> Surface | None:
    if shot.weather is Weather.SNOW and shot.setting in SNOWED_ON:
        return SNOW
    return SURFACES.get(shot.setting)


def _wet(step: Wave, water: Wave) -> Wave:
    both = water * np.float32(0.25)
    length = min(len(step), len(both))
    both[:length] += step[:length]
    return both


def _every(period_s: float, first_s: float, seconds: float) -> Iterator[float]:
    at_s = first_s
    while at_s < seconds - 0.02:
        yield at_s
        at_s += period_s


def _swim(doing: Doing) -> None:
    rng = doing.rng
    first_s = 0.25 + 0.3 * doing.order
    moments = _every(STROKE_S, first_s, doing.shot.seconds)
    if doing.shot.setting is Setting.UNDERWATER:
        strokes = tuple(_muffled_stroke(rng) for _ in range(TAKES))
        doing.repeat(strokes, moments, 0.2)
    else:
        doing.repeat(tuple(splash(rng) for _ in range(TAKES)), moments, 0.24)


def _muffled_stroke(rng: np.random.Generator) -> Wave:
    samples = samples_in(0.7)
    return noise(samples, Passband(90, 420, -0.3), rng) * hump(samples, 0.4) ** 2


def _fly(doing: Doing) -> None:
    if doing.subject.body is Body.ASTRONAUT or doing.subject.noun in MACHINES:
        _drone(doing, 118.0, 0.05)
        return
    rng = doing.rng
    moments = _every(WING_BEAT_S, 0.1 + 0.11 * doing.order, doing.shot.seconds)
    doing.repeat(tuple(wing_beat(rng) for _ in range(TAKES)), moments, 0.2)


def _drive(doing: Doing) -> None:
    _drone(doing, 64.0 + 7.0 * doing.order, 0.07)
    rng = doing.rng
    mid_s = doing.shot.seconds * rng.uniform(0.2, 0.4)
    doing.mix.add(whoosh(1.6, 0.5, rng), doing.start_s + mid_s, 0.07, rng.uniform(-0.5, 0.5))


def _drone(doing: Doing, hz: float, level: float) -> None:
    wave = engine(doing.shot.seconds, hz * doing.rng.uniform(0.9, 1.1), doing.rng)
    wave *= held(len(wave), 0.15, 0.15)
    doing.mix.add(wave, doing.start_s, level, 0.25 * (doing.order % 3 - 1), hall=0.15)


ACTIONS: dict[Action, Callable[[Doing], None]] = {
    Action.WALK: _step,
    Action.RUN: _step,
    Action.SWIM: _swim,
    Action.FLY: _fly,
    Action.DRIVE: _drive,
    Action.DANCE: _step,
}
