"""Where and how long each place of a film is heard, and the means to fill its air with sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matinee.engines.animatic.score.mixing import Mix
from matinee.engines.animatic.score.synthesis import (
    SINE,
    Passband,
    Wave,
    held,
    samples_in,
    stream,
    swell,
    tone,
    wide_noise,
)
from matinee.engines.animatic.shots import Setting, Shot, ShotList, TimeOfDay, Weather

BLEND_S = 0.16
"""How long two places sound together about a cut, the one going and the other coming."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedShot:
    """A shot and when it begins."""

    start_s: float
    shot: Shot


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One or more shots that follow each other and sound alike."""

    index: int
    start_s: float
    seconds: float
    setting: Setting
    time_of_day: TimeOfDay
    weather: Weather
    shots: tuple[TimedShot, ...]

    @property
    def dark(self) -> bool:
        """Whether it is night."""
        return self.time_of_day is TimeOfDay.NIGHT

    @property
    def floating(self) -> int:
        """How many things float about."""
        props = (prop for timed in self.shots for prop in timed.shot.props)
        return sum(prop.count for prop in props if prop.floats)


def timed_shots(shots: ShotList) -> tuple[TimedShot, ...]:
    """The shots with the moments at which they begin."""
    timed = []
    start = 0.0
    for shot in shots.shots:
        timed.append(TimedShot(start_s=start, shot=shot))
        start += shot.seconds
    return tuple(timed)


def places(shots: ShotList) -> tuple[Place, ...]:
    """The places of a film in order: a cut within a place leaves its sound as it is."""
    runs: list[list[TimedShot]] = []
    for timed in timed_shots(shots):
        if runs and _sounds_alike(runs[-1][0].shot, timed.shot):
            runs[-1].append(timed)
        else:
            runs.append([timed])
    return tuple(_place(index, tuple(run)) for index, run in enumerate(runs))


def _sounds_alike(one: Shot, other: Shot) -> bool:
    return (one.setting, one.time_of_day, one.weather) == (
        other.setting,
        other.time_of_day,
        other.weather,
    )


def _place(index: int, run: tuple[TimedShot, ...]) -> Place:
    first = run[0]
    return Place(
        index=index,
        start_s=first.start_s,
        seconds=sum(timed.shot.seconds for timed in run),
        setting=first.shot.setting,
        time_of_day=first.shot.time_of_day,
        weather=first.shot.weather,
        shots=run,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """The air of one place. Times are in seconds since the place began, levels from 0 to 1."""

    mix: Mix
    place: Place
    seed: int

    @property
    def seconds(self) -> float:
        """How long the place is heard."""
        return self.place.seconds

    def rng(self, voice: str) -> np.random.Generator:
        """The random stream of one voice of this place."""
        return stream(self.seed, "place", self.place.index, voice)

    def once(
        self, wave: Wave, at_s: float, level: float, pan: float = 0.0, hall: float = 0.3
    ) -> None:
        """Let `wave` sound once; it may ring on into the next place."""
        self.mix.add(wave, self.place.start_s + at_s, level, pan, hall)

    def bed(
        self, voice: str, band: Passband, level: float, *, turn_s: float = 0.0, calm: float = 1.0
    ) -> None:
        """Noise for as long as the place lasts, of mean level `level` where it is loudest.

        With `turn_s` it swells and sinks about that often, down to the share `calm`.
        """
        samples = samples_in(self.seconds + BLEND_S)
        wave = wide_noise(samples, band, self.rng(voice))
        if turn_s:
            wave *= calm + (1 - calm) * swell(samples, self.rng(f"{voice} swell"), turn_s)
        self.lay(wave, level)

    def hum(self, hz: float, level: float, pan: float = 0.0) -> None:
        """A steady tone for as long as the place lasts."""
        self.lay(tone(SINE, hz, samples_in(self.seconds + BLEND_S)), level, pan)

    def lay(self, wave: Wave, level: float, pan: float = 0.0) -> None:
        """A wave as long as the place and `BLEND_S`: it blends with those of its neighbours."""
        shape = held(wave.shape[-1], BLEND_S, BLEND_S)
        self.mix.add(wave * shape, self.place.start_s - BLEND_S / 2, level, pan, hall=0.05)

    def moments(
        self, voice: str, every_s: float, room_s: float = 0.1
    ) -> Iterator[tuple[float, np.random.Generator]]:
        """Moments about `every_s` apart, the last at least `room_s` before the place is left.

        A place longer than half of `every_s` has at least one. Comes with the voice's stream.
        """
        rng = self.rng(voice)
        at_s = every_s * rng.uniform(0.05, 0.4)
        while at_s < self.seconds - room_s:
            yield at_s, rng
            at_s += every_s * rng.uniform(0.65, 1.35)
