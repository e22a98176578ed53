"""Reads one piece of a prompt: where, when, in what weather, seen how, with whom."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from matinee.engines.animatic.casting import Mention, is_inside, mentions_in, merged
from matinee.engines.animatic.cutting import Glance
from matinee.engines.animatic.lexicon import Lexicon, Term, Text
from matinee.engines.animatic.palettes import palette_in
from matinee.engines.animatic.shots import (
    Action,
    CameraMove,
    Look,
    Music,
    Setting,
    TimeOfDay,
    Weather,
)
from matinee.engines.animatic.vocabulary import cast, manner, scenery

Meaning = TypeVar("Meaning")

OUTRIGHT = 3.0
VAGUE = 1.2
PLACED = 2.0
"""What a preposition before a place adds: `in the forest`."""

CERTAIN = 2.5
"""From this weight on a place counts as named."""

WEIGHTLESS = cast.FLYERS | cast.AIRCRAFT | cast.SWIMMERS
QUOTED = re.compile(
    r"[“\"「『]([^”\"」』\n]{1,40})[”\"」』]|(?<![^\W_])'([^'\n]{2,24})'(?![^\W_])|《([^》\n]{1,20})》"
)
NAMED = re.compile(r"\b(?:named|called)\s+([A-Z][\w-]{1,15})")
THEMED = re.compile(r"\b(\w+)[\s-]+themed?\b(?!\s+(?:music|song|soundtrack|score))", re.IGNORECASE)
LONGEST_SIGN = 24
INDOORS = frozenset({Setting.ROOM, Setting.STAGE, Setting.STATION})
PRONOUNS = frozenset({
    "he", "she", "it", "they", "him", "her", "his", "its", "their", "them", "himself", "herself",
    "他", "她", "它", "他们",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a piece of text says outright; None and empty where it is silent."""

    text: Text
    mentions: tuple[Mention, ...]
    places: Mapping[Setting, float]
    """Settings that are named, with their weights."""

    hints: Mapping[Setting, float]
    """Settings that would suit what is mentioned."""

    time_of_day: TimeOfDay | None
    weather: Weather | None
    has_stars: bool
    camera: CameraMove | None
    music: Music | None
    look: Look | None
    theme: str | None
    palette: tuple[str, ...]
    """Colours as `#rrggbb` that the whole picture shall have."""

    quotes: tuple[str, ...]
    names: tuple[str, ...]
    has_pronoun: bool

    @property
    def place(self) -> Setting | None:
        """The setting that is named most clearly, if one is."""
        best = heaviest(self.places)
        return best if best is not None and self.places[best] >= CERTAIN else None

    @property
    def is_blank(self) -> bool:
        """Whether nothing in it could be shown."""
        said = (self.time_of_day, self.weather)
        return not (self.mentions or self.places or any(part is not None for part in said))


def read(text: str, lexicon: Lexicon) -> Reading:
    """What `text` says outright."""
    found = lexicon.read(text)
    mentions = merged(mentions_in(found))
    return Reading(
        text=found,
        mentions=mentions,
        places=_places(found),
        hints=_hints(found, mentions),
        time_of_day=_time_of_day(found),
        weather=_first(found, scenery.WEATHERS),
        has_stars=any(term.phrase in scenery.STARRY for term in found.terms),
        camera=_first(found, manner.CAMERAS),
        music=_music(found),
        look=_first(found, manner.LOOKS),
        theme=_theme(found.raw),
        palette=palette_in(found),
        quotes=_quotes(found.raw),
        names=tuple(dict.fromkeys(NAMED.findall(found.raw))),
        has_pronoun=any(token.word in PRONOUNS for token in found.tokens),
    )


def glance(text: str, lexicon: Lexicon) -> Glance:
    """What `text` shows, without the details."""
    found = lexicon.read(text)
    mentions = mentions_in(found)
    place = _staged_place(found) if any(mention.acts for mention in mentions) else None
    return Glance(place=place, has_picture=bool(mentions))


def _staged_place(found: Text) -> str | None:
    """The place that is named beyond doubt."""
    certain = {
        place: weight
        for term, place, weight in _weighed(found)
        if term.phrase not in scenery.VAGUE_PLACES and weight > OUTRIGHT
    }
    best = heaviest(certain)
    return best.value if best is not None else None


def heaviest(weights: Mapping[Setting, float]) -> Setting | None:
    """The setting with the most weight, the earlier one of equals."""
    return max(weights, key=lambda setting: weights[setting], default=None)


