"""Plans a film: from a prompt to the shot list that sets, puppets and score read."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from matinee.engines.animatic.blocking import INDOORS, Blocking, block
from matinee.engines.animatic.casting import Mention, known_from
from matinee.engines.animatic.cutting import Piece, cut, share
from matinee.engines.animatic.journeys import JOURNEYS
from matinee.engines.animatic.lexicon import shipped_lexicon
from matinee.engines.animatic.paint import seed_of, stream
from matinee.engines.animatic.reading import Reading, glance, heaviest, read
from matinee.engines.animatic.shots import (
    Action,
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
from matinee.engines.animatic.vocabulary import cast

Choice = TypeVar("Choice")

MOST_CHARACTERS = 3000
"""Of a prompt that is longer, only the beginning is read."""

VARIANTS = 12
"""Stagings are taken modulo what a set has; 12 favours none of 2, 3 or 4."""

LONG_TAKE_S = 14.0
"""A film of one scene that is this long shows it from two sides; half as long again, from three."""

ONE_TAKE = (
    "one take",
    "single take",
    "long take",
    "continuous shot",
    "oner",
    "no cuts",
    "one shot",
)
MOST_SIGNS = 4
MOST_UNREAD = 40
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
SCORES = {
    Setting.SPACE: Music.SYNTHWAVE,
    Setting.STATION: Music.SYNTHWAVE,
    Setting.ROOM: Music.PLAYFUL,
    Setting.STAGE: Music.PLAYFUL,
    Setting.STREET: Music.SYNTHWAVE,
    Setting.FOREST: Music.PASTORAL,
    Setting.MEADOW: Music.PASTORAL,
    Setting.MOUNTAINS: Music.DRAMATIC,
    Setting.SNOW: Music.PIANO,
    Setting.DESERT: Music.DRAMATIC,
    Setting.SEA: Music.AMBIENT,
    Setting.UNDERWATER: Music.AMBIENT,
    Setting.SKY: Music.AMBIENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What earlier shots have settled."""

    shot: Shot | None = None
    time_of_day: TimeOfDay | None = None
    weather: Weather | None = None
    has_stars: bool = False
    names: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    """Who was in the last shot."""

    known: dict[str, Mention] = field(default_factory=dict)
    """By glyph, everybody so far."""


def plan(
    prompt: str, *, seconds: float, seed: int, look: Look | None, freedom: float = 0.0
) -> ShotList:
    """The shots of a film of `seconds` after `prompt`; never fails, whatever the prompt says.

    The same arguments give the same film. `seed` decides what the prompt leaves open; `freedom`
    (0 to 1) lets it also change what the prompt says about light, weather and camera. Without a
    `look` the prompt's words for one count.
    """
    lexicon = shipped_lexicon()
    prompt = prompt[:MOST_CHARACTERS]
    base = seed % 2**63
    pieces = cut(prompt, seconds, lambda text: glance(text, lexicon))
    readings = [read(piece.text, lexicon) for piece in pieces]
    whole = readings[0] if len(readings) == 1 else read(prompt, lexicon)
    if all(reading.is_blank for reading in readings):
        shots = _journey(prompt, seconds, base)
    else:
        shots = _film(*_beats(prompt, pieces, readings, seconds), seconds, base)
    if freedom > 0:
        shots = tuple(_freed(shot, freedom) for shot in shots)
    return ShotList(
        shots=shots,
        look=look or whole.look or Look.PLAIN,
        music=_score(whole, shots, freedom, base),
        seed=seed,
        unread=_unread(readings, shots),
    )


def _beats(
    prompt: str, pieces: Sequence[Piece], readings: Sequence[Reading], seconds: float
) -> tuple[list[Piece], list[Reading]]:
    """The pieces; a long film of a single scene becomes two or three views of it."""
    words = prompt.lower()
    if len(pieces) > 1 or seconds < LONG_TAKE_S or any(phrase in words for phrase in ONE_TAKE):
        return list(pieces), list(readings)
    views = 3 if seconds >= 1.5 * LONG_TAKE_S else 2
    return [pieces[0]] * views, [readings[0]] * views


