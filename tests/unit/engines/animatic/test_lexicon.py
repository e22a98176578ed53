import json
from pathlib import Path

import pytest

from matinee.engines.animatic.artwork import SHIPPED
from matinee.engines.animatic.lexicon import shipped_lexicon
from matinee.engines.animatic.vocabulary import cast

TYPICAL = Path(__file__).parents[4] / "tools" / "artwork" / "typical.txt"
WORDS: dict[str, dict[str, str]] = json.loads((SHIPPED / "words.json").read_text("utf-8"))
GLYPHS = {path.stem for path in (SHIPPED / "glyphs").glob("*.webp")}


def glyphs_of(text: str) -> list[str | None]:
    return [term.glyph for term in shipped_lexicon().read(text).terms if term.glyph]


def phrases_of(text: str) -> list[str]:
    return [term.phrase for term in shipped_lexicon().read(text).terms]


def test_every_word_names_artwork_that_is_shipped() -> None:
    assert {glyph for words in WORDS.values() for glyph in words.values()} <= GLYPHS


def test_every_glyph_of_the_cast_is_shipped() -> None:
    groups = (cast.LIVING, cast.VEHICLES, cast.INSTRUMENTS, cast.AFLOAT, cast.HOMES, cast.BUILDINGS)
    assert {glyph for group in groups for glyph in group} <= GLYPHS


def test_at_least_nineteen_of_twenty_typical_nouns_mean_a_fitting_glyph() -> None:
    rows = [line.split("=") for line in TYPICAL.read_text("utf-8").splitlines() if "=" in line]
    right = [noun for noun, fitting in rows if WORDS["en"].get(noun.strip()) in fitting.split()]
    assert len(rows) >= 150
    assert len(right) >= 0.95 * len(rows)


@pytest.mark.parametrize(
    ("text", "glyph"),
    [
        ("foxes", "fox"),
        ("mice", "mouse-face"),
        ("butterflies", "butterfly"),
        ("wolves", "wolf"),
        ("the dog's eyes", "dog-face"),
        ("a T-Rex", "t-rex"),
        ("tennis-balls", "tennis-ball"),
        ("Hot Air Balloons", "hot-air-balloon"),
        ("一只小狗在跑", "dog-face"),
        ("ein kleiner Hund", "dog-face"),
        ("gato", "cat-face"),
    ],
)
def test_a_noun_is_found_however_it_is_written(text: str, glyph: str) -> None:
    assert glyphs_of(text)[0] == glyph


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("running", "run"),
        ("hopped", "hop"),
        ("gliding", "glide"),
        ("flies", "fly"),
        ("swam", "swim"),
        ("carried by dancing", "dance"),
    ],
)
def test_a_verb_is_found_in_its_forms(text: str, phrase: str) -> None:
    assert phrases_of(text)[-1] == phrase


def test_the_longest_phrase_counts() -> None:
    assert phrases_of("inside the space station") == ["inside", "space station"]


def test_foreign_words_mean_nothing_in_an_english_prompt() -> None:
    assert "gato" in shipped_lexicon().read("the gato is in the house").strangers


def test_strangers_are_words_that_want_a_picture() -> None:
    text = shipped_lexicon().read("A beautiful fox quickly finds 3 gribbles, 35mm film")
    assert text.strangers == ("finds", "gribbles")
