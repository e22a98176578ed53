"""Plans a film: from a prompt to the shot list that sets, puppets and score read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matinee.core.video import Scene
from matinee.engines.animatic.blocking import block
from matinee.engines.animatic.casting import Mention
from matinee.engines.animatic.cutting import Piece, cut, scene_lengths, share
from matinee.engines.animatic.direction import (
    LANDSCAPE_MOVES,
    MOVES,
    OUTDOORS,
    Story,
    direct,
    pick,
    story_after,
)
from matinee.engines.animatic.journeys import JOURNEYS
from matinee.engines.animatic.lexicon import Lexicon, shipped_lexicon
from matinee.engines.animatic.paint import seed_of, stream
from matinee.engines.animatic.reading import Reading, glance, read
from matinee.engines.animatic.roles import glyph_of, lettered, spelled
from matinee.engines.animatic.shots import (
    Body,
    Look,
    Music,
    Prop,
    Setting,
    ShotList,
    TimeOfDay,
    Weather,
)
from matinee.engines.animatic.sketches import Outline, Sketch, finished, shot_list

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
MOST_UNREAD = 40
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
class Brief:
    """What a film is planned from."""

    prompt: str
    seconds: float
    seed: int
    look: Look | None = None
    """Without one the prompt's words for one count."""

    freedom: float = 0.0
    """0 to 1: lets the seed also change what the prompt says about light, weather and camera."""

    scenes: tuple[Scene, ...] = ()
    """A storyboard; each scene becomes one shot of just its length."""

    roles: tuple[str, ...] = ()
    """The names of characters; those that no text names are there all the same."""

    after: Outline | None = None
    """A film that this one goes on from: its places, people, light, look and music."""


def plan(
    prompt: str, *, seconds: float, seed: int, look: Look | None, freedom: float = 0.0
) -> ShotList:
    """The shots of a film of `seconds` after `prompt`; see `outline`."""
    brief = Brief(prompt=prompt, seconds=seconds, seed=seed, look=look, freedom=freedom)
    return shot_list(outline(brief))


def outline(brief: Brief) -> Outline:
    """The film of `brief` in sketches; never fails, whatever the prompt says.

    The same brief gives the same film. The seed decides what the prompt leaves open.
    """
    lexicon = shipped_lexicon().knowing(brief.roles)
    prompt = lettered(brief.prompt[:MOST_CHARACTERS], brief.roles)
    base = brief.seed % 2**63
    pieces = _pieces(prompt, brief, lexicon)
    readings = [read(piece.text, lexicon) for piece in pieces]
    if brief.after is None:
        readings = _with_roles(readings, brief.roles)
    whole = readings[0] if len(readings) == 1 else read(_all_of(prompt, brief), lexicon)
    if all(reading.is_blank for reading in readings) and brief.after is None:
        sketches = _journey(prompt, brief.seconds, base)
    else:
        story = _story_before(prompt, brief, lexicon, base)
        sketches = _film(*_beats(pieces, readings, brief), brief.seconds, base, story)
    if brief.freedom > 0:
        sketches = tuple(_freed(sketch, brief.freedom) for sketch in sketches)
    before = brief.after
    return Outline(
        sketches=tuple(replace(one, text=spelled(one.text, brief.roles)) for one in sketches),
        look=brief.look or whole.look or (before.look if before else Look.PLAIN),
        music=_score(whole, sketches, brief, base),
        seed=brief.seed if before is None else before.seed,
        unread=_unread(readings, sketches),
    )


def _pieces(prompt: str, brief: Brief, lexicon: Lexicon) -> tuple[Piece, ...]:
    """The texts of the shots to be."""
    if brief.scenes:
        lengths = scene_lengths([scene.seconds for scene in brief.scenes], brief.seconds)
        return tuple(
            Piece(text=lettered(scene.prompt, brief.roles), seconds=length)
            for scene, length in zip(brief.scenes, lengths, strict=True)
        )
    return cut(prompt, brief.seconds, lambda text: glance(text, lexicon))


def _all_of(prompt: str, brief: Brief) -> str:
    return "\n".join((prompt, *(scene.prompt for scene in brief.scenes)))


def _with_roles(readings: list[Reading], roles: Sequence[str]) -> list[Reading]:
    """The readings, with the characters that none of them mentions in each."""
    called = {mention.glyph for reading in readings for mention in reading.mentions}
    uncalled = tuple(present(name) for name in roles if glyph_of(name) not in called)
    if not uncalled:
        return readings
    return [replace(reading, mentions=(*uncalled, *reading.mentions)) for reading in readings]


def present(name: str) -> Mention:
    """The character of that name, of whom nothing else is said."""
    return Mention(noun=name, phrase=name, glyph=glyph_of(name), at=0, end=0, count=1)


def _story_before(prompt: str, brief: Brief, lexicon: Lexicon, seed: int) -> Story:
    """What is settled before the first shot: by an earlier film, or by a storyboard's heading."""
    if brief.after is not None:
        return story_after(brief.after.sketches)
    heading = prompt
    for scene in brief.scenes:
        heading = heading.replace(lettered(scene.prompt, brief.roles), "")
    reading = read(heading, lexicon)
    if not brief.scenes or reading.is_blank:
        return Story()
    return direct(reading, Story(), stream(seed, "heading"))[1]


def _beats(
    pieces: Sequence[Piece], readings: Sequence[Reading], brief: Brief
) -> tuple[list[Piece], list[Reading]]:
    """The pieces; a long film of a single scene becomes two or three views of it."""
    words = brief.prompt.lower()
    is_cut = len(pieces) > 1 or bool(brief.scenes)
    if is_cut or brief.seconds < LONG_TAKE_S or any(phrase in words for phrase in ONE_TAKE):
        return list(pieces), list(readings)
    views = 3 if brief.seconds >= 1.5 * LONG_TAKE_S else 2
    return [pieces[0]] * views, [readings[0]] * views


