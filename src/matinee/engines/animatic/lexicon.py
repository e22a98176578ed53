"""Finds the words of a prompt that mean something here, and what glyph stands for them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matinee.engines.animatic.artwork import SHIPPED
from matinee.engines.animatic.roles import LETTERS, glyph_of, name_of
from matinee.engines.animatic.vocabulary import manner, quiet, scenery
from matinee.engines.animatic.vocabulary.phrases import names

LONGEST_PHRASE = 5
LONGEST_HAN = 6

STOPS = frozenset(".!?;\n")

TOKEN = re.compile(
    rf"(?P<role>{LETTERS})"
    r"|(?P<han>[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)"
    r"|(?P<word>[^\W_]+(?:['’][^\W_]+)?)"
    r"|(?P<mark>[.!?;\n,:()—–-])"
)
# A hyphen joins what the tables write apart: `close-up`, `pup-themed`.
HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
HAN_MARKS = str.maketrans("。，、！？；：", ".,,!?;:")

IRREGULAR = {
    "mice": "mouse", "geese": "goose", "men": "man", "women": "woman", "children": "child",
    "people": "person", "feet": "foot", "teeth": "tooth", "wolves": "wolf", "calves": "calf",
    "leaves": "leaf", "knives": "knife", "elves": "elf", "oxen": "ox", "octopi": "octopus",
    "cacti": "cactus", "dice": "die", "loaves": "loaf", "policemen": "policeman",
    "firemen": "fireman", "fishermen": "fisherman", "snowmen": "snowman", "cowboys": "cowboy",
    "ran": "run", "flew": "fly", "flown": "fly", "swam": "swim", "swum": "swim", "sat": "sit",
    "stood": "stand", "rode": "ride", "ridden": "ride", "drove": "drive", "driven": "drive",
    "slept": "sleep", "lying": "lie", "sang": "sing", "ate": "eat", "drank": "drink",
    "leapt": "leap", "leaped": "leap", "rose": "rose", "fled": "flee", "spun": "spin",
    "gliding": "glide", "held": "hold", "skiing": "ski", "dying": "die", "tying": "tie",
    "wrote": "write", "written": "write", "hung": "hang", "crept": "creep",
}  # fmt: skip

ENGLISH = names("a an the of in on with and is are at to through by into from over under its")
FOREIGN = ("es", "fr", "de", "pt", "it", "ru")
"""Languages whose words look like English ones: asked only about prompts without English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One word or mark of a prompt."""

    word: str
    """Lower case, without a possessive ending."""

    is_mark: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A phrase that some table knows."""

    phrase: str
    """As the tables spell it: singular, the verb's plain form."""

    glyph: str | None
    """The artwork it names, if any."""

    is_plural: bool
    at: int
    """The number of its first token."""

    end: int
    """The number of the token after its last."""

    @property
    def noun(self) -> str:
        """Its last word: `retriever` of `golden retriever`."""
        return self.phrase.rsplit(" ", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A piece of a prompt, read: its tokens, and the terms found among them, in order."""

    raw: str
    tokens: tuple[Token, ...]
    terms: tuple[Term, ...]

    starting: Mapping[int, Term]
    """The terms by the number of their first token."""

    ending: Mapping[int, Term]
    """The terms by the number of the token after them."""

    strangers: tuple[str, ...]
    """Words that no table knows and that would have wanted a picture, each once."""


class Lexicon:
    """All the words that are known, in every language. May be used by several threads."""

    def __init__(self, words: Mapping[str, Mapping[str, str]]) -> None:
        self._foreign = _merged(words.get(language, {}) for language in FOREIGN)
        self._nouns = _merged(words.get(language, {}) for language in ("en", "zh", "ja", "ko"))
        self._phrases = frozenset().union(
            scenery.PLACES, scenery.CRAFT, scenery.TIMES, scenery.STARRY, scenery.WEATHERS,
            scenery.INSIDE_WORDS, scenery.SUITS, manner.CAMERAS, manner.ACTIONS, manner.MUSICS,
            manner.LOOKS, manner.COATS, manner.COUNTS, manner.LONE, manner.SIZES,
        )  # fmt: skip

        self._openings = frozenset(
            phrase.partition(" ")[0]
            for phrases in (self._phrases, self._nouns, self._foreign)
            for phrase in phrases
            if " " in phrase
        )
        self._roles: tuple[str, ...] = ()

    def knowing(self, roles: Sequence[str]) -> Lexicon:
        """This lexicon with characters; texts have a letter for each name, see `roles`."""
        knowing = copy(self)
        knowing._roles = tuple(roles)
        return knowing

    def read(self, text: str) -> Text:
        """The tokens and terms of `text`; of overlapping phrases the longest counts."""
        raw = unicodedata.normalize("NFKC", text)
        tokens = tuple(self._tokens(raw))
        may_be_foreign = not any(token.word in ENGLISH for token in tokens)
        terms = tuple(self._terms(tokens, may_be_foreign=may_be_foreign))
        return Text(
            raw=raw,
            tokens=tokens,
            terms=terms,
            starting={term.at: term for term in terms},
            ending={term.end: term for term in terms},
            strangers=_strangers(tokens, terms),
        )

    def _tokens(self, raw: str) -> Iterator[Token]:
        for match in TOKEN.finditer(HYPHEN.sub(" ", raw.translate(HAN_MARKS)).lower()):
            if match["han"]:
                yield from (Token(word=piece) for piece in self._split_han(match["han"]))
            elif match["role"]:
                yield Token(word=match["role"])
            elif match["word"]:
                yield Token(word=re.sub(r"['’](s|re|ll|ve|d)?$", "", match["word"]))
            else:
                yield Token(word=match["mark"], is_mark=True)

    def _split_han(self, run: str) -> Iterator[str]:
        """Han and kana have no blanks: take the longest known piece, else one character."""
        start = unknown = 0
        while start < len(run):
            piece = next(
                (
                    run[start : start + size]
                    for size in range(min(LONGEST_HAN, len(run) - start), 0, -1)
                    if self._knows(run[start : start + size])
                ),
                None,
            )
            if piece is None:
                start += 1
                continue
            if unknown < start:
                yield run[unknown:start]
            yield piece
            start += len(piece)
            unknown = start
        if unknown < start:
            yield run[unknown:start]

    def _knows(self, phrase: str) -> bool:
        return phrase in self._phrases or phrase in self._nouns

    def _terms(self, tokens: tuple[Token, ...], *, may_be_foreign: bool) -> Iterator[Term]:
        place = 0
        while place < len(tokens):
            term = self._term_at(tokens, place, may_be_foreign=may_be_foreign)
            if term is None:
                place += 1
                continue
            yield term
            place = term.end

    def _term_at(
        self, tokens: tuple[Token, ...], place: int, *, may_be_foreign: bool
    ) -> Term | None:
        name = self._role(tokens[place].word)
        if name is not None:
            role = glyph_of(name)
            return Term(phrase=name, glyph=role, is_plural=False, at=place, end=place + 1)
        most = LONGEST_PHRASE if tokens[place].word in self._openings else 1
        for end in range(min(place + most, len(tokens)), place, -1):
            piece = tokens[place:end]
            if any(token.is_mark for token in piece):
                continue
            written = " ".join(token.word for token in piece)
            for form in plain_forms(written):
                glyph = self._nouns.get(form)
                if glyph is None and may_be_foreign:
                    glyph = self._foreign.get(form)
                if glyph is not None or form in self._phrases:
                    return Term(
                        phrase=form, glyph=glyph, is_plural=form != written, at=place, end=end
                    )
            verb = next((form for form in verbs(written) if form in manner.ACTIONS), None)
            if verb is not None:
                return Term(phrase=verb, glyph=None, is_plural=False, at=place, end=end)
        return None

    def _role(self, word: str) -> str | None:
        """The name of the character that a token stands for."""
        return name_of(word, self._roles) or None if re.fullmatch(LETTERS, word) else None


@cache
def shipped_lexicon(folder: Path = SHIPPED) -> Lexicon:
    """The lexicon of the artwork that ships with the engine."""
    return Lexicon(json.loads((folder / "words.json").read_text(encoding="utf-8")))


def plain_forms(written: str) -> Iterator[str]:
    """`written` itself, then what it may be the plural of, or a verb with its -s."""
    yield written
    head, blank, word = written.rpartition(" ")
    before = head + blank
    if word in IRREGULAR:
        yield before + IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return
    yield before + word[:-1]
    if word.endswith("ies"):
        yield before + word[:-3] + "y"
    elif word.endswith("ves"):
        yield before + word[:-3] + "f"
    elif word.endswith("es"):
        yield before + word[:-2]


def verbs(word: str) -> Iterator[str]:
    """What `word` may be the -ing or -ed form of."""
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 2:
            continue
        yield stem
        yield stem + "e"
        if stem[-1] == stem[-2]:
            yield stem[:-1]
        if ending == "ed" and stem.endswith("i"):
            yield stem[:-1] + "y"


def _merged(parts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """All of `parts`; where two know a word, the earlier decides."""
    merged: dict[str, str] = {}
    for part in parts:
        for word, glyph in part.items():
            merged.setdefault(word, glyph)
    return merged


def _strangers(tokens: tuple[Token, ...], terms: tuple[Term, ...]) -> tuple[str, ...]:
    covered = {place for term in terms for place in range(term.at, term.end)}
    words = (
        token.word
        for place, token in enumerate(tokens)
        if place not in covered and not token.is_mark
    )
    return tuple(dict.fromkeys(word for word in words if _wants_picture(word)))


def _wants_picture(word: str) -> bool:
    if word.isdigit() or len(word) < 2 or word in quiet.QUIET:
        return False
    return not (word.endswith("ly") and word.isascii())
