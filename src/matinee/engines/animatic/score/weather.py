"""What falls or hangs in the air, as it sounds outdoors and through walls."""

from __future__ import annotations

from collections.abc import Callable

from matinee.engines.animatic.score.air import Air
from matinee.engines.animatic.score.synthesis import (
    Passband,
    held,
    samples_in,
    saw_cycle,
    tone,
)
from matinee.engines.animatic.score.things import drop, thunder
from matinee.engines.animatic.shots import Setting, Weather

AIRLESS = frozenset({Setting.SPACE, Setting.UNDERWATER})
INDOORS = frozenset({Setting.STATION, Setting.ROOM, Setting.STAGE})
HARBOURS = frozenset({Setting.SEA, Setting.STREET})

THUNDER_CHANCE = 0.5
DROPS_A_SECOND = 16.0


def rain(air: Air) -> None:
    """Rain with drops near by, and sometimes thunder; a patter on the roof when indoors."""
    indoors = air.place.setting in INDOORS
    if indoors:
        air.bed("roof", Passband(160, 1500, -0.4), 0.045, turn_s=1.6, calm=0.7)
    else:
        air.bed("rain", Passband(900, 9000, -0.25), 0.055, turn_s=2.4, calm=0.75)
        air.bed("ground", Passband(90, 420), 0.02)
    low_hz, high_hz = (350.0, 1100.0) if indoors else (1000.0, 3400.0)
    for at_s, rng in air.moments("drops", 1 / DROPS_A_SECOND):
        loud = rng.uniform(0.01, 0.05)
        air.once(drop(low_hz, high_hz, rng), at_s, loud, rng.uniform(-0.9, 0.9), hall=0.4)
    sky = air.rng("thunder")
    if air.seconds > 3 and sky.random() < THUNDER_CHANCE:
        level = 0.08 if indoors else 0.16
        air.once(thunder(sky), sky.uniform(0.1, 0.4) * air.seconds, level, hall=0.4)


def snowfall(air: Air) -> None:
    """The hush of falling snow: a breath without any edge."""
    indoors = air.place.setting in INDOORS
    air.bed("hush", Passband(900, 3000, -0.9), 0.012 if indoors else 0.032, turn_s=2.8, calm=0.6)
    air.bed("still air", Passband(110, 330, -0.4), 0.02, turn_s=3.0, calm=0.6)


def fog(air: Air) -> None:
    """Heavy air, drops that fall from all things, and a horn far off where there is water."""
    air.bed("heavy air", Passband(70, 230), 0.06, turn_s=3.2, calm=0.7)
    for at_s, rng in air.moments("drips", 0.7, room_s=0.2):
        loud = rng.uniform(0.08, 0.15)
        air.once(drop(1100, 1900, rng), at_s, loud, rng.uniform(-0.8, 0.8), hall=1.4)
    if air.place.setting in HARBOURS:
        _fog_horn(air)


def _fog_horn(air: Air) -> None:
    wave = tone(saw_cycle(116.5, 380.0), 116.5, samples_in(2.0))
    for at_s, _ in air.moments("fog horn", 5.0, room_s=1.5):
        air.once(wave * held(len(wave), 0.25, 0.5), at_s, 0.09, pan=0.4, hall=1.2)


def clear(air: Air) -> None:
    """Nothing falls, nothing is heard."""


WEATHERS: dict[Weather, Callable[[Air], None]] = {
    Weather.CLEAR: clear,
    Weather.RAIN: rain,
    Weather.SNOW: snowfall,
    Weather.FOG: fog,
}


def fall(air: Air) -> None:
    """Add the weather of the place to its air; there is none in space and under water."""
    if air.place.setting not in AIRLESS:
        WEATHERS[air.place.weather](air)
