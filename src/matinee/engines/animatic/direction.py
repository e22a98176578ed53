"""Directs: what a text leaves open about a shot is settled by the story so far and by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from matinee.engines.animatic.blocking import INDOORS, Blocking, block
from matinee.engines.animatic.casting import Mention, known_from
from matinee.engines.animatic.reading import Reading, heaviest
from matinee.engines.animatic.shots import Action, CameraMove, Setting, TimeOfDay, Weather
from matinee.engines.animatic.sketches import Sketch
from matinee.engines.animatic.vocabulary import cast

Choice = TypeVar("Choice")

NEW_COMPANY = 1.4
"""How much a newcomer's home must weigh to take the film there."""

OUTDOORS = frozenset({
    Setting.STREET, Setting.FOREST, Setting.MEADOW, Setting.MOUNTAINS, Setting.SNOW,
    Setting.DESERT, Setting.SEA, Setting.SKY,
})  # fmt: skip
NOCTURNAL = frozenset({
    "ghost", "bat", "owl", "man-vampire", "woman-vampire", "man-zombie", "skull",
    "jack-o-lantern", "full-moon", "crescent-moon", "woman-mage", "candle",
})  # fmt: skip
BY_TIME = {
    TimeOfDay.DAWN: (Setting.MOUNTAINS, Setting.MEADOW, Setting.SEA),
    TimeOfDay.DAY: (Setting.MEADOW, Setting.SEA, Setting.MOUNTAINS),
    TimeOfDay.DUSK: (Setting.SEA, Setting.MOUNTAINS, Setting.MEADOW),
    TimeOfDay.NIGHT: (Setting.MOUNTAINS, Setting.FOREST, Setting.STREET),
}
"""Where a film plays of which only the hour is known."""

