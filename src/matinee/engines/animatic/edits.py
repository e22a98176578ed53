"""Reads a prompt that changes a film: what goes, what comes for it, what is said of the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from matinee.engines.animatic.casting import Mention, mentions_in, merged
from matinee.engines.animatic.lexicon import STOPS, Lexicon, Text
from matinee.engines.animatic.palettes import painted
from matinee.engines.animatic.reading import Reading, read
from matinee.engines.animatic.shots import Action, Setting, TimeOfDay, Weather
from matinee.engines.animatic.vocabulary import manner, scenery
from matinee.engines.animatic.vocabulary.phrases import names

SWAPPING = names("replace replaces replacing swap swaps swapping exchange substitute switch trade")
MAKING = names("turn turns change changes transform transforms convert make makes making paint")
REMOVING = names("remove removes removing delete erase without no drop lose stop hide omit cut")
ADDING = names("add adds adding insert include put place give also introduce bring show")
BECOMING = names("becomes become became")
LINKS = names("with by for into to")
RESTARTS = names("the now it make keep but in set as then he she they its his her")
NOT_A_CUT = names("to")
"""After `cut` it speaks of a cut in the film."""

KEEPING = names("same keep unchanged original everything still")
LOOK_AHEAD = 3

GROWTHS = {"bigger": 1.35, "larger": 1.35, "taller": 1.35, "smaller": 0.75, "shorter": 0.75}
PLAINLY = re.compile(
    r"\b(?:photo ?realistic|realistic|live[- ]action|plain|normal|natural)\s+(?:style|look)\b"
    r"|\b(?:remove|without|no|drop|undo)\b[^.;]{0,20}\b(?:style|filter|look|effect)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Figures or things that others come for; without `new` they only go."""

    old: tuple[Mention, ...]
    new: tuple[Mention, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a prompt wants of a film that there is already."""

    swaps: tuple[Swap, ...] = ()
    added: tuple[Mention, ...] = ()
    told: tuple[Mention, ...] = ()
    """Whom it speaks of besides."""

    lead_action: Action | None = None
    """What somebody does whom it only calls `it` or `she`."""

    reading: Reading
    """What shall be there: all of the text but what shall go."""

    left: frozenset[Setting] = frozenset()
    """Places that another comes for."""

    clears: bool = False
    """Whether what falls or hangs in the air shall go."""

    left_times: frozenset[TimeOfDay] = frozenset()
    """Hours that another comes for, or plain day."""

    is_plain: bool = False
    """Whether the style shall go."""

    keeps: bool = False
    """Whether it says that the rest stays as it is."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of the text with one instruction."""

    goes: range = range(0)
    """The tokens about what shall go."""

    comes: range = range(0)
    """The tokens about what comes."""

    is_addition: bool = False


def read_edit(prompt: str, lexicon: Lexicon) -> Edit:
    """What `prompt` wants changed; see `roles.lettered` for the names in it."""
    text = lexicon.read(prompt)
    mentions = _told_of(text, merged(mentions_in(text)))
    clauses = list(_clauses(text))
    swaps: list[Swap] = []
    added: list[Mention] = []
    used: set[Mention] = set()
    for clause in clauses:
        old, new = _within(mentions, clause.goes), _within(mentions, clause.comes)
        if old:
            swaps.append(Swap(old=old, new=new))
        elif clause.is_addition or clause.goes:
            added += new
        if old or clause.is_addition or clause.goes:
            used.update((*old, *new))
    gone = {place for clause in clauses for place in clause.goes}
    going = [term for term in text.terms if term.at in gone]
    reading = _reading_of_rest(text, prompt, gone, lexicon)
    told = tuple(one for one in mentions if one not in used)
    return Edit(
        swaps=tuple(swaps),
        added=tuple(added),
        told=told,
        lead_action=None if mentions else _lead_action(text, reading),
        reading=reading,
        left=frozenset(
            scenery.PLACES[term.phrase] for term in going if term.phrase in scenery.PLACES
        ),
        left_times=frozenset(
            scenery.TIMES[term.phrase] for term in going if term.phrase in scenery.TIMES
        ),
        clears=any(term.phrase in scenery.WEATHERS for term in going),
        is_plain=PLAINLY.search(prompt) is not None,
        keeps=any(token.word in KEEPING for token in text.tokens),
    )


def _clauses(text: Text) -> Iterator[Clause]:
    words = [token.word for token in text.tokens]
    begins = [0]
    for place, word in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else ""
        restarts = word == "," and after in RESTARTS
        joins = word == "and" and after in RESTARTS and _becomes(words, place)
        if word in STOPS or word == "but" or restarts or joins:
            begins.append(place + 1)
        elif _instructs(words, place) and place not in begins:
            begins.append(place)
    for begin, end in zip(begins, [*begins[1:], len(words)], strict=True):
        if begin < end:
            yield _clause(words, begin, end)


def _becomes(words: Sequence[str], place: int) -> bool:
    """Whether something becomes something else between `place` and the next stop."""
    rest = words[place:]
    end = next((i for i, word in enumerate(rest) if word in STOPS | {","}), len(rest))
    return not BECOMING.isdisjoint(rest[:end])


def _instructs(words: Sequence[str], place: int) -> bool:
    """Whether the word at `place` says that something shall be done with the film."""
    word, after = words[place], words[place + 1] if place + 1 < len(words) else ""
    if word in {"cut", "fade"}:
        return word == "cut" and after not in NOT_A_CUT and place == 0
    if word in {"change", "turn", "place", "stop", "show"} and place:
        # Also nouns, and what figures do: `she turns`, `the place`.
        return words[place - 1] in {"and", ",", "please", "then", ".", "now", "you"}
    return word in SWAPPING | MAKING | REMOVING | ADDING


def _clause(words: Sequence[str], begin: int, end: int) -> Clause:
    first = words[begin]
    inner = range(begin, end)
    instead = next((k for k in inner if words[k] == "instead"), None)
    if instead is not None and words[instead + 1 : instead + 2] == ["of"]:
        stop = next((k for k in range(instead, end) if words[k] == ","), end)
        # `instead of the dog, a cat`, or `a cat instead of the dog`.
        comes = range(stop, end) if stop < end else range(begin, instead)
        return Clause(range(instead + 2, stop), comes)
    becomes = next((k for k in inner if words[k] in BECOMING), None)
    if becomes is not None:
        return Clause(range(begin, becomes), range(becomes, end))
    if first in SWAPPING | MAKING:
        link = next((k for k in range(begin + 1, end) if words[k] in LINKS), None)
        if link is None and first in MAKING:
            # `make the dog a cat`
            link = next(
                (k for k in range(begin + 3, end) if words[k] in {"a", "an"} and first != "paint"),
                None,
            )
        if link is not None:
            return Clause(range(begin + 1, link), range(link, end))
        return Clause(inner if first in SWAPPING else range(0))
    if first in REMOVING:
        return Clause(inner)
    return Clause(comes=inner, is_addition=first in ADDING)


def _within(mentions: Sequence[Mention], places: range) -> tuple[Mention, ...]:
    return tuple(one for one in mentions if one.end - 1 in places)


def _reading_of_rest(text: Text, prompt: str, gone: set[int], lexicon: Lexicon) -> Reading:
    colours = {place for place, _ in painted(text)}
    kept = [
        token.word
        for place, token in enumerate(text.tokens)
        if place not in gone and place not in colours
    ]
    rest, whole = read(" ".join(kept), lexicon), read(prompt, lexicon)
    if rest.weather is None and rest.place is None and "snow" in kept:
        # Of a place it speaks otherwise: `in the snow`.
        rest = replace(rest, weather=Weather.SNOW)
    return replace(rest, quotes=whole.quotes, names=whole.names, palette=whole.palette)


def _told_of(text: Text, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """The mentions with what is said behind them: `make the dog blue`, `the cat is giant`."""
    return tuple(_said_after(text, one) for one in mentions)


def _said_after(text: Text, mention: Mention) -> Mention:
    for place in range(mention.end, min(mention.end + LOOK_AHEAD, len(text.tokens))):
        word, term = text.tokens[place].word, text.starting.get(place)
        if word in GROWTHS:
            return replace(mention, size=GROWTHS[word])
        phrase = term.phrase if term is not None else ""
        names_something = term is not None and text.starting.get(term.end) is not None
        if names_something:
            return mention
        if phrase in manner.COATS:
            return replace(mention, coat=manner.COATS[phrase])
        if phrase in manner.SIZES:
            return replace(mention, size=manner.SIZES[phrase])
        if word not in {"is", "be", "are", "much", "very", "into", "turn", "turns", "more"}:
            return mention
    return mention


def _lead_action(text: Text, reading: Reading) -> Action | None:
    if not reading.has_pronoun:
        return None
    actions = (manner.ACTIONS.get(term.phrase) for term in text.terms)
    return next((action for action in actions if action is not None), None)