def _film(
    pieces: Sequence[Piece], readings: Sequence[Reading], seconds: float, seed: int
) -> tuple[Shot, ...]:
    lengths = share(pieces, seconds)
    first_variant = int(stream(seed, "variant").integers(VARIANTS))
    story = Story()
    shots: list[Shot] = []
    for order, (piece, reading, length) in enumerate(zip(pieces, readings, lengths, strict=True)):
        random = stream(seed, f"shot/{order}")
        shot, story = _shot(reading, story, random)
        stays = bool(shots) and shots[-1].setting is shot.setting
        shot = replace(
            shot,
            seconds=length,
            text=piece.text,
            variant=(first_variant + order) % VARIANTS,
            # The same place again is built from the same seed, so that it is recognised.
            seed=shots[-1].seed if stays else seed_of(seed, f"shot/{order}"),
        )
        shots.append(shot)
        story = replace(story, shot=shot)
    return tuple(shots)


def _shot(reading: Reading, story: Story, random: np.random.Generator) -> tuple[Shot, Story]:
    """One shot without its length and seed, and the story after it."""
    setting = _setting(reading, story, random)
    mentions = _company(reading, story, setting)
    blocking = block(mentions, setting)
    time_of_day = _time_of_day(reading, story, setting, random)
    weather = _weather(reading, story, setting)
    names = tuple(dict.fromkeys((*story.names, *reading.names)))
    shot = Shot(
        seconds=0.0,
        text="",
        setting=setting,
        time_of_day=time_of_day,
        weather=weather,
        stars=_has_stars(reading, story, setting, time_of_day, weather),
        camera=_camera(reading, story, setting, blocking, random),
        subjects=blocking.subjects,
        props=blocking.props,
        signs=_signs(reading, names, blocking),
        theme=reading.theme or (story.shot.theme if story.shot is not None else None),
    )
    known = {cast.SAME.get(one.glyph, one.glyph): one for one in mentions}
    after = replace(
        story,
        time_of_day=reading.time_of_day or story.time_of_day,
        weather=reading.weather or story.weather,
        has_stars=reading.has_stars or story.has_stars,
        names=names,
        mentions=mentions or story.mentions,
        known=story.known | known,
    )
    return shot, after


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
        return _pick(BY_TIME[reading.time_of_day], random)
    things_only = bool(reading.mentions) and not any(one.acts for one in reading.mentions)
    return Setting.ROOM if things_only else _pick(ANYWHERE, random)


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
    return _pick((TimeOfDay.DAY, TimeOfDay.DAY, TimeOfDay.DAY, TimeOfDay.DUSK), random)


def _weather(reading: Reading, story: Story, setting: Setting) -> Weather:
    said = reading.weather or story.weather or Weather.CLEAR
    if setting in OUTDOORS or (setting is Setting.STAGE and said is Weather.FOG):
        return said
    return Weather.CLEAR


def _has_stars(
    reading: Reading, story: Story, setting: Setting, time_of_day: TimeOfDay, weather: Weather
) -> bool:
    if setting in {Setting.SPACE, Setting.STATION}:
        return True
    if setting in INDOORS or setting is Setting.UNDERWATER or time_of_day is TimeOfDay.DAY:
        return False
    is_clear_night = time_of_day is TimeOfDay.NIGHT and weather is Weather.CLEAR
    return is_clear_night or reading.has_stars or story.has_stars


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
    return _pick([move for move in moves if move is not before], random)


def _signs(reading: Reading, names: tuple[str, ...], blocking: Blocking) -> tuple[str, ...]:
    """What may be written in the picture: quotes first, then names, then what is shown."""
    nouns = [one.noun for one in blocking.subjects] + [one.noun for one in blocking.props]
    words = (*reading.quotes, *(word.upper() for word in (*names, *nouns)))
    return tuple(dict.fromkeys(words))[:MOST_SIGNS]


