"""Palettes: the colours that a text wants the whole picture in."""

from __future__ import annotations

from matinee.engines.animatic.lexicon import Text
from matinee.engines.animatic.vocabulary import manner
from matinee.engines.animatic.vocabulary.phrases import by_phrase, names

SPEAKING_OF = names("palette palettes grade grading graded tones tint tinted hues")
"""A colour before or after one of these is the picture's own."""

LIGHTS = names("light lighting")
"""A colour just before one of these is the light's: `golden light`."""

JOINING = frozenset({"and", ","})
LEADING = names("to of in with into towards toward a an the like is be")
MOST_COLOURS = 4

TINTS = by_phrase({
    "#1f8f8a": "teal, turquoise, aqua",
    "#dcc295": "sand, beige, cream, khaki, tan",
    "#b1512c": "rust, terracotta, burnt, ochre, copper, bronze",
    "#ffb54a": "golden, gold, amber, honey",
    "#ff9a4d": "warm",
    "#5f9be0": "cool, cold, icy",
    "#0f1b33": "midnight, indigo, navy",
    "#f2a9b8": "pastel, rose, blush, peach",
    "#7c8a3f": "olive, moss, sage",
    "#c89bd8": "lavender, lilac, mauve",
    "#7a1f33": "burgundy, wine, maroon",
})  # fmt: skip
"""Colours of pictures, besides those of coats."""


def palette_in(text: Text) -> tuple[str, ...]:
    """The colours, as `#rrggbb`, that `text` wants the picture in, in its order."""
    return tuple(dict.fromkeys(code for _, code in painted(text)))[:MOST_COLOURS]


def painted(text: Text) -> list[tuple[int, str]]:
    """Each word that names a colour of the picture: its number, and the colour."""
    found = []
    for place in range(len(text.tokens)):
        code = tint(text.tokens[place].word)
        if code is not None and _is_of_picture(text, place):
            found.append((place, code))
    return found


def tint(word: str) -> str | None:
    """The colour of a word, as `#rrggbb`."""
    code = TINTS.get(word) or manner.COATS.get(word)
    return code if code is not None and code.startswith("#") else None


def _is_of_picture(text: Text, place: int) -> bool:
    words = [token.word for token in text.tokens]
    if place + 1 < len(words) and words[place + 1] in LIGHTS:
        return True
    end = place + 1
    while end < len(words) and (tint(words[end]) or words[end] in JOINING):
        end += 1
    if words[end : end + 1] in (["color"], ["colour"]):
        end += 1
    begin = place - 1
    while begin >= 0 and (tint(words[begin]) or words[begin] in JOINING | LEADING):
        begin -= 1
    if begin >= 0 and words[begin] in SPEAKING_OF and words[begin + 1] not in {",", "a", "an"}:
        return True
    return words[end : end + 1] in [[word] for word in SPEAKING_OF]
