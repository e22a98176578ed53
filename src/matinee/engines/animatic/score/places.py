"""What each setting sounds like; its weather and what its subjects do come on top."""

from __future__ import annotations

from collections.abc import Callable

from matinee.engines.animatic.score.air import BLEND_S, Air
from matinee.engines.animatic.score.creatures import bee, bird, cricket, grasshopper, gull, owl
from matinee.engines.animatic.score.synthesis import Passband, hump, noise, samples_in, swell
from matinee.engines.animatic.score.things import (
    applause,
    beep,
    breaker,
    bubbles,
    car,
    pock,
    tick,
    whoosh,
)
from matinee.engines.animatic.shots import Setting, TimeOfDay

CLOCK_BEAT_S = 0.5
APPLAUSE_S = 2.2
BEEPS_HZ = (1318.5, 1568.0, 1760.0, 2093.0)


def space(air: Air) -> None:
    """A deep hum that beats slowly, a jet, and things that fly by."""
    for hz, level, pan in ((41.2, 0.055, 0.0), (41.6, 0.04, 0.0), (61.9, 0.035, -0.4)):
        air.hum(hz, level, pan)
    air.bed("hull", Passband(25, 110), 0.05)
    air.bed("jet", Passband(90, 700, -0.4), 0.055, turn_s=0.9, calm=0.55)
    for at_s, rng in air.moments("whooshes", 2.2, room_s=0.8):
        wave = whoosh(rng.uniform(1.2, 1.8), rng.uniform(0.35, 0.6), rng)
        air.once(wave, at_s, rng.uniform(0.06, 0.1), rng.uniform(-0.8, 0.8), hall=0.7)


def station(air: Air) -> None:
    """An air system, soft signals, and the bumps of what floats about."""
    air.bed("air system", Passband(220, 1300, -0.5), 0.055)
    air.hum(100.0, 0.02, -0.3)
    air.hum(200.6, 0.008, 0.4)
    for at_s, rng in air.moments("signals", 1.9, room_s=0.4):
        first, second = rng.choice(BEEPS_HZ, 2, replace=False)
        pan = rng.uniform(-0.8, 0.8)
        air.once(beep(first, 0.09), at_s, 0.04, pan, hall=0.6)
        air.once(beep(second, 0.13), at_s + 0.13, 0.04, pan, hall=0.6)
    if air.place.floating:
        every_s = max(0.16, 1.4 / air.place.floating)
        for at_s, rng in air.moments("bumps", every_s):
            air.once(pock(rng), at_s, rng.uniform(0.08, 0.24), rng.uniform(-0.9, 0.9), hall=0.6)


def room(air: Air) -> None:
    """Room tone and a clock."""
    air.bed("room tone", Passband(50, 420, -0.7), 0.032)
    rng = air.rng("clock")
    beats = tuple(tick(hz, rng) for hz in (3100.0, 2500.0))
    for order in range(int(air.seconds / CLOCK_BEAT_S)):
        at_s = 0.2 + order * CLOCK_BEAT_S
        air.once(beats[order % 2], at_s, 0.14, pan=-0.45, hall=0.12)


def stage(air: Air) -> None:
    """A hall full of people who murmur, and who clap at the end."""
    air.bed("hall", Passband(60, 500, -0.5), 0.022)
    samples = samples_in(air.seconds + BLEND_S)
    for voice, pan in enumerate((-0.8, 0.1, 0.75, -0.35, 0.4)):
        rng = air.rng(f"murmur {voice}")
        low_hz = rng.uniform(240, 560)
        talk = noise(samples, Passband(low_hz, low_hz * 2.4), rng)
        talk *= swell(samples, rng, rng.uniform(0.07, 0.12)) * swell(samples, rng, 0.23)
        air.lay(talk * swell(samples, rng, 1.3), 0.08, pan)
    lasts = min(APPLAUSE_S, air.seconds * 0.5)
    hands = applause(lasts + 0.4, air.rng("applause"))
    air.once(hands, air.seconds - lasts, 0.16, hall=0.5)


def street(air: Air) -> None:
    """The hum of a city, and cars that pass."""
    air.bed("city", Passband(45, 300, -0.3), 0.045, turn_s=3.0, calm=0.7)
    air.bed("far traffic", Passband(300, 1500, -0.6), 0.02, turn_s=2.0, calm=0.5)
    every_s = 4.0 if air.place.dark else 2.6
    for at_s, rng in air.moments("cars", every_s, room_s=1.2):
        air.once(car(rng.uniform(2.2, 3.4), rng), at_s - 0.6, rng.uniform(0.13, 0.2), hall=0.25)


def forest(air: Air) -> None:
    """Leaves; birds by day, crickets and an owl by night."""
    air.bed("leaves", Passband(1600, 6500, -0.3), 0.034, turn_s=1.7, calm=0.25)
    air.bed("trunks", Passband(90, 500, -0.5), 0.018, turn_s=2.6, calm=0.5)
    if air.place.dark:
        _crickets(air, 0.03)
        for at_s, rng in air.moments("owl", 5.5, room_s=1.5):
            air.once(owl(rng), at_s, 0.06, rng.choice((-0.6, 0.5)), hall=1.2)
    else:
        _birds(air, every_s=2.6, level=0.11, hall=0.7)


