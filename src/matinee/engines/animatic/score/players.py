"""The players of a piece: they put notes into the mix between two moments of the film."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from matinee.engines.animatic.score.harmony import Bar, Piece
from matinee.engines.animatic.score.instruments import Instrument
from matinee.engines.animatic.score.mixing import Mix
from matinee.engines.animatic.score.synthesis import Wave, ramp, samples_in, stream

KEPT_S = 2.0
"""Notes up to this long are kept for the next time they are played."""

RING_S = 0.5
"""How long a note may ring on after its part of the film is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where a voice sits: how loud, where between left (-1) and right (1), how far in the hall."""

    gain: float
    pan: float = 0.0
    hall: float = 0.3

    def softer(self, factor: float) -> Seat:
        """The same seat, `factor` times as loud."""
        return replace(self, gain=self.gain * factor)

    def moved(self, pan: float) -> Seat:
        """The same loudness in another place."""
        return replace(self, pan=pan)


@dataclass(slots=True, kw_only=True)
class Players:
    """Who plays `piece` from `start_s` to `stop_s` of the film."""

    mix: Mix
    piece: Piece
    seed: int
    start_s: float
    stop_s: float
    _kept: dict[tuple[Instrument, float, int], Wave] = field(default_factory=dict)

    def bars(self) -> Iterator[Bar]:
        """The bars of the piece that sound in this part of the film."""
        for bar in self.piece.bars:
            if bar.start_s < self.stop_s and bar.start_s + self.piece.bar_s > self.start_s:
                yield bar

    def choices(self, voice: str) -> np.random.Generator:
        """The random stream from which `voice` takes its decisions."""
        return stream(self.seed, "music", voice)

    def play(
        self, instrument: Instrument, pitch: float, at_s: float, beats: float, seat: Seat
    ) -> None:
        """Play one note; a note that would begin outside this part is left out."""
        if not self.start_s - 1e-6 <= at_s < self.stop_s - 0.02:
            return
        wave = self._note(instrument, pitch, beats * self.piece.beat_s)
        wave = _cut_off(wave, samples_in(self.stop_s + RING_S - at_s))
        self.mix.add(wave, at_s, seat.gain, seat.pan, seat.hall)

    def hold(self, instrument: Instrument, pitch: float, bar: Bar, seat: Seat) -> None:
        """Play one note for the whole of a bar, or for that part of it that belongs here."""
        start = max(bar.start_s, self.start_s)
        beats = (min(bar.start_s + self.piece.bar_s, self.stop_s) - start) / self.piece.beat_s
        self.play(instrument, pitch, start, beats, seat)

    def _note(self, instrument: Instrument, pitch: float, seconds: float) -> Wave:
        length = samples_in(seconds)
        key = (instrument, pitch, length)
        wave = self._kept.get(key)
        if wave is None:
            rng = stream(self.seed, instrument.__name__, str(pitch), length)
            wave = instrument(pitch, seconds, rng)
            if seconds <= KEPT_S:
                self._kept[key] = wave
        return wave


def _cut_off(wave: Wave, samples: int) -> Wave:
    if len(wave) <= samples:
        return wave
    shorter = wave[:samples].copy()
    fade = min(samples, samples_in(RING_S))
    shorter[samples - fade :] *= ramp(fade)[::-1]
    return shorter
