"""Which glyph a word means: our override table first, then the lists of CLDR and emojilib."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

Words = dict[str, str]

# A word that only one keyword list gives, deep in its list, is more often a mood than a thing.
LEAST_EVIDENCE = 3.0
OTHER_LANGUAGES = ("zh", "ja", "ko", "es", "fr", "de", "pt", "it", "ru")
DOING = re.compile(r"(man|men|woman|women|person|people)\b.+")
"""`woman dancing` is read as a woman and what she does, not as one name."""

PLAIN_WORD = re.compile(r"[a-z][a-z' -]{1,28}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Folders of the unpacked keyword packages, and of our own lists."""

    cldr: Path
    emojilib: Path
    unicode: Path
    lists: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """A shipped glyph and the character it draws."""

    name: str
    character: str


def build(sources: Sources, wanted: Collection[str]) -> dict[str, Words]:
    """Word to glyph, by language. Words are singular and lower case.

    Only glyphs in `wanted` are named; raises ValueError if an override names another one.
    """
    glyphs = tuple(glyphs_of(sources, wanted))
    overrides = read_overrides(sources.lists / "overrides.txt")
    excluded = read_list(sources.lists / "not-nouns.txt")
    found = {
        word: glyph
        for word, glyph in best_glyphs(sources, glyphs).items()
        if word not in excluded and not DOING.fullmatch(word)
    }
    chinese = read_overrides(sources.lists / "overrides-zh.txt")
    strangers = {*overrides.values(), *chinese.values()} - set(wanted)
    if strangers:
        raise ValueError(f"overrides name glyphs that are not shipped: {sorted(strangers)}")
    english = found | overrides
    languages = {
        # A kind is shown by the same picture in every language: `perro` as `dog`.
        language: {
            word: english.get(name.replace("-", " "), name)
            for word, name in names_in(language, sources, glyphs).items()
        }
        for language in OTHER_LANGUAGES
    }
    languages["zh"] |= chinese
    return {"en": english, **languages}


def glyphs_of(sources: Sources, wanted: Iterable[str]) -> Iterator[Glyph]:
    """The wanted glyphs that stand for a character. Flat ones and our own do not."""
    listed = json.loads((sources.unicode / "data-by-emoji.json").read_text(encoding="utf-8"))
    by_name = {glyph_name(entry["name"]): character for character, entry in listed.items()}
    for name in wanted:
        if name in by_name:
            yield Glyph(name=name, character=by_name[name])


def glyph_name(title: str) -> str:
    """The name that the artwork packages give to the character called `title`."""
    plain = title.lower().replace("’", "").replace("'", "").replace("ñ", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def best_glyphs(sources: Sources, glyphs: Iterable[Glyph]) -> Words:
    """For every keyword the glyph with the most evidence; the earlier glyph wins a tie."""
    cldr = keywords_of(sources.cldr, "en")
    emojilib = json.loads((sources.emojilib / "dist" / "emoji-en-US.json").read_text("utf-8"))
    best: dict[str, tuple[float, str]] = {}
    for glyph in glyphs:
        evidence = weigh(glyph, cldr.get(plain(glyph.character), {}), emojilib)
        for word, weight in evidence.items():
            if weight >= LEAST_EVIDENCE and weight > best.get(word, (0.0, ""))[0]:
                best[word] = (weight, glyph.name)
    return {word: name for word, (_, name) in best.items()}


def weigh(
    glyph: Glyph, annotation: Mapping[str, list[str]], emojilib: Mapping[str, list[str]]
) -> dict[str, float]:
    """How much speaks for each word meaning this glyph: its name most, then each list it is in."""
    evidence: dict[str, float] = {}

    def add(word: str, weight: float) -> None:
        tidy = word.lower().replace("_", " ").replace("’", "'").strip()
        if PLAIN_WORD.fullmatch(tidy):
            evidence[tidy] = evidence.get(tidy, 0.0) + weight

    for title in annotation.get("tts", []):
        add(title, 10.0)
        add(title.removesuffix(" face"), 9.0)
    add(glyph.name.replace("-", " "), 6.0)
    name_words = glyph.name.split("-")
    for word in name_words:
        add(word, 2.0 / len(name_words))
    for word in annotation.get("default", []):
        add(word, 1.6)
    for place, word in enumerate(emojilib.get(glyph.character, [])):
        add(word, 1.6 - min(place, 10) * 0.05)
    return evidence


def names_in(language: str, sources: Sources, glyphs: Iterable[Glyph]) -> Words:
    """The glyphs' own names in another language; the earlier glyph keeps a name they share."""
    listed = keywords_of(sources.cldr, language)
    words: Words = {}
    for glyph in glyphs:
        for title in listed.get(plain(glyph.character), {}).get("tts", []):
            tidy = title.lower().strip()
            # One Han character alone is more often a part of another word.
            if 2 <= len(tidy) <= 28:
                words.setdefault(tidy, glyph.name)
    return words


def keywords_of(cldr: Path, language: str) -> dict[str, dict[str, list[str]]]:
    """CLDR's keywords (`default`) and spoken name (`tts`) by character."""
    path = cldr / "annotations" / language / "annotations.json"
    listed: dict[str, dict[str, list[str]]] = json.loads(path.read_text(encoding="utf-8"))[
        "annotations"
    ]["annotations"]
    return listed


def plain(character: str) -> str:
    """The character as CLDR lists it, without the picture selector."""
    return character.replace("\ufe0f", "")


def read_overrides(path: Path) -> Words:
    """`glyph: word, word` lines as word to glyph."""
    words: Words = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        glyph, colon, listed = line.partition("#")[0].partition(":")
        if colon:
            words |= {word.strip(): glyph.strip() for word in listed.split(",") if word.strip()}
    return words


def read_list(path: Path) -> frozenset[str]:
    """Blank separated words; `#` begins a remark."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines for word in line.partition("#")[0].split())


def accuracy(words: Mapping[str, str], path: Path) -> str:
    """One line: how many of the typical nouns (`noun = glyph glyph` lines) mean a fitting glyph."""
    wrong: list[str] = []
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "=" in line]
    for line in lines:
        noun, _, fitting = line.partition("=")
        answer = words.get(noun.strip())
        if answer not in fitting.split():
            wrong.append(f"{noun.strip()} -> {answer}")
    right = len(lines) - len(wrong)
    share = f"{right} of {len(lines)} typical nouns right ({right / len(lines):.1%})"
    return "; ".join([f"words: {share}", *wrong])