def _film(
    pieces: Sequence[Piece],
    readings: Sequence[Reading],
    seconds: float,
    seed: int,
    story: Story,
) -> tuple[Sketch, ...]:
    before = story.shot
    first_variant = int(stream(seed, "variant").integers(VARIANTS))
    if before is not None:
        # Another side of the place that an earlier film ended in.
        first_variant = before.variant + 1
    lengths = share(pieces, seconds)
    sketches: list[Sketch] = []
    for order, (piece, reading, length) in enumerate(zip(pieces, readings, lengths, strict=True)):
        sketch, story = direct(reading, story, stream(seed, f"shot/{order}"))
        stays = before is not None and before.setting is sketch.setting
        sketch = replace(
            sketch,
            seconds=length,
            text=piece.text,
            variant=(first_variant + order) % VARIANTS,
            # The same place again is built from the same seed, so that it is recognised.
            seed=before.seed if before is not None and stays else seed_of(seed, f"shot/{order}"),
        )
        sketches.append(sketch)
        story = replace(story, shot=sketch)
        before = sketch
    return tuple(sketches)


def _journey(prompt: str, seconds: float, seed: int) -> tuple[Sketch, ...]:
    """A pleasant film for a prompt that names nothing to show."""
    random = stream(seed, "journey")
    journey = pick(JOURNEYS, random)
    count = 1 if seconds < 7 else 2 if seconds < 12 else len(journey.stations)
    lengths = share([Piece(text="")] * count, seconds)
    variant = int(random.integers(VARIANTS))
    one = journey.subject
    lead = Mention(
        noun=one.noun,
        phrase=one.noun,
        glyph=one.glyph,
        at=0,
        end=0,
        count=1,
        coat=one.coat,
        is_suited=one.body is Body.ASTRONAUT,
    )
    sketches = []
    for order, (station, length) in enumerate(zip(journey.stations, lengths, strict=False)):
        is_night = station.time_of_day is TimeOfDay.NIGHT
        sketches.append(
            Sketch(
                seconds=length,
                text=prompt.strip(),
                setting=station.setting,
                time_of_day=station.time_of_day,
                stars=is_night or station.setting is Setting.SPACE,
                camera=pick(MOVES.get(station.setting, LANDSCAPE_MOVES), random),
                mentions=(replace(lead, action=station.action),),
                variant=(variant + order) % VARIANTS,
                seed=seed_of(seed, f"shot/{order}"),
            )
        )
    return tuple(sketches)


def _score(whole: Reading, sketches: Sequence[Sketch], brief: Brief, seed: int) -> Music:
    random = stream(seed, "music")
    if random.random() < 0.3 * brief.freedom:
        return pick(tuple(Music), random)
    if whole.music is not None:
        return whole.music
    if brief.after is not None:
        return brief.after.music
    first = sketches[0]
    if first.weather is Weather.RAIN and first.setting in {Setting.SEA, Setting.MOUNTAINS}:
        return Music.DRAMATIC
    if first.setting is Setting.STREET and first.time_of_day is TimeOfDay.DAY:
        return Music.PLAYFUL
    return SCORES[first.setting]


def _freed(sketch: Sketch, freedom: float) -> Sketch:
    """The shot with light, weather, camera and dressing that its seed prefers, now and then."""
    random = stream(sketch.seed, f"freedom/{sketch.variant}")
    # Each draw is made whatever comes of it, so that more freedom only adds changes.
    draws = random.random(4)
    camera = pick(MOVES.get(sketch.setting, LANDSCAPE_MOVES), random)
    time_of_day = pick(tuple(TimeOfDay), random)
    weather = pick((Weather.CLEAR, Weather.FOG, Weather.SNOW, Weather.RAIN), random)
    extra = pick(
        ("sparkles", "butterfly", "balloon", "cherry-blossom", "red-paper-lantern"), random
    )
    if draws[0] < 0.6 * freedom:
        sketch = replace(sketch, camera=camera)
    if sketch.setting not in OUTDOORS:
        return sketch
    if draws[1] < 0.5 * freedom:
        is_night = time_of_day is TimeOfDay.NIGHT
        sketch = replace(sketch, time_of_day=time_of_day, stars=is_night)
    if draws[2] < 0.25 * freedom:
        sketch = replace(sketch, weather=weather, stars=sketch.stars and weather is Weather.CLEAR)
    if draws[3] < 0.4 * freedom and len(_props(sketch)) < 2:
        prop = Prop(noun=extra.rsplit("-", 1)[-1], glyph=extra, count=5, floats=True)
        sketch = replace(sketch, extras=(*sketch.extras, prop))
    return sketch


def _props(sketch: Sketch) -> tuple[Prop, ...]:
    return finished(sketch).props


def _unread(readings: Sequence[Reading], sketches: Sequence[Sketch]) -> tuple[str, ...]:
    """Words of the prompt that nothing in the film answers to, in order."""
    names = {name.lower() for reading in readings for name in reading.names}
    shown = {subject.noun for sketch in sketches for subject in finished(sketch).subjects}
    words: list[str] = []
    for reading in readings:
        words += [word for word in reading.text.strangers if word not in names]
        if sketches:
            left_out = block(reading.mentions, sketches[0].setting).left_out
            words += [one.noun for one in left_out if one.noun not in shown]
    return tuple(dict.fromkeys(words))[:MOST_UNREAD]