def _places(text: Text) -> dict[Setting, float]:
    weights: dict[Setting, float] = {}
    for _, place, weight in _weighed(text):
        # A place that is named twice is not twice as certain.
        weights[place] = max(weights.get(place, 0.0), weight) + 0.4 * (place in weights)
    return weights


def _weighed(text: Text) -> Iterator[tuple[Term, Setting, float]]:
    for term in text.terms:
        if term.phrase in scenery.CRAFT:
            if is_inside(text, term):
                yield term, Setting.STATION, OUTRIGHT + 2 * PLACED
            else:
                yield term, Setting.SPACE, OUTRIGHT + 0.5
        elif term.phrase in scenery.PLACES:
            weight = VAGUE if term.phrase in scenery.VAGUE_PLACES else OUTRIGHT
            place = scenery.PLACES[term.phrase]
            weight += PLACED if _is_placed(text, term, place) else 0.0
            yield term, place, weight


def _is_placed(text: Text, term: Term, setting: Setting) -> bool:
    """Whether a preposition puts the picture there; `above the shop` is not in it."""
    for place in range(term.at - 1, max(-1, term.at - 5), -1):
        token = text.tokens[place]
        if token.is_mark:
            return False
        if token.word in scenery.PREPOSITIONS:
            return setting not in INDOORS or token.word not in {"above", "over", "near", "by"}
    return False


def _hints(text: Text, mentions: tuple[Mention, ...]) -> dict[Setting, float]:
    weights: dict[Setting, float] = {}

    def add(setting: Setting, weight: float) -> None:
        weights[setting] = weights.get(setting, 0.0) + weight

    stay_down = [one for one in mentions if one.acts and one.glyph not in WEIGHTLESS]
    for order, mention in enumerate(mentions):
        importance = (1.0 if mention.acts else 0.6) * (1.6 if order == 0 else 1.0)
        home = cast.HOMES.get(mention.glyph)
        if home is not None:
            # A parrot and a pirate are not met in the sky.
            lifted = home in {Setting.SKY, Setting.UNDERWATER} and stay_down
            add(home, importance * (0.4 if lifted else 1.0))
        if mention.is_suited:
            add(Setting.SPACE, 2.5)
        if mention.glyph in cast.INSTRUMENTS and any(one.acts for one in mentions):
            add(Setting.STAGE, 1.0)
        if mention.action is Action.FLY and mention.glyph not in cast.FLYERS and mention.acts:
            add(Setting.SKY, 1.2)
        if mention.action is Action.SWIM:
            add(Setting.SEA, 1.2)
    if any(term.phrase in scenery.SUITS for term in text.terms):
        add(Setting.SPACE, 1.0)
    if _first(text, scenery.WEATHERS) is Weather.SNOW:
        add(Setting.SNOW, 0.7)
    return weights


def _time_of_day(text: Text) -> TimeOfDay | None:
    said = [term.phrase for term in text.terms if term.phrase in scenery.TIMES]
    plain = [phrase for phrase in said if phrase not in scenery.SOFT_TIMES]
    first = next(iter(plain or said), None)
    return scenery.TIMES[first] if first is not None else None


def _first(text: Text, table: Mapping[str, Meaning]) -> Meaning | None:
    return next((table[term.phrase] for term in text.terms if term.phrase in table), None)


def _music(text: Text) -> Music | None:
    """The music that most words speak of; a word next to `music` speaks loudest."""
    votes: dict[Music, float] = {}
    for term in text.terms:
        if term.phrase in manner.MUSICS:
            near = {token.word for token in text.tokens[term.end : term.end + 4]}
            weight = 3.0 if near & {"music", "soundtrack", "song", "score", "melody"} else 1.0
            music = manner.MUSICS[term.phrase]
            votes[music] = votes.get(music, 0.0) + weight
    return max(votes, key=lambda music: votes[music], default=None)


def _theme(raw: str) -> str | None:
    for word in THEMED.findall(raw.lower()):
        theme = scenery.THEMES.get(word) or scenery.THEMES.get(word.removesuffix("s"))
        if theme is not None:
            return theme
    return None


def _quotes(raw: str) -> tuple[str, ...]:
    """Short quoted words: what stands on signs, rather than what somebody says."""
    found = ("".join(groups).strip() for groups in QUOTED.findall(raw))
    short = [quote for quote in found if 0 < len(quote) <= LONGEST_SIGN and quote.count(" ") < 4]
    return tuple(dict.fromkeys(short))
