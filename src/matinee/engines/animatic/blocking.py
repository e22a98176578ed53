"""Turns mentions into subjects and props: which picture, on which body, doing what."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from matinee.engines.animatic.casting import PARTS, WORN, Mention, is_living
from matinee.engines.animatic.roles import is_role
from matinee.engines.animatic.shots import Action, Body, Prop, Setting, Subject
from matinee.engines.animatic.vocabulary import cast

MOST_SUBJECTS = 4
MOST_FIGURES = 12
MOST_PROPS = 4
MANY_BEINGS = 3
MANY_THINGS = 6
"""How many an open plural means."""

WITHOUT_GROUND = frozenset({Setting.SPACE, Setting.STATION, Setting.UNDERWATER, Setting.SKY})
ORBITAL = frozenset({Setting.SPACE, Setting.STATION})
INDOORS = frozenset({Setting.ROOM, Setting.STAGE, Setting.STATION})
GROUND_ACTIONS = frozenset({Action.STAND, Action.WALK, Action.RUN, Action.SIT, Action.PLAY})
SEATED_INSTRUMENTS = frozenset({"grand-piano", "musical-keyboard"})
MOUNTS = {
    "bicycle": "person-biking",
    "horse": "horse-racing",
    "canoe": "person-rowing-boat",
    "sailboat": "person-rowing-boat",
}
"""Pictures of somebody together with what they ride."""

OWN_ACTIONS = {
    "person-rowing-boat": Action.FLOAT, "person-surfing": Action.DRIVE,
    "woman-surfing": Action.DRIVE, "person-swimming": Action.FLOAT,
    "woman-swimming": Action.FLOAT, "person-biking": Action.DRIVE, "woman-biking": Action.DRIVE,
    "horse-racing": Action.RUN, "skier": Action.RUN, "snowboarder": Action.RUN,
    "person-climbing": Action.STAND, "person-in-bed": Action.SIT,
    "person-in-lotus-position": Action.SIT, "person-golfing": Action.STAND,
    "person-lifting-weights": Action.STAND, "person-wrestling": Action.STAND,
    "woman-dancing": Action.DANCE, "man-dancing": Action.DANCE, "person-running": Action.RUN,
    "person-playing-water-polo": Action.FLOAT, "person-bouncing-ball": Action.RUN,
    "person-fencing": Action.WALK, "people-hugging": Action.STAND, "person-juggling": Action.DANCE,
    "person-in-suit-levitating": Action.FLOAT,
}  # fmt: skip
"""What pictures of people show them doing."""

SPARKS = frozenset({"sparkles", "snowflake", "bubbles", "confetti-ball"})
"""Things that are nothing alone."""

DRIFTERS = cast.BOATS | {
    "balloon", "bubbles", "confetti-ball", "feather", "hot-air-balloon", "musical-note",
    "musical-notes", "parachute", "satellite", "snowflake", "sparkles",
}  # fmt: skip
LADIES = frozenset({"princess", "person-with-veil"})
"""Women whose glyphs' names do not say so."""

FACE_OF_PERSON = {"woman-dancing": "woman", "man-dancing": "man", "knight": "man-beard"}
CELESTIAL = frozenset({
    "comet", "ringed-planet", "full-moon", "crescent-moon", "star", "glowing-star", "sun",
    "rainbow", "globe-showing-americas", "cloud",
})  # fmt: skip
"""Things of the sky: under a roof and under water they are only spoken of."""

ALWAYS_AIRBORNE = frozenset({
    "butterfly", "honeybee", "eagle", "bat", "phoenix-bird", "ghost", "dragon", "dove", "bird",
    "parrot", "blackbird", "lady-beetle",
})  # fmt: skip