def _journey(prompt: str, seconds: float, seed: int) -> tuple[Shot, ...]:
    """A pleasant film for a prompt that names nothing to show."""
    random = stream(seed, "journey")
    journey = _pick(JOURNEYS, random)
    count = 1 if seconds < 7 else 2 if seconds < 12 else len(journey.stations)
    lengths = share([Piece(text="")] * count, seconds)
    variant = int(random.integers(VARIANTS))
    shots = []
    for order, (station, length) in enumerate(zip(journey.stations, lengths, strict=False)):
        is_night = station.time_of_day is TimeOfDay.NIGHT
        shots.append(
            Shot(
                seconds=length,
                text=prompt.strip(),
                setting=station.setting,
                time_of_day=station.time_of_day,
                stars=is_night or station.setting is Setting.SPACE,
                camera=_pick(MOVES.get(station.setting, LANDSCAPE_MOVES), random),
                subjects=(replace(journey.subject, action=station.action),),
                variant=(variant + order) % VARIANTS,
                seed=seed_of(seed, f"shot/{order}"),
            )
        )
    return tuple(shots)


def _score(whole: Reading, shots: Sequence[Shot], freedom: float, seed: int) -> Music:
    random = stream(seed, "music")
    if random.random() < 0.3 * freedom:
        return _pick(tuple(Music), random)
    if whole.music is not None:
        return whole.music
    first = shots[0]
    if first.weather is Weather.RAIN and first.setting in {Setting.SEA, Setting.MOUNTAINS}:
        return Music.DRAMATIC
    if first.setting is Setting.STREET and first.time_of_day is TimeOfDay.DAY:
        return Music.PLAYFUL
    return SCORES[first.setting]


def _freed(shot: Shot, freedom: float) -> Shot:
    """The shot with light, weather, camera and dressing that its seed prefers, now and then."""
    random = stream(shot.seed, f"freedom/{shot.variant}")
    # Each draw is made whatever comes of it, so that more freedom only adds changes.
    draws = random.random(4)
    camera = _pick(MOVES.get(shot.setting, LANDSCAPE_MOVES), random)
    time_of_day = _pick(tuple(TimeOfDay), random)
    weather = _pick((Weather.CLEAR, Weather.FOG, Weather.SNOW, Weather.RAIN), random)
    extra = _pick(
        ("sparkles", "butterfly", "balloon", "cherry-blossom", "red-paper-lantern"), random
    )
    if draws[0] < 0.6 * freedom:
        shot = replace(shot, camera=camera)
    if shot.setting not in OUTDOORS:
        return shot
    if draws[1] < 0.5 * freedom:
        is_night = time_of_day is TimeOfDay.NIGHT
        shot = replace(shot, time_of_day=time_of_day, stars=is_night)
    if draws[2] < 0.25 * freedom:
        shot = replace(shot, weather=weather, stars=shot.stars and weather is Weather.CLEAR)
    if draws[3] < 0.4 * freedom and len(shot.props) < 2:
        prop = Prop(noun=extra.rsplit("-", 1)[-1], glyph=extra, count=5, floats=True)
        shot = replace(shot, props=(*shot.props, prop))
    return shot


def _unread(readings: Sequence[Reading], shots: Sequence[Shot]) -> tuple[str, ...]:
    """Words of the prompt that nothing in the film answers to, in order."""
    names = {name.lower() for reading in readings for name in reading.names}
    shown = {subject.noun for shot in shots for subject in shot.subjects}
    words: list[str] = []
    for reading in readings:
        words += [word for word in reading.text.strangers if word not in names]
        if shots:
            left_out = block(reading.mentions, shots[0].setting).left_out
            words += [one.noun for one in left_out if one.noun not in shown]
    return tuple(dict.fromkeys(words))[:MOST_UNREAD]


def _pick(choices: Sequence[Choice], random: np.random.Generator) -> Choice:
    return choices[int(random.integers(len(choices)))]
