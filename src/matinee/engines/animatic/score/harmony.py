"""What a piece of music is before anybody plays it: key, tempo, chords and melody."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

Mode = tuple[int, ...]
"""The seven steps of a scale, in semitones above its first."""

MAJOR: Mode = (0, 2, 4, 5, 7, 9, 11)
LYDIAN: Mode = (0, 2, 4, 6, 7, 9, 11)
MIXOLYDIAN: Mode = (0, 2, 4, 5, 7, 9, 10)
DORIAN: Mode = (0, 2, 3, 5, 7, 9, 10)
MINOR: Mode = (0, 2, 3, 5, 7, 8, 10)
HARMONIC_MINOR: Mode = (0, 2, 3, 5, 7, 8, 11)

OCTAVE = 12
STEPS = 7
CHORD_STEPS = (-3, 0, 2, 4, 7)
"""Where the notes of a triad lie about its root, in steps of the scale."""

TEMPOS_TRIED = 40
LAST_CHORD_S = 1.3
"""The home chord sounds at least this long before the film ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """From what a kind of music draws its pieces."""

    tempos: tuple[float, float]
    """Beats a minute, from and to."""

    modes: tuple[Mode, ...]
    progressions: tuple[tuple[int, ...], ...]
    """One chord a bar, as steps of the scale from 0."""

    rhythms: tuple[tuple[float, ...], ...]
    """Bars of melody as lengths in beats; below 0 is a rest."""

    metres: tuple[int, ...] = (4,)


@dataclass(frozen=True, slots=True)
class Note:
    """One note of a melody, in beats from the start of the film."""

    beat: float
    beats: float
    pitch: int
    first: bool
    """Whether it opens its bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar and its chord."""

    index: int
    start_s: float
    degree: int
    home: bool
    """Whether the piece has come to its end here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of music as long as its film."""

    tonic: int
    """The lowest key note in use, as a MIDI pitch of the octave from C2 (36)."""

    mode: Mode
    beat_s: float
    metre: int
    bars: tuple[Bar, ...]
    melody: tuple[Note, ...]

    @property
    def bar_s(self) -> float:
        """How long one bar lasts."""
        return self.beat_s * self.metre

    def pitch(self, step: int) -> int:
        """The MIDI pitch `step` steps of the scale above the key note."""
        octave, rest = divmod(step, STEPS)
        return self.tonic + OCTAVE * octave + self.mode[rest]

    def root(self, bar: Bar, near: int) -> int:
        """The root of the bar's chord in the octave nearest to the pitch `near`."""
        return nearest(self.pitch(bar.degree), near)

    def chord(self, bar: Bar, near: int, size: int = 4) -> tuple[int, ...]:
        """The bar's chord of `size` thirds, low to high, each note as close to `near` as it gets.

        Neighbouring chords so share notes or move by a step, as a player's hand would.
        """
        steps = range(bar.degree, bar.degree + 2 * size, 2)
        return tuple(sorted(nearest(self.pitch(step), near) for step in steps))


def nearest(pitch: int, near: int) -> int:
    """`pitch` moved by octaves to lie within six semitones of `near`."""
    return pitch + OCTAVE * round((near - pitch) / OCTAVE)


def write_piece(
    style: Style, seconds: float, cuts: Sequence[float], rng: np.random.Generator
) -> Piece:
    """Write a piece `seconds` long whose beats meet the `cuts` as well as its tempo allows."""
    mode = style.modes[rng.integers(len(style.modes))]
    tonic = 36 + int(rng.integers(OCTAVE))
    metre = style.metres[rng.integers(len(style.metres))]
    progression = style.progressions[rng.integers(len(style.progressions))]
    beat_s = _fitting_beat(style.tempos, cuts, rng)
    bars = tuple(_bars(progression, metre * beat_s, seconds))
    rhythms = [rhythm for rhythm in style.rhythms if _beats_of(rhythm) == metre]
    piece = Piece(tonic=tonic, mode=mode, beat_s=beat_s, metre=metre, bars=bars, melody=())
    melody = tuple(_melody(piece, rhythms, rng))
    return Piece(tonic=tonic, mode=mode, beat_s=beat_s, metre=metre, bars=bars, melody=melody)


def _fitting_beat(
    tempos: tuple[float, float], cuts: Sequence[float], rng: np.random.Generator
) -> float:
    beats = 60.0 / rng.uniform(*tempos, TEMPOS_TRIED)
    missed = np.zeros(TEMPOS_TRIED)
    for cut in cuts:
        missed += np.abs(cut - beats * np.round(cut / beats))
    return float(beats[int(np.argmin(missed))])


def _bars(progression: tuple[int, ...], bar_s: float, seconds: float) -> Iterator[Bar]:
    home = max(0, math.floor((seconds - LAST_CHORD_S) / bar_s))
    for index in range(math.ceil(seconds / bar_s)):
        over = index >= home
        degree = progression[0] if over else progression[index % len(progression)]
        yield Bar(index, index * bar_s, degree, over)


def _beats_of(rhythm: Sequence[float]) -> float:
    return sum(abs(beats) for beats in rhythm)


def _melody(
    piece: Piece, rhythms: Sequence[tuple[float, ...]], rng: np.random.Generator
) -> Iterator[Note]:
    """Two motifs, A and B, in a small form; a motif repeated moves along with its chord."""
    motifs = [_motif(rhythms[int(rng.integers(len(rhythms)))], rng) for _ in range(2)]
    form = ((0, 0, 1, 0), (0, 1, 0, 1), (0, 0, 1, 1))[rng.integers(3)]
    for bar in piece.bars:
        start = bar.index * piece.metre
        # A chord in the upper half of the scale is reached from below.
        low = bar.degree - STEPS if bar.degree > STEPS // 2 else bar.degree
        if bar.home:
            yield Note(start, float(piece.metre), piece.pitch(low), first=True)
            continue
        beat = 0.0
        for beats, step in motifs[form[bar.index % len(form)]]:
            if beats > 0:
                yield Note(start + beat, beats, piece.pitch(low + step), first=beat == 0)
            beat += abs(beats)


def _motif(rhythm: tuple[float, ...], rng: np.random.Generator) -> tuple[tuple[float, int], ...]:
    """Lengths with steps above the chord's root: chord notes on the beat, neighbours between."""
    step = int(rng.choice((0, 2, 4)))
    notes = []
    beat = 0.0
    for beats in rhythm:
        notes.append((beats, step))
        beat += abs(beats)
        step += int(rng.choice((-2, -1, -1, 1, 1, 2)))
        if beat % 1 == 0:
            step = min(CHORD_STEPS, key=lambda chord_step: abs(chord_step - step))
    return tuple(notes)