LEAST_SIZE = 0.22
"""The smallest that a figure is drawn, so that it is still seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocking:
    """Who is in a shot, with what around them, and which mentions found no place."""

    subjects: tuple[Subject, ...]
    props: tuple[Prop, ...]
    left_out: tuple[Mention, ...]


def block(mentions: Sequence[Mention], setting: Setting) -> Blocking:
    """Place the mentioned in a shot that plays in `setting`."""
    has_sky = setting not in INDOORS | {Setting.UNDERWATER}
    hidden = frozenset() if has_sky else CELESTIAL
    if setting in INDOORS:
        hidden |= cast.BUILDINGS
    if any(one.acts for one in mentions):
        hidden |= WORN
    shown = [one for one in mentions if not one.is_worn and one.glyph not in hidden]
    leads = _leads(shown)
    rides = _rides(leads)
    instruments = {one.glyph for one in shown} & cast.INSTRUMENTS
    plays = any(one.action is Action.PLAY and is_living(one.glyph) for one in leads)
    seat = next(iter(sorted(instruments & SEATED_INSTRUMENTS)), None) if plays else None
    subjects: list[Subject] = []
    figures = 0
    for lead in leads:
        if lead in rides or len(subjects) == MOST_SUBJECTS or figures >= MOST_FIGURES:
            continue
        mount = next((MOUNTS[ride.glyph] for ride in rides), None)
        subject = _subject(lead, setting, mount, instruments)
        subject = _limited(subject, MOST_FIGURES - figures)
        figures += subject.count
        subjects.append(subject)
    subjects = _in_proportion(subjects)
    # A seated player brings the instrument along.
    brought = {seat} if seat and any(one.body is Body.PLAYER for one in subjects) else set()
    rest = [one for one in shown if one not in leads and one.glyph not in brought]
    props = props_of(rest, setting)
    used = {subject.noun for subject in subjects} | {prop.noun for prop in props}
    left_out = [
        one
        for one in mentions
        if not {one.noun, one.phrase} & used and one.glyph not in brought | cast.BACKDROP | hidden
        and one not in rides and one.glyph not in PARTS
    ]  # fmt: skip
    return Blocking(subjects=tuple(subjects), props=props, left_out=tuple(left_out))


def _leads(mentions: Sequence[Mention]) -> list[Mention]:
    """Those who act; where nobody does, the first thing that can stand for itself."""
    acting = [mention for mention in mentions if mention.acts]
    if acting:
        return acting
    things = [one for one in mentions if one.glyph not in cast.BACKDROP | PARTS]
    return (things or list(mentions))[:1]


def _rides(leads: Sequence[Mention]) -> list[Mention]:
    """What a person among `leads` rides or sits in, if there is a picture of both."""
    people = [one for one in leads if one.glyph in cast.HUMAN_FACES]
    rides_it = any(one.action in {Action.DRIVE, Action.FLOAT} for one in people)
    return [
        one
        for one in leads
        if people and one.glyph in MOUNTS and one.count == 1
        if rides_it or (one.follows_preposition and one.glyph in cast.BOATS)
    ]


def _subject(
    mention: Mention, setting: Setting, mount: str | None, instruments: Set[str]
) -> Subject:
    is_human = mention.glyph in cast.HUMAN_FACES
    action = _action(mention, setting, instruments)
    has_seat = bool(instruments & SEATED_INSTRUMENTS)
    body = _body(mention, setting, action, has_seat=has_seat)
    if body is Body.BUST:
        glyph = mention.glyph
    elif body is not Body.WHOLE:
        glyph = _face(mention)
    elif is_human and mount is not None:
        glyph, action = mount, OWN_ACTIONS.get(mount, Action.DRIVE)
    else:
        glyph = _figure(mention.glyph, action) if is_human else mention.glyph
    shrinks = is_human and mention.glyph in cast.SMALL_PEOPLE
    many = MANY_BEINGS if mention.acts else MANY_THINGS
    return Subject(
        noun=mention.noun,
        glyph=glyph,
        body=body,
        action=action,
        # A person's coat is part of the picture; the coat of an animal is its fur.
        coat=None if is_human or mention.glyph in cast.BUSTS else mention.coat,
        count=MANY_THINGS if mention.glyph in SPARKS else mention.count or many,
        size=round(max(0.2, min(2.0, mention.size * (0.75 if shrinks else 1.0))), 2),
    )


def _in_proportion(subjects: Sequence[Subject]) -> list[Subject]:
    """The subjects as large beside each other as they are in life, the largest as large as it was.

    Alone, a bee may fill the frame; beside a bear it is small.
    """
    natural = [cast.NATURAL_SIZES.get(subject.glyph, 1.0) for subject in subjects]
    largest = max(natural, default=1.0)
    return [
        replace(subject, size=round(max(LEAST_SIZE, subject.size * size / largest), 2))
        for subject, size in zip(subjects, natural, strict=True)
    ]


def _limited(subject: Subject, most: int) -> Subject:
    if subject.count <= most:
        return subject
    return Subject(
        noun=subject.noun, glyph=subject.glyph, body=subject.body, action=subject.action,
        coat=subject.coat, count=most, size=subject.size,
    )  # fmt: skip


def _body(mention: Mention, setting: Setting, action: Action, *, has_seat: bool) -> Body:
    face = _face(mention)
    if is_role(mention.glyph):
        return Body.CUTOUT
    if mention.is_suited or (setting in ORBITAL and face in cast.FACES):
        return Body.ASTRONAUT
    if has_seat and action is Action.PLAY and face in cast.FACES:
        return Body.PLAYER
    if mention.glyph in cast.ANIMAL_FACES:
        return Body.PLUSH
    return Body.BUST if mention.glyph in cast.BUSTS | cast.ODD_FACES else Body.WHOLE


def _face(mention: Mention) -> str:
    """The face glyph of the same being, or its own glyph if there is none."""
    if mention.glyph in cast.ASTRONAUTS:
        return "person"
    if mention.glyph in cast.BUSTS:
        is_woman = mention.glyph.startswith("woman-") or mention.glyph in LADIES
        return "woman" if is_woman else "person"
    other = FACE_OF_PERSON.get(mention.glyph) or cast.SAME.get(mention.glyph, mention.glyph)
    if mention.glyph == "horse":
        other = "horse-face"
    return other if other in cast.FACES else mention.glyph


def _figure(glyph: str, action: Action) -> str:
    """The whole figure that stands for a human face."""
    kind = "woman" if glyph in cast.WOMEN else "man" if glyph in cast.MEN else "person"
    if action is Action.SIT:
        return "person-in-lotus-position" if kind != "woman" else "woman-standing"
    name = f"{kind}-{cast.FIGURES.get(action.value, 'standing')}"
    return name if name in cast.WHOLE_PEOPLE else f"{kind}-standing"


def _action(mention: Mention, setting: Setting, instruments: Set[str]) -> Action:
    """What it does: what the text says, as far as the setting lets it."""
    said = mention.action
    if said is Action.PLAY and not instruments and mention.glyph not in cast.BUSTS:
        # A child that plays in the park runs about; only musicians need no instrument.
        said = None if setting in WITHOUT_GROUND else Action.RUN
    if mention.glyph in cast.VEHICLES and said in GROUND_ACTIONS:
        said = None
    if setting in WITHOUT_GROUND and (said is None or said in GROUND_ACTIONS):
        makes_music = said is Action.PLAY and setting is not Setting.UNDERWATER
        return Action.PLAY if makes_music else _groundless(mention, setting)
    return said if said is not None else _usual(mention, setting)


def _groundless(mention: Mention, setting: Setting) -> Action:
    """How it moves where there is nothing to stand on."""
    if setting is Setting.UNDERWATER:
        swims = is_living(mention.glyph) or mention.glyph in cast.SWIMMERS
        return Action.SWIM if swims else Action.FLOAT
    if setting is Setting.SKY:
        return Action.FLY if mention.glyph in cast.FLYERS else Action.FLOAT
    return _orbital(mention)


def _orbital(mention: Mention) -> Action:
    flies = mention.glyph in cast.AIRCRAFT - {"satellite", "hot-air-balloon"}
    return Action.FLY if flies else Action.FLOAT


def _usual(mention: Mention, setting: Setting) -> Action:
    """What such a being or thing does when nobody says."""
    glyph = mention.glyph
    if glyph in OWN_ACTIONS:
        return OWN_ACTIONS[glyph]
    if setting is Setting.SEA and glyph in cast.SWIMMERS | cast.WATERFOWL:
        return Action.FLOAT if glyph in cast.WATERFOWL else Action.SWIM
    if glyph in cast.SWIMMERS - cast.AMPHIBIANS:
        # A fish in the street looks best as a dream: it hovers.
        return Action.FLOAT
    if glyph in DRIFTERS or (glyph in cast.AFLOAT and mention.count is None):
        return Action.FLOAT
    if glyph in cast.AIRCRAFT or glyph in ALWAYS_AIRBORNE:
        return Action.FLY
    if glyph in cast.VEHICLES:
        return Action.DRIVE
    if not is_living(glyph) or setting in INDOORS or glyph in cast.BEINGS:
        return Action.STAND
    is_still = glyph in cast.BUSTS and setting is not Setting.STREET
    return Action.STAND if is_still else Action.WALK


def _colour(mention: Mention) -> str | None:
    """The colour of a thing; patterns are for fur."""
    return mention.coat if mention.coat and mention.coat.startswith("#") else None


def props_of(mentions: Sequence[Mention], setting: Setting) -> tuple[Prop, ...]:
    """What dresses a shot in `setting` of the things mentioned."""
    props: list[Prop] = []
    for mention in mentions:
        floats = (
            setting in WITHOUT_GROUND
            or mention.action in {Action.FLY, Action.FLOAT}
            or (mention.glyph in cast.AFLOAT and mention.count is None)
            or mention.glyph in DRIFTERS - cast.BOATS
        )
        in_orbit = setting is Setting.SPACE and mention.glyph == "comet"
        if mention.glyph in PARTS or (mention.glyph in cast.BACKDROP and not in_orbit):
            continue
        several = mention.glyph in SPARKS or mention.count is None
        count = min(MOST_FIGURES, MANY_THINGS if several else mention.count or 1)
        noun = mention.phrase
        props.append(
            Prop(noun=noun, glyph=mention.glyph, count=count, floats=floats, coat=_colour(mention))
        )
    return tuple(props[:MOST_PROPS])
