"""How the word tables of this folder are written down."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Meaning = TypeVar("Meaning", bound=Hashable)


def by_phrase(table: Mapping[Meaning, str]) -> dict[str, Meaning]:
    """Phrase to meaning, from meaning to comma separated phrases.

    Phrases are lower case and singular, without hyphens: `close up`, not `close-ups`.
    """
    return {phrase: meaning for meaning, listed in table.items() for phrase in phrases(listed)}


def phrases(listed: str) -> frozenset[str]:
    """The comma separated phrases."""
    return frozenset(" ".join(phrase.split()) for phrase in listed.split(",") if phrase.strip())


def names(listed: str) -> frozenset[str]:
    """The blank separated words."""
    return frozenset(listed.split())
