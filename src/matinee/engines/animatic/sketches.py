"""Sketches: shots on paper, whose figures are named but not yet placed.

The planner makes them, a remix changes them, and `shot_list` places the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matinee.engines.animatic.blocking import Blocking, block
from matinee.engines.animatic.casting import Mention
from matinee.engines.animatic.shots import (
    CameraMove,
    Look,
    Music,
    Prop,
    Setting,
    Shot,
    ShotList,
    TimeOfDay,
    Weather,
)

MOST_SIGNS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """One shot: what it shows and how, before anybody has a place or a body in it."""

    seconds: float = 0.0
    text: str = ""
    setting: Setting
    time_of_day: TimeOfDay = TimeOfDay.DAY
    weather: Weather = Weather.CLEAR
    stars: bool = False
    camera: CameraMove = CameraMove.STATIC
    mentions: tuple[Mention, ...] = ()
    extras: tuple[Prop, ...] = ()
    """Props that no text asked for."""

    quotes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Words for signs: what the text quotes, and what it calls by name."""

    theme: str | None = None
    palette: tuple[str, ...] = ()
    variant: int = 0
    seed: int = 0
    lead_s: float = 0.0
    pace_s: float | None = None
    look: Look | None = None
    is_picture: bool = False
    """See `Shot` for these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A film in sketches."""

    sketches: tuple[Sketch, ...]
    look: Look
    music: Music
    seed: int
    unread: tuple[str, ...] = ()
    """Words of the prompt that no picture was found for."""

    @property
    def seconds(self) -> float:
        """The film's length."""
        return sum(sketch.seconds for sketch in self.sketches)


def shot_list(outline: Outline) -> ShotList:
    """The film on paper, everybody in their places."""
    return ShotList(
        shots=tuple(finished(sketch) for sketch in outline.sketches),
        look=outline.look,
        music=outline.music,
        seed=outline.seed,
        unread=outline.unread,
    )


def finished(sketch: Sketch) -> Shot:
    """The shot of a sketch."""
    blocking = block(sketch.mentions, sketch.setting)
    return Shot(
        seconds=sketch.seconds,
        text=sketch.text,
        setting=sketch.setting,
        time_of_day=sketch.time_of_day,
        weather=sketch.weather,
        stars=sketch.stars,
        camera=sketch.camera,
        subjects=blocking.subjects,
        props=(*blocking.props, *sketch.extras),
        signs=_signs(sketch, blocking),
        theme=sketch.theme,
        palette=sketch.palette,
        variant=sketch.variant,
        lead_s=sketch.lead_s,
        pace_s=sketch.pace_s,
        look=sketch.look,
        is_picture=sketch.is_picture,
        seed=sketch.seed,
    )


def lasting(sketches: Sequence[Sketch], seconds: float) -> tuple[Sketch, ...]:
    """The film made `seconds` long: its end is cut off, or its last shot goes on."""
    kept: list[Sketch] = []
    left = seconds
    for sketch in sketches:
        if left <= 0:
            break
        shortened = min(sketch.seconds, left)
        # A shot that is cut short moves as before; only its end is missing.
        pace_s = sketch.seconds if sketch.pace_s is None else sketch.pace_s
        changed = replace(sketch, seconds=shortened, pace_s=pace_s)
        kept.append(sketch if shortened == sketch.seconds else changed)
        left -= shortened
    if left > 0 and kept:
        kept[-1] = replace(kept[-1], seconds=kept[-1].seconds + left)
    return tuple(kept)


def _signs(sketch: Sketch, blocking: Blocking) -> tuple[str, ...]:
    """What may be written in the picture: quotes first, then names, then what is shown."""
    nouns = [one.noun for one in blocking.subjects] + [one.noun for one in blocking.props]
    words = (*sketch.quotes, *(word.upper() for word in (*sketch.names, *nouns)))
    return tuple(dict.fromkeys(words))[:MOST_SIGNS]