def meadow(air: Air) -> None:
    """A breeze, insects and larks; crickets by night."""
    air.bed("breeze", Passband(250, 1500, -0.5), 0.036, turn_s=2.4, calm=0.35)
    if air.place.dark:
        _crickets(air, 0.045)
        return
    for at_s, rng in air.moments("grasshoppers", 1.6, room_s=0.5):
        air.once(grasshopper(1.2, rng), at_s, 0.035, rng.uniform(-0.9, 0.9), hall=0.05)
    for at_s, rng in air.moments("bees", 3.4, room_s=1.0):
        air.once(bee(2.2, rng), at_s, 0.07, rng.uniform(-0.7, 0.7), hall=0.05)
    _birds(air, every_s=4.2, level=0.07, hall=0.25)


def _birds(air: Air, *, every_s: float, level: float, hall: float) -> None:
    """Two to four birds, each with its own song and tree."""
    flock = air.rng("flock")
    quiet = 0.6 if air.place.time_of_day is TimeOfDay.DUSK else 1.0
    for order in range(int(flock.integers(2, 5))):
        species, pan = int(flock.integers(4)), flock.uniform(-0.9, 0.9)
        for at_s, rng in air.moments(
            f"bird {order}", every_s * flock.uniform(0.7, 1.3), room_s=0.5
        ):
            loud = level * quiet * rng.uniform(0.5, 1)
            air.once(bird(species, rng), at_s, loud, pan, hall)


def _crickets(air: Air, level: float) -> None:
    for order, pan in enumerate((-0.8, 0.75, 0.1)):
        wave = cricket(air.seconds + BLEND_S, air.rng(f"cricket {order}"))
        air.lay(wave, level * 0.8**order, pan)


def mountains(air: Air) -> None:
    """Wind that whistles about rocks, now low, now high."""
    air.bed("wind", Passband(90, 500, -0.4), 0.06, turn_s=2.2, calm=0.4)
    for low_hz, high_hz, pan in ((380, 520, -0.5), (600, 800, 0.5)):
        voice = f"whistle {low_hz}"
        samples = samples_in(air.seconds + BLEND_S)
        gust = swell(samples, air.rng(f"{voice} gust"), 1.5) ** 2
        air.lay(noise(samples, Passband(low_hz, high_hz), air.rng(voice)) * gust, 0.07, pan)


def snow(air: Air) -> None:
    """A soft wind over a land that swallows all other sound."""
    air.bed("soft wind", Passband(160, 620, -0.3), 0.06, turn_s=2.6, calm=0.45)
    air.bed("drift", Passband(2200, 5200, -0.5), 0.009, turn_s=1.9, calm=0.3)


def desert(air: Air) -> None:
    """A dry wind that carries sand."""
    air.bed("dry wind", Passband(500, 2300, -0.4), 0.052, turn_s=2.3, calm=0.3)
    samples = samples_in(air.seconds + BLEND_S)
    for order, pan in enumerate((-0.6, 0.6)):
        gust = swell(samples, air.rng(f"sand gust {order}"), 1.4) ** 2
        sand = noise(samples, Passband(3600, 9500, -0.3), air.rng(f"sand {order}"))
        air.lay(sand * gust, 0.042, pan)


def sea(air: Air) -> None:
    """Waves that break; gulls by day."""
    air.bed("swell", Passband(45, 240, -0.3), 0.035, turn_s=2.5, calm=0.5)
    air.bed("surf", Passband(400, 3500, -0.5), 0.014)
    rng = air.rng("waves")
    at_s = -1.0
    while at_s < air.seconds - 1.0:
        lasts = rng.uniform(4.2, 5.6)
        air.once(breaker(lasts, rng), at_s, rng.uniform(0.09, 0.13), hall=0.1)
        at_s += lasts * rng.uniform(0.75, 0.95)
    if not air.place.dark:
        for at_s, calls in air.moments("gulls", 3.0, room_s=0.8):
            air.once(gull(calls), at_s, calls.uniform(0.06, 0.1), calls.uniform(-0.8, 0.8), 0.6)


def underwater(air: Air) -> None:
    """Everything muffled, and bubbles that rise."""
    air.bed("depth", Passband(30, 190, -0.3), 0.085, turn_s=2.4, calm=0.6)
    air.bed("current", Passband(190, 420, -0.5), 0.03, turn_s=1.5, calm=0.3)
    for at_s, rng in air.moments("bubbles", 1.3, room_s=0.5):
        air.once(bubbles(rng), at_s, rng.uniform(0.1, 0.19), rng.uniform(-0.8, 0.8), hall=0.6)


def sky(air: Air) -> None:
    """The wind of great height, rushing past."""
    air.bed("rush", Passband(260, 1300, -0.4), 0.065, turn_s=1.8, calm=0.5)
    air.bed("high wind", Passband(1300, 4600, -0.3), 0.034, turn_s=1.3, calm=0.25)
    for at_s, rng in air.moments("gusts", 2.8, room_s=0.8):
        wave = noise(samples_in(1.9), Passband(350, 2600, -0.3), rng)
        wave *= hump(len(wave), 0.45) ** 2
        air.once(wave, at_s, rng.uniform(0.07, 0.12), rng.uniform(-0.7, 0.7), hall=0.2)


AIRS: dict[Setting, Callable[[Air], None]] = {
    Setting.SPACE: space,
    Setting.STATION: station,
    Setting.ROOM: room,
    Setting.STAGE: stage,
    Setting.STREET: street,
    Setting.FOREST: forest,
    Setting.MEADOW: meadow,
    Setting.MOUNTAINS: mountains,
    Setting.SNOW: snow,
    Setting.DESERT: desert,
    Setting.SEA: sea,
    Setting.UNDERWATER: underwater,
    Setting.SKY: sky,
}
