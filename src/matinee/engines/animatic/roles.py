"""Characters in a text: their names stand for one private letter each while it is read.

A name may be any words, also such as mean something else; once it is a letter of its own, nothing
can take it for them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

FIRST_LETTER, MOST_ROLES = 0xE000, 64
"""From Unicode's private use area, which no writing uses."""

LETTERS = f"[{chr(FIRST_LETTER)}-{chr(FIRST_LETTER + MOST_ROLES - 1)}]"
PREFIX = "role:"

# Scripts that write no blanks between words have no whole words to look for.
WORD = r"[^\W\u2e80-\U0003ffff]"


def lettered(text: str, names: Sequence[str]) -> str:
    """`text` with a letter for every `@name` and every name of `names` in it.

    Capitals count, unless the text never spells the name so. Of overlapping names the longest
    is meant.
    """
    clean = re.sub(LETTERS, " ", text)
    for name in sorted(names, key=len, reverse=True):
        letter = f" {chr(FIRST_LETTER + names.index(name))} "
        exact = re.compile(_pattern(name))
        any_case = re.compile(_pattern(name), re.IGNORECASE)
        clean = (exact if exact.search(clean) else any_case).sub(letter, clean)
    return clean


def spelled(text: str, names: Sequence[str]) -> str:
    """`text` with the names back in the place of their letters."""
    named = re.sub(LETTERS, lambda match: name_of(match.group(), names), text)
    return re.sub(r" {2,}", " ", re.sub(r" (?=['’.,!?;:])", "", named)).strip()


def name_of(letter: str, names: Sequence[str]) -> str:
    """The name that a letter stands for."""
    number = ord(letter) - FIRST_LETTER
    return names[number] if number < len(names) else ""


def glyph_of(name: str) -> str:
    """The name of the artwork that shows the character."""
    return PREFIX + name


def is_role(glyph: str) -> bool:
    """Whether a glyph is a character's picture."""
    return glyph.startswith(PREFIX)


def _pattern(name: str) -> str:
    written = re.escape(name)
    begins = rf"(?<!{WORD})" if re.match(WORD, name[0]) else ""
    ends = rf"(?!{WORD})" if re.match(WORD, name[-1]) else ""
    return rf"(?:@|{begins}){written}{ends}"
