"""Who and what a text mentions: nouns with their count, coat, size and action."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from matinee.engines.animatic.lexicon import STOPS, Term, Text
from matinee.engines.animatic.roles import is_role
from matinee.engines.animatic.shots import Action
from matinee.engines.animatic.vocabulary import cast, manner, scenery
from matinee.engines.animatic.vocabulary.phrases import names as listed

DEFINITE = frozenset({"the", "his", "her", "its", "their", "my", "our", "this", "that"})
LIKENESS = listed("""
    themed theme shaped inspired style styled print like costume mask flavored colored helmet
    jacket boots suit effect view toy poster sticker tattoo pattern statue painting
""")
"""After one of these a noun only describes another."""

UNITS = frozenset({"year", "years", "day", "days", "hour", "hours", "mm", "feet", "meters", "foot"})
"""What is counted before one of these is no number of figures."""

COMPANIES = listed("herd flock pack group school swarm army caravan team family couple pair trio")
"""After a noun: several of it."""

WEARING = frozenset({"wearing", "wears", "dressed", "wear", "with", "in", "sporting", "donning"})
WORN = frozenset({
    "coat", "dress", "kimono", "scarf", "sunglasses", "top-hat", "t-shirt", "running-shoe",
    "high-heeled-shoe", "necktie", "goggles", "military-helmet", "crown",
    "rescue-workers-helmet", "billed-cap", "backpack", "headphone", "diving-mask",
})  # fmt: skip
PARTS = frozenset(
    {"eye", "brain", "bone", "feather", "paw-prints", "door", "eyes", "window", "ring", "key"}
)
"""Things that are mostly mentioned as a part of something else."""

PURSUITS = frozenset({"chase", "hunt", "race", "追", "追逐"})
NOT_ACTING = frozenset({"music", "song", "soundtrack", "melody", "camera", "shot", "tune", "sound"})
WEAK = frozenset({Action.STAND, Action.SIT})
LOOK_BACK = 6
NAMING = frozenset({"named", "called"})
NATURAL = frozenset({
    ("red", "fox"), ("brown", "bear"), ("grey", "wolf"), ("gray", "wolf"), ("black", "blackbird"),
    ("white", "polar-bear"), ("green", "frog"), ("pink", "pig-face"), ("pink", "flamingo"),
    ("white", "ewe"), ("white", "swan"), ("black", "ant"), ("yellow", "baby-chick"),
    ("red", "automobile"), ("yellow", "submarine"), ("green", "dragon"), ("white", "dove"),
    ("green", "tennis-ball"), ("yellow", "tennis-ball"), ("brown", "horse"), ("gray", "elephant"),
    ("red", "red-apple"), ("red", "rose"), ("white", "ghost"), ("orange", "tiger-face"),
    ("red", "balloon"), ("yellow", "taxi"), ("yellow", "banana"), ("blue", "whale"),
})  # fmt: skip
"""Colours that the artwork has already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One noun of a text that a glyph stands for."""

    noun: str
    phrase: str
    glyph: str
    at: int
    end: int
    count: int | None = None
    """How many; None where a plural leaves it open."""

    coat: str | None = None
    size: float = 1.0
    action: Action | None = None
    is_suited: bool = False
    """Whether it is an astronaut."""

    is_definite: bool = False
    is_worn: bool = False
    is_place: bool = False
    """Whether the word names a place as well: a mountain, a waterfall."""

    follows_preposition: bool = False

    @property
    def acts(self) -> bool:
        """Whether it is somebody, or drives, flies or sails by itself."""
        return self.glyph in cast.ACTORS or is_role(self.glyph)


def mentions_in(text: Text) -> tuple[Mention, ...]:
    """Every noun of `text` that has a glyph, in order, with what is said about it."""
    found = [_mention(text, group) for group in _groups(text)]
    return _with_actions(text, _named(text, found))


def _named(text: Text, mentions: list[Mention]) -> list[Mention]:
    """The mentions without those that only say what a character is.

    `a fox named Mossy`, `Mossy, a small fox, walks`.
    """
    described: set[int] = set()
    for i, one in enumerate(mentions):
        if not is_role(one.glyph):
            continue
        if i and text.tokens[one.at - 1].word in NAMING and one.at - mentions[i - 1].end <= 2:
            described.add(i - 1)
        if i + 1 < len(mentions) and _is_apposition(text, one, mentions[i + 1]):
            described.add(i + 1)
    return [one for i, one in enumerate(mentions) if i not in described]


def _is_apposition(text: Text, name: Mention, noun: Mention) -> bool:
    between = [token.word for token in text.tokens[name.end : noun.at]]
    follows = text.tokens[noun.end].word if noun.end < len(text.tokens) else ","
    opens = between[:1] in ([","], ["("]) and between[1:2] in (["a"], ["an"], ["the"])
    return opens and len(between) <= LOOK_BACK and follows in {",", ".", ")", "who"}


def _groups(text: Text) -> Iterator[tuple[Term, ...]]:
    """Nouns that stand together name one thing: `astronaut golden retriever`, `robot dog`."""
    group: list[Term] = []
    for term in text.terms:
        if term.glyph is None or _only_describes(text, term) or _is_place_only(text, term):
            continue
        if term.phrase in manner.ACTIONS and not _is_noun(text, term):
            continue
        if group and group[-1].end != term.at:
            yield tuple(group)
            group = []
        group.append(term)
    if group:
        yield tuple(group)


def _is_noun(text: Text, term: Term) -> bool:
    """Whether a word that is a verb as well is a noun here: `a big wave`, not `they wave`."""
    if term.at == 0 or text.tokens[term.end - 1].word.endswith("ing"):
        return False
    before, described = text.tokens[term.at - 1].word, text.ending.get(term.at)
    if before in DEFINITE or before in scenery.PREPOSITIONS - {"to"} or before.isdigit():
        return True
    tables = (manner.LONE, manner.COATS, manner.SIZES, manner.COUNTS)
    return described is not None and any(described.phrase in table for table in tables)


def _only_describes(text: Text, term: Term) -> bool:
    """`a dog-themed station`, `a school of fish`."""
    after = text.tokens[term.end].word if term.end < len(text.tokens) else ""
    return after in LIKENESS or (after == "of" and term.phrase in manner.COUNTS)


def _is_place_only(text: Text, term: Term) -> bool:
    if term.phrase in scenery.CRAFT and is_inside(text, term):
        return True
    if term.glyph in cast.LANDMARKS or term.glyph in cast.VEHICLES - {"satellite"}:
        return False
    return term.phrase in scenery.PLACES or term.phrase in scenery.CRAFT


def is_inside(text: Text, term: Term) -> bool:
    """Whether the text speaks of the inside of `term`: `in a space station`."""
    before = [token.word for token in text.tokens[max(0, term.at - 4) : term.at]]
    after = {token.word for token in text.tokens[term.end : term.end + 1]}
    said = {*before, *after} & scenery.INSIDE_WORDS
    return bool(said) or "in" in before[-3:]


def _head(group: tuple[Term, ...]) -> Term:
    """The noun that the others describe: the creature if it ends among beings, else the last."""
    roles = [term for term in group if is_role(term.glyph or "")]
    if roles:
        return roles[0]
    if group[-1].glyph not in cast.LIVING:
        return group[-1]
    for kind in (cast.ANIMALS | cast.ANIMAL_FACES, cast.BEINGS | cast.ODD_FACES):
        creatures = [term for term in group if term.glyph in kind]
        if creatures:
            return creatures[-1]
    faces = [term for term in group if term.glyph in cast.HUMAN_FACES]
    is_astronaut = group[-1].glyph in cast.ASTRONAUTS
    return faces[-1] if faces and is_astronaut else group[-1]


def _mention(text: Text, group: tuple[Term, ...]) -> Mention:
    head = _head(group)
    glyph = _of_woman(head.glyph or "", group)
    mention = Mention(
        noun=head.phrase if is_role(glyph) else head.noun,
        phrase=head.phrase,
        glyph=glyph,
        at=group[0].at,
        end=group[-1].end,
        count=_group_count(text, group),
        coat=_breed_coat(group),
        size=next(
            (manner.SIZES[one.phrase] for one in group[:-1] if one.phrase in manner.SIZES), 1
        ),
        is_suited=any(term.glyph in cast.ASTRONAUTS for term in group),
        is_place=head.phrase in scenery.PLACES,
    )
    return _described(text, mention)


def _of_woman(glyph: str, group: tuple[Term, ...]) -> str:
    """The glyph, or that of a woman of the same trade if the group speaks of one."""
    trade = f"woman-{glyph.removeprefix('person-')}"
    is_woman = any(term.glyph in cast.WOMEN for term in group)
    return trade if is_woman and trade in cast.BUSTS | cast.WHOLE_PEOPLE else glyph


def _breed_coat(group: tuple[Term, ...]) -> str | None:
    names = (name for term in group for name in (term.phrase, term.noun))
    return next((manner.BREEDS[name] for name in names if name in manner.BREEDS), None)


def _group_count(text: Text, group: tuple[Term, ...]) -> int | None:
    """What the noun itself says: several (None), one, or those of `an elephant herd`."""
    after = text.starting.get(group[-1].end)
    if after is not None and after.phrase in COMPANIES:
        return manner.COUNTS.get(after.phrase)
    return None if group[-1].is_plural else 1


def _described(text: Text, mention: Mention) -> Mention:
    """The mention with what the words before it say: count, coat, size, a participle."""
    place = mention.at
    has_article = False
    while place > max(0, mention.at - LOOK_BACK):
        token, term = text.tokens[place - 1], text.ending.get(place)
        word = token.word
        if word in scenery.PREPOSITIONS or word in WEARING:
            is_worn = word in WEARING and mention.glyph in WORN
            return replace(mention, follows_preposition=True, is_worn=is_worn)
        if word == "of" and not _is_counting(text.ending.get(place - 1)):
            return replace(mention, follows_preposition=True)
        if has_article or token.is_mark or _ends_phrase(text, place, term):
            break
        if word != "of":
            mention, goes_on = _apply(mention, term, word)
            if not goes_on:
                break
        has_article = word in DEFINITE or word in manner.LONE
        place = term.at if term is not None else place - 1
    return mention


def _ends_phrase(text: Text, place: int, term: Term | None) -> bool:
    names_something = term is not None and term.glyph is not None
    return names_something or text.tokens[place].word in UNITS


def _is_counting(term: Term | None) -> bool:
    return term is not None and term.phrase in manner.COUNTS


def _apply(mention: Mention, term: Term | None, word: str) -> tuple[Mention, bool]:
    """The mention with one more word before it, and whether to look further back."""
    if word in DEFINITE:
        return replace(mention, is_definite=True), True
    if word in {"and", "or"}:
        return mention, False
    if word.isdigit() and len(word) < 3:
        return replace(mention, count=max(1, min(12, int(word)))), True
    if term is None:
        return mention, True
    phrase = term.phrase
    if phrase in manner.COUNTS:
        return replace(mention, count=manner.COUNTS[phrase]), True
    if phrase in manner.SIZES:
        return replace(mention, size=manner.SIZES[phrase]), True
    if phrase in manner.COATS and mention.coat is None:
        natural = (phrase, mention.glyph) in NATURAL
        return replace(mention, coat=None if natural else manner.COATS[phrase]), True
    if phrase in manner.ACTIONS:
        if word.endswith("ing") and mention.action is None:
            return replace(mention, action=manner.ACTIONS[phrase]), True
        return mention, False
    return mention, True


def _with_actions(text: Text, mentions: list[Mention]) -> tuple[Mention, ...]:
    """The mentions with the verbs of the text given to whoever does them."""
    actions: dict[int, Action] = {}
    for term in text.terms:
        action = manner.ACTIONS.get(term.phrase)
        if action is None or _is_noun(text, term):
            continue
        if _is_adjective(text, term, mentions) or _is_not_acting(text, term):
            continue
        doer = _doer(text, term, mentions)
        if doer is None:
            continue
        if doer not in actions or (actions[doer] in WEAK and action not in WEAK):
            actions[doer] = action
        if term.phrase in PURSUITS:
            pursued = [i for i, one in enumerate(mentions) if one.at >= term.end and one.acts]
            actions.update({i: action for i in pursued[:1] if i not in actions})
    for i in range(len(mentions) - 1, 0, -1):
        if _are_paired(text, mentions[i - 1], mentions[i]) and i in actions:
            actions.setdefault(i - 1, actions[i])
    suited = any(term.phrase in scenery.SUITS for term in text.terms)
    first_being = next((i for i, one in enumerate(mentions) if is_living(one.glyph)), None)
    return tuple(
        replace(
            mention,
            action=actions.get(i, mention.action),
            is_suited=mention.is_suited or (suited and i == first_being),
        )
        for i, mention in enumerate(mentions)
    )


def is_living(glyph: str) -> bool:
    """Whether it is somebody."""
    return glyph in cast.LIVING or is_role(glyph)


def _are_paired(text: Text, one: Mention, other: Mention) -> bool:
    """`a boy and his dog`: what the second does, the first does too."""
    joins = text.tokens[one.end].word == "and" and other.at - one.end <= 4
    return joins and one.acts and other.acts


def _is_adjective(text: Text, term: Term, mentions: list[Mention]) -> bool:
    """`a flying cat`: already read as part of the mention."""
    is_participle = text.tokens[term.end - 1].word.endswith("ing")
    return is_participle and any(mention.at == term.end for mention in mentions)


def _is_not_acting(text: Text, term: Term) -> bool:
    """`music plays`, `the camera slowly moves`, `steam rises`: no figure does it."""
    before = text.tokens[max(0, term.at - 2) : term.at]
    if any(token.word in NOT_ACTING for token in before):
        return True
    if not before or before[-1].word not in text.strangers:
        return False
    return len(before) == 1 or before[0].is_mark or before[0].word in DEFINITE | {"a", "an"}


def _doer(text: Text, term: Term, mentions: list[Mention]) -> int | None:
    """The number of the mention that does what `term` says."""
    begin = _sentence_start(text, term.at)
    following = bisect_left(mentions, term.at, key=lambda mention: mention.at)
    i = following
    while i > 0 and mentions[i - 1].at >= begin:
        i -= 1
        mention = mentions[i]
        if mention.acts and not mention.is_place:
            return i
        if not (mention.follows_preposition or mention.is_worn or mention.glyph in PARTS):
            return i
    is_first_words = i == following and term.at - begin < 3
    return following if is_first_words and following < len(mentions) else None


def _sentence_start(text: Text, place: int) -> int:
    for back in range(place, 0, -1):
        if text.tokens[back - 1].word in STOPS:
            return back
    return 0


def merged(mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Each glyph once: a later `the dog` is the golden retriever of before."""
    by_glyph: dict[str, Mention] = {}
    for mention in mentions:
        key = cast.SAME.get(mention.glyph, mention.glyph)
        known = by_glyph.get(key)
        by_glyph[key] = mention if known is None else _joined(known, mention)
    return tuple(by_glyph.values())


def _joined(first: Mention, again: Mention) -> Mention:
    counts = [mention.count for mention in (first, again) if mention.count is not None]
    weak = first.action is None or first.action in WEAK
    return replace(
        first,
        count=max(counts) if counts else None,
        coat=first.coat or again.coat,
        size=first.size if first.size != 1.0 else again.size,
        action=again.action if weak and again.action is not None else first.action,
        is_suited=first.is_suited or again.is_suited,
        is_definite=first.is_definite and again.is_definite,
    )


def known_from(mention: Mention, earlier: Mapping[str, Mention]) -> Mention:
    """The mention with the looks it had in an earlier shot, where this one is silent."""
    before = earlier.get(cast.SAME.get(mention.glyph, mention.glyph))
    if before is None:
        return mention
    return replace(
        mention,
        glyph=before.glyph,
        coat=mention.coat or before.coat,
        size=mention.size if mention.size != 1.0 else before.size,
        is_suited=mention.is_suited or before.is_suited,
    )
