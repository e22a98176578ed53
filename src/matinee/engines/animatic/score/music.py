"""The music of a film: one piece, in the character that the shot list asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from matinee.engines.animatic.score.acoustic import dramatic, pastoral, piano_solo, playful
from matinee.engines.animatic.score.electronic import ambient, synthwave
from matinee.engines.animatic.score.harmony import (
    DORIAN,
    HARMONIC_MINOR,
    LYDIAN,
    MAJOR,
    MINOR,
    MIXOLYDIAN,
    Piece,
    Style,
    write_piece,
)
from matinee.engines.animatic.score.mixing import Mix
from matinee.engines.animatic.score.players import Players
from matinee.engines.animatic.score.synthesis import stream
from matinee.engines.animatic.shots import Body, Music, Shot, ShotList

STYLES: dict[Music, Style] = {
    Music.SYNTHWAVE: Style(
        tempos=(92, 114),
        modes=(MINOR, MINOR, DORIAN),
        progressions=((0, 5, 2, 6), (0, 3, 5, 6), (0, 6, 5, 6), (0, 2, 6, 3)),
        rhythms=((1.5, 1.5, 1), (2, 1, 1), (1, 0.5, 1.5, 1), (-1, 1, 1, 1), (3, 1)),
    ),
    Music.PIANO: Style(
        tempos=(88, 124),
        modes=(MAJOR, MAJOR, MINOR),
        progressions=((0, 5, 3, 4), (0, 4, 5, 3), (0, 3, 1, 4), (0, 2, 3, 4)),
        rhythms=(
            (1, 0.5, 0.5, 1, 1),
            (0.5, 0.5, 1, 0.5, 0.5, 1),
            (1.5, 0.5, 1, 1),
            (0.5, 0.5, 0.5, 0.5, 1, 1),
            (0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1),
            (1, 1, 1),
            (1.5, 0.5, 1),
            (0.5, 0.5, 0.5, 0.5, 1),
        ),
        metres=(4, 4, 3),
    ),
    Music.PASTORAL: Style(
        tempos=(76, 102),
        modes=(MAJOR, LYDIAN, MIXOLYDIAN),
        progressions=((0, 3, 0, 4), (0, 1, 3, 0), (0, 2, 3, 4), (0, 3, 1, 4)),
        rhythms=((2, 1), (1, 1, 1), (1.5, 0.5, 1), (2, 1, 1), (1, 0.5, 0.5, 2), (1.5, 0.5, 2)),
        metres=(3, 4),
    ),
    Music.DRAMATIC: Style(
        tempos=(84, 108),
        modes=(HARMONIC_MINOR, MINOR),
        progressions=((0, 5, 3, 4), (0, 3, 5, 4), (0, 0, 5, 4), (0, 5, 0, 4)),
        rhythms=((2, 2), (3, 1), (2, 1, 1), (1.5, 0.5, 2)),
    ),
    Music.PLAYFUL: Style(
        tempos=(108, 136),
        modes=(MAJOR, MAJOR, MIXOLYDIAN),
        progressions=((0, 3, 4, 0), (0, 5, 1, 4), (0, 4, 3, 4), (0, 3, 0, 4)),
        rhythms=(
            (0.5, 0.5, 1, 0.5, 0.5, 1),
            (1, 0.5, 0.5, -1, 1),
            (0.5, 1, 0.5, 1, 1),
            (0.5, 0.5, 0.5, 0.5, 1, -1),
        ),
    ),
    Music.AMBIENT: Style(
        tempos=(56, 72),
        modes=(LYDIAN, DORIAN, MAJOR),
        progressions=((0, 1, 0, 4), (0, 3, 5, 3), (0, 4, 1, 3), (0, 2, 5, 3)),
        rhythms=((4,), (2, 2)),
    ),
}

ARRANGEMENTS: dict[Music, Callable[[Players], None]] = {
    Music.SYNTHWAVE: synthwave,
    Music.PIANO: piano_solo,
    Music.PASTORAL: pastoral,
    Music.DRAMATIC: dramatic,
    Music.PLAYFUL: playful,
    Music.AMBIENT: ambient,
}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the film in which the same players play."""

    start_s: float
    stop_s: float
    music: Music


def write_music(shots: ShotList) -> Piece:
    """The piece for these shots; its beats meet their cuts as well as its tempo allows."""
    cuts = []
    moment = 0.0
    for shot in shots.shots[:-1]:
        moment += shot.seconds
        cuts.append(moment)
    rng = stream(shots.seed, "music", "piece")
    return write_piece(STYLES[shots.music], shots.seconds, cuts, rng)


def play_music(shots: ShotList, piece: Piece, mix: Mix) -> None:
    """Play `piece` into `mix`.

    Where somebody in the picture sits at the piano, the piece is theirs: the piano takes over.
    """
    for part in _parts(shots):
        players = Players(
            mix=mix, piece=piece, seed=shots.seed, start_s=part.start_s, stop_s=part.stop_s
        )
        ARRANGEMENTS[part.music](players)


def _parts(shots: ShotList) -> Iterator[Part]:
    start = moment = 0.0
    music = _music_of(shots.shots[0], shots.music)
    for shot in shots.shots:
        now = _music_of(shot, shots.music)
        if now is not music:
            yield Part(start, moment, music)
            start, music = moment, now
        moment += shot.seconds
    yield Part(start, moment, music)


def _music_of(shot: Shot, music: Music) -> Music:
    plays = any(subject.body is Body.PLAYER for subject in shot.subjects)
    return Music.PIANO if plays else music