BY_WEATHER = {
    Weather.RAIN: Setting.STREET,
    Weather.SNOW: Setting.SNOW,
    Weather.FOG: Setting.FOREST,
    Weather.CLEAR: Setting.MEADOW,
}
ANYWHERE = (Setting.MEADOW, Setting.FOREST, Setting.MOUNTAINS, Setting.SEA)
TRAVELLING = frozenset({Action.WALK, Action.RUN, Action.DRIVE})
MOVES = {
    Setting.SPACE: (CameraMove.DOLLY_IN, CameraMove.PAN_RIGHT, CameraMove.TILT_UP),
    Setting.STATION: (CameraMove.DOLLY_IN, CameraMove.PAN_LEFT, CameraMove.DOLLY_OUT),
    Setting.ROOM: (CameraMove.DOLLY_IN, CameraMove.PAN_RIGHT, CameraMove.DOLLY_OUT),
    Setting.STAGE: (CameraMove.DOLLY_IN, CameraMove.PAN_LEFT, CameraMove.DOLLY_OUT),
    Setting.STREET: (CameraMove.DOLLY_IN, CameraMove.PAN_RIGHT, CameraMove.TILT_DOWN),
    Setting.SKY: (CameraMove.PAN_RIGHT, CameraMove.TILT_UP, CameraMove.DOLLY_IN),
}
LANDSCAPE_MOVES = (CameraMove.PAN_RIGHT, CameraMove.DOLLY_IN, CameraMove.TILT_DOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What earlier shots have settled."""

    shot: Sketch | None = None
    time_of_day: TimeOfDay | None = None
    weather: Weather | None = None
    has_stars: bool = False
    names: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    """Who was in the last shot."""

    known: dict[str, Mention] = field(default_factory=dict)
    """By glyph, everybody so far."""


def direct(reading: Reading, story: Story, random: np.random.Generator) -> tuple[Sketch, Story]:
    """The shot of `reading`, without its length and seed, and the story after it."""
    setting = _setting(reading, story, random)
    mentions = _company(reading, story, setting)
    time_of_day = _time_of_day(reading, story, setting, random)
    weather = weather_in(setting, reading.weather or story.weather)
    starry = reading.has_stars or story.has_stars
    names = tuple(dict.fromkeys((*story.names, *reading.names)))
    sketch = Sketch(
        setting=setting,
        time_of_day=time_of_day,
        weather=weather,
        stars=has_stars(setting, time_of_day, weather, starry=starry),
        camera=_camera(reading, story, setting, block(mentions, setting), random),
        mentions=mentions,
        quotes=reading.quotes,
        names=names,
        theme=reading.theme or (story.shot.theme if story.shot is not None else None),
        palette=reading.palette or (story.shot.palette if story.shot is not None else ()),
    )
    known = {cast.SAME.get(one.glyph, one.glyph): one for one in mentions}
    after = replace(
        story,
        shot=sketch,
        time_of_day=reading.time_of_day or story.time_of_day,
        weather=reading.weather or story.weather,
        has_stars=starry,
        names=names,
        mentions=mentions or story.mentions,
        known=story.known | known,
    )
    return sketch, after


def story_after(sketches: Sequence[Sketch]) -> Story:
    """What a film that goes on after `sketches` starts from."""
    last = sketches[-1]
    known = {cast.SAME.get(one.glyph, one.glyph): one for each in sketches for one in each.mentions}
    return Story(
        shot=last,
        weather=None if last.weather is Weather.CLEAR else last.weather,
        has_stars=last.stars and last.setting in OUTDOORS,
        names=last.names,
        mentions=last.mentions,
        known=known,
    )


def _setting(reading: Reading, story: Story, random: np.random.Generator) -> Setting:
    """Where it plays: where the text says, where the film was, or where its subjects belong."""
    if reading.place is not None:
        return reading.place
    hint = heaviest(reading.hints)
    if story.shot is not None:
        newcomers = [one for one in reading.mentions if one.acts and not _is_known(one, story)]
        if hint is None or not newcomers or reading.hints[hint] < NEW_COMPANY:
            return story.shot.setting
        return hint
    together = dict(reading.hints)
    for place, weight in reading.places.items():
        together[place] = together.get(place, 0.0) + weight
    best = heaviest(together)
    if best is not None:
        return best
    if reading.weather is not None and reading.weather is not Weather.CLEAR:
        return BY_WEATHER[reading.weather]
    if reading.time_of_day is not None:
        return pick(BY_TIME[reading.time_of_day], random)
    things_only = bool(reading.mentions) and not any(one.acts for one in reading.mentions)
    return Setting.ROOM if things_only else pick(ANYWHERE, random)


def _is_known(mention: Mention, story: Story) -> bool:
    return cast.SAME.get(mention.glyph, mention.glyph) in story.known


def _company(reading: Reading, story: Story, setting: Setting) -> tuple[Mention, ...]:
    """Who is in the shot: the mentioned as they are known, and those the text means by `it`."""
    mentions = tuple(known_from(mention, story.known) for mention in reading.mentions)
    if any(mention.acts for mention in mentions) or story.shot is None:
        return mentions
    leads = tuple(mention for mention in story.mentions if mention.acts)
    stays = story.shot.setting is setting and not mentions
    if not (reading.has_pronoun or stays):
        return mentions
    return (*(replace(lead, action=None) for lead in leads), *mentions)


def _time_of_day(
    reading: Reading, story: Story, setting: Setting, random: np.random.Generator
) -> TimeOfDay:
    said = reading.time_of_day or story.time_of_day
    if said is not None:
        return said
    if story.shot is not None and story.shot.setting in OUTDOORS and setting in OUTDOORS:
        return story.shot.time_of_day
    if setting in {Setting.SPACE, Setting.STATION, Setting.STAGE} or reading.has_stars:
        return TimeOfDay.NIGHT
    if any(mention.glyph in NOCTURNAL for mention in reading.mentions):
        return TimeOfDay.NIGHT
    if setting not in OUTDOORS:
        return TimeOfDay.DAY
    return pick((TimeOfDay.DAY, TimeOfDay.DAY, TimeOfDay.DAY, TimeOfDay.DUSK), random)


def weather_in(setting: Setting, said: Weather | None) -> Weather:
    """The weather of that word in a place: most places have a roof or none at all."""
    if setting in OUTDOORS or (setting is Setting.STAGE and said is Weather.FOG):
        return said or Weather.CLEAR
    return Weather.CLEAR


def has_stars(setting: Setting, time_of_day: TimeOfDay, weather: Weather, *, starry: bool) -> bool:
    """Whether stars are seen; `starry` is whether the text speaks of them."""
    if setting in {Setting.SPACE, Setting.STATION}:
        return True
    if setting in INDOORS or setting is Setting.UNDERWATER or time_of_day is TimeOfDay.DAY:
        return False
    return starry or (time_of_day is TimeOfDay.NIGHT and weather is Weather.CLEAR)


def _camera(
    reading: Reading,
    story: Story,
    setting: Setting,
    blocking: Blocking,
    random: np.random.Generator,
) -> CameraMove:
    if reading.camera is not None:
        return reading.camera
    moves = MOVES.get(setting, LANDSCAPE_MOVES)
    if any(subject.action in TRAVELLING for subject in blocking.subjects):
        moves = (CameraMove.PAN_RIGHT, CameraMove.PAN_LEFT, CameraMove.DOLLY_IN)
    before = story.shot.camera if story.shot is not None else None
    return pick([move for move in moves if move is not before], random)


def pick(choices: Sequence[Choice], random: np.random.Generator) -> Choice:
    """One of `choices`."""
    return choices[int(random.integers(len(choices)))]
