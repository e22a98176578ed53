"""Arrangements for synthesisers: driving synthwave and floating ambient."""

from __future__ import annotations

import math

from matinee.engines.animatic.score.harmony import OCTAVE, Bar
from matinee.engines.animatic.score.instruments import (
    bass,
    bell,
    hat,
    haze,
    kick,
    lead,
    pad,
    pluck,
    snare,
    sub,
)
from matinee.engines.animatic.score.players import Players, Seat

KICK_PITCH = 31
SNARE_PITCH = 54

LONG_FILM_S = 8.0
"""Films longer than this have time for a bar or two before everybody plays."""

ARPEGGIOS = ((0, 1, 2, 3, 2, 1, 3, 2), (0, 2, 1, 3, 0, 3, 1, 2), (3, 2, 1, 0, 1, 2, 3, 2))
BASS_LINES = ((0, 0, 0, 0, 0, 0, 0, 0), (0, 0, 1, 0, 0, 0, 1, 0), (0, 1, 0, 1, 0, 1, 0, 1))


def synthwave(players: Players) -> None:
    """Pads, an arpeggio with echoes, a pulsing bass, drums, and later a lead."""
    rng = players.choices("synthwave")
    arpeggio = ARPEGGIOS[rng.integers(len(ARPEGGIOS))]
    bass_line = BASS_LINES[rng.integers(len(BASS_LINES))]
    patient = players.piece.bars[-1].start_s > LONG_FILM_S
    for bar in players.bars():
        _wide_chord(players, bar)
        _pulse(players, bar, bass_line)
        _arpeggio(players, bar, arpeggio)
        if bar.index >= 1 or not patient:
            _drums(players, bar)
    _sing(players, first_bar=2 if patient else 1)


def _wide_chord(players: Players, bar: Bar) -> None:
    pans = (-0.7, 0.6, -0.25, 0.3)
    for pitch, pan in zip(players.piece.chord(bar, players.piece.tonic + 20), pans, strict=True):
        players.hold(pad, pitch, bar, Seat(gain=0.065, pan=pan, hall=0.6))
        # The same note again across the room, tuned a little otherwise, makes the pad wide.
        players.hold(pad, pitch + 0.06, bar, Seat(gain=0.04, pan=-pan, hall=0.6))


def _pulse(players: Players, bar: Bar, line: tuple[int, ...]) -> None:
    beat_s = players.piece.beat_s
    root = players.piece.root(bar, 35)
    for eighth in range(players.piece.metre * 2):
        pitch = root + OCTAVE * line[eighth % len(line)]
        seat = Seat(gain=0.24 if eighth % 2 == 0 else 0.19, hall=0.04)
        players.play(bass, pitch, bar.start_s + eighth * beat_s / 2, 0.5, seat)


def _arpeggio(players: Players, bar: Bar, order: tuple[int, ...]) -> None:
    beat_s = players.piece.beat_s
    chord = players.piece.chord(bar, players.piece.tonic + 29)
    for sixteenth in range(players.piece.metre * 4):
        lifted = OCTAVE if sixteenth % 8 >= 6 else 0
        pitch = chord[order[sixteenth % len(order)]] + lifted
        at_s = bar.start_s + sixteenth * beat_s / 4
        pan = 0.6 * math.sin(sixteenth * 1.3)
        seat = Seat(gain=0.16 if sixteenth % 4 == 0 else 0.12, pan=pan, hall=0.5)
        players.play(pluck, pitch, at_s, 0.5, seat)
        players.play(pluck, pitch, at_s + beat_s * 0.75, 0.5, seat.softer(0.35).moved(-pan))


def _drums(players: Players, bar: Bar) -> None:
    beat_s = players.piece.beat_s
    for beat in range(players.piece.metre):
        at_s = bar.start_s + beat * beat_s
        players.play(kick, KICK_PITCH, at_s, 0.5, Seat(gain=0.42, hall=0.03))
        if beat % 2:
            players.play(snare, SNARE_PITCH, at_s, 0.5, Seat(gain=0.3, pan=0.05, hall=0.7))
        for part, gain in ((0.25, 0.05), (0.5, 0.13), (0.75, 0.05)):
            players.play(hat, 0, at_s + beat_s * part, 0.25, Seat(gain=gain, pan=0.3, hall=0.1))


def _sing(players: Players, first_bar: int) -> None:
    beat_s = players.piece.beat_s
    for note in players.piece.melody:
        if note.beat < first_bar * players.piece.metre:
            continue
        pitch = note.pitch + OCTAVE * (3 if players.piece.tonic < 41 else 2)
        at_s = note.beat * beat_s
        players.play(lead, pitch, at_s, note.beats, Seat(gain=0.11, pan=0.1, hall=0.7))
        echo = Seat(gain=0.03, pan=-0.5, hall=0.8)
        players.play(lead, pitch, at_s + beat_s * 0.75, note.beats, echo)


def ambient(players: Players) -> None:
    """Slow chords that melt into each other over a deep tone, and a few bells."""
    piece = players.piece
    pans = (-0.75, 0.7, -0.3, 0.35)
    for bar in players.bars():
        for pitch, pan in zip(piece.chord(bar, piece.tonic + 24), pans, strict=True):
            players.hold(haze, pitch, bar, Seat(gain=0.11, pan=pan, hall=0.9))
            players.hold(haze, pitch + 0.05, bar, Seat(gain=0.07, pan=-pan, hall=0.9))
        players.hold(sub, piece.root(bar, 38), bar, Seat(gain=0.16, hall=0.1))
        _bells(players, bar)


def _bells(players: Players, bar: Bar) -> None:
    rng = players.choices(f"bells {bar.index}")
    piece = players.piece
    chord = piece.chord(bar, 77)
    for beat in range(piece.metre):
        if beat and rng.random() < 0.35:
            continue
        pitch = chord[rng.integers(len(chord))] + OCTAVE * int(rng.integers(0, 2))
        late = 0.5 * int(rng.integers(0, 2)) if beat else 0.0
        at_s = bar.start_s + (beat + late) * piece.beat_s
        seat = Seat(gain=rng.uniform(0.05, 0.11), pan=rng.uniform(-0.8, 0.8), hall=1.0)
        players.play(bell, pitch, at_s, 1.0, seat)
