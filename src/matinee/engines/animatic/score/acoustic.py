"""Arrangements for played instruments: piano, pastoral, dramatic and playful."""

from __future__ import annotations

from matinee.engines.animatic.score.harmony import OCTAVE, Bar, Note
from matinee.engines.animatic.score.instruments import (
    Instrument,
    celesta,
    flute,
    harp,
    horn,
    marimba,
    piano,
    pizzicato,
    shaker,
    staccato,
    strings,
    taiko,
    ukulele,
    woodblock,
)
from matinee.engines.animatic.score.players import Players, Seat

LEFT_HANDS = ("broken", "stride", "rocking")


def piano_solo(players: Players) -> None:
    """One piano: a left hand of three kinds and a melody, with its pedal down."""
    left_hand = LEFT_HANDS[players.choices("piano").integers(len(LEFT_HANDS))]
    seat = Seat(gain=0.3, pan=-0.25, hall=0.4)
    for bar in players.bars():
        root = players.piece.root(bar, 41)
        players.play(piano, root, bar.start_s, players.piece.metre, seat)
        for beat, pitch in _left_hand(players, bar, left_hand):
            at_s = bar.start_s + beat * players.piece.beat_s
            players.play(piano, pitch, at_s, 1.5, seat.softer(0.5))
    for note in players.piece.melody:
        at_s = note.beat * players.piece.beat_s
        pitch = _raised(players, note, low=72)
        loud = Seat(gain=0.36 if note.first else 0.3, pan=0.14, hall=0.45)
        players.play(piano, pitch, at_s, note.beats + 0.5, loud)
        if note.first:
            players.play(piano, _below(players, note, pitch), at_s, note.beats, loud.softer(0.45))


def _left_hand(players: Players, bar: Bar, kind: str) -> list[tuple[float, int]]:
    low, middle, high = players.piece.chord(bar, 54, size=3)
    halves = range(1, players.piece.metre * 2)
    if kind == "broken":
        return [(half / 2, (low, middle, high, middle)[half % 4]) for half in halves]
    if kind == "rocking":
        return [(half / 2, (middle, high)[half % 2]) for half in halves]
    return [(beat, p) for beat in range(1, players.piece.metre, 2) for p in (low, middle, high)]


def pastoral(players: Players) -> None:
    """A flute over harp and soft strings."""
    piece = players.piece
    for bar in players.bars():
        chord = piece.chord(bar, 60)
        for pitch, pan in zip(chord[:3], (-0.6, 0.1, 0.6), strict=True):
            players.hold(strings, pitch, bar, Seat(gain=0.05, pan=pan, hall=0.7))
        players.play(pizzicato, piece.root(bar, 43), bar.start_s, 1, Seat(gain=0.2, pan=0.15))
        rising = (*chord, chord[0] + OCTAVE, chord[1] + OCTAVE)
        for half in range(piece.metre * 2):
            at_s = bar.start_s + half * piece.beat_s / 2
            seat = Seat(gain=0.12 if half else 0.16, pan=-0.35, hall=0.5)
            players.play(harp, rising[half % len(rising)], at_s, 1, seat)
    _melody(players, flute, 72, Seat(gain=0.17, pan=0.1, hall=0.6))


def dramatic(players: Players) -> None:
    """Low strings that drive on, drums, and horns over it, growing towards the end."""
    piece = players.piece
    last = max(1, piece.bars[-1].index)
    for bar in players.bars():
        force = 0.7 + 0.3 * bar.index / last
        _ostinato(players, bar, force)
        for pitch, pan in zip(piece.chord(bar, 57, size=3), (-0.6, 0.0, 0.6), strict=True):
            players.hold(strings, pitch, bar, Seat(gain=0.11 * force, pan=pan, hall=0.7))
            players.hold(strings, pitch + OCTAVE, bar, Seat(gain=0.05, pan=-pan, hall=0.7))
        for beat in (0.0, piece.metre - 1.0, piece.metre - 0.5) if bar.index else (0.0,):
            gain = (0.5 if beat == 0 else 0.28) * force
            at_s = bar.start_s + beat * piece.beat_s
            players.play(taiko, 33, at_s, 1, Seat(gain=gain, hall=0.5))
    _melody(players, horn, 55, Seat(gain=0.2, pan=-0.15, hall=0.8))


def _ostinato(players: Players, bar: Bar, force: float) -> None:
    piece = players.piece
    root = piece.root(bar, 43)
    third, fifth = sorted(piece.chord(bar, root + 5, size=3))[1:]
    figure = (root, fifth, root, third, root, fifth, third, root)
    for half in range(piece.metre * 2):
        accent = 1.0 if half % 4 == 0 else 0.7
        at_s = bar.start_s + half * piece.beat_s / 2
        seat = Seat(gain=0.2 * accent * force, pan=0.25, hall=0.25)
        players.play(staccato, figure[half % len(figure)], at_s, 0.5, seat)


def playful(players: Players) -> None:
    """Marimba and celesta over plucked strings, swinging a little."""
    piece = players.piece
    swing = players.choices("playful").uniform(0.5, 0.62)
    for bar in players.bars():
        chord = piece.chord(bar, 62, size=3)
        root = piece.root(bar, 41)
        for beat in range(piece.metre):
            at_s = bar.start_s + beat * piece.beat_s
            off_s = at_s + piece.beat_s * swing
            low = root if beat % 2 == 0 else root - 5
            players.play(pizzicato, low, at_s, 1, Seat(gain=0.3, pan=-0.1, hall=0.15))
            for order, pitch in enumerate(chord):
                strum_s = off_s + order * 0.012
                players.play(ukulele, pitch, strum_s, 0.5, Seat(gain=0.085, pan=0.4, hall=0.2))
            players.play(shaker, 0, off_s, 0.25, Seat(gain=0.09, pan=-0.45, hall=0.1))
            if beat % 2:
                block = 84 if beat == 1 else 79
                players.play(woodblock, block, at_s, 0.25, Seat(gain=0.1, pan=0.6, hall=0.25))
    _melody(players, marimba, 67, Seat(gain=0.3, pan=-0.2, hall=0.3))
    _melody(players, celesta, 79, Seat(gain=0.07, pan=0.3, hall=0.6))


def _melody(players: Players, instrument: Instrument, low: int, seat: Seat) -> None:
    for note in players.piece.melody:
        pitch = _raised(players, note, low)
        players.play(instrument, pitch, note.beat * players.piece.beat_s, note.beats, seat)


def _raised(players: Players, note: Note, low: int) -> int:
    """The note in the octaves that begin about at `low`: by whole octaves for the whole piece."""
    return note.pitch + OCTAVE * round((low - players.piece.tonic) / OCTAVE)


def _below(players: Players, note: Note, pitch: int) -> int:
    """A note of the same chord, a third to an octave below: it fills the hand."""
    bar = players.piece.bars[int(note.beat // players.piece.metre)]
    return max(p for p in players.piece.chord(bar, pitch - 6, size=3) if p <= pitch - 3)
