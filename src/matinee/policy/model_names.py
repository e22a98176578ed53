"""What a model's name says besides the model: `sora-2-pro-landscape-15s`.

Relays put orientation, length and resolution into the name; their clients still send such names.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TypeVar

from matinee.core.errors import UnsupportedParameter
from matinee.core.wish import Orientation, SizeClass

COMMON_NAMES = (
    "sora-2-portrait-10s",
    "sora-2-landscape-10s",
    "sora-2-portrait-15s",
    "sora-2-landscape-15s",
    "sora-2-pro-portrait-15s",
    "sora-2-pro-landscape-15s",
    "sora-2-pro-portrait-25s",
    "sora-2-pro-landscape-25s",
    "sora-2-pro-portrait-hd-15s",
    "sora-2-pro-landscape-hd-15s",
)
"""What programs are given to choose from that can send nothing but a name."""

_BASE = re.compile(
    r"(?:openai/)?sora(?P<version>[-_]?(?:video[-_]?)?2|[-_]video)?(?=$|[-_])", re.IGNORECASE
)
_SECONDS = re.compile(r"([1-9]\d{0,2})s")
_SNAPSHOT = re.compile(r"(?<![^-_])20\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?=$|[-_])")
"""A model's date, as in `sora-2-2025-12-08`: there is one model here, whatever its date."""

_ORIENTATIONS = {each.value: each for each in Orientation}
_CLASSES = {
    "hd": SizeClass.LARGE,
    "large": SizeClass.LARGE,
    "1080p": SizeClass.LARGE,
    "720p": SizeClass.SMALL,
}
_SAYING_NOTHING = frozenset({"pro", "all", "chat", "guanzhuan", "yijia"})
"""Besides the tier, which is read apart: words of relays that steer their own routing."""

_CHARACTERS = frozenset({"character", "characters"})
_TAIL = re.compile(r"[a-z][a-z0-9.]*")
"""A relay's own word, of which nothing is known. A number is none: it says of something else what
we would get wrong."""

_MISTYPED = 0.8
"""How alike two words are, 0 to 1, of which one is probably the other with a slip in it."""

_Said = TypeVar("_Said")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelName:
    """A name taken apart. `model` is the public model it means: `sora-2` or `sora-2-pro`."""

    model: str
    orientation: Orientation | None = None
    seconds: int | None = None
    size_class: SizeClass | None = None
    unknown: tuple[str, ...] = ()
    """Parts that were passed over."""


def parse_model_name(name: str) -> ModelName | None:
    """Read a Sora-like name, its parts in any order and case; None if it is no such name.

    A relay's own words are passed over behind a version (`sora-2-xyz`), and not behind a bare
    `sora`, where they may be the version of something else (`sora-turbo`). A name that says two
    different things of the same is none. Raises UnsupportedParameter for a model of characters.
    Source: relay-dialects, the grammar of model names.
    """
    base = _BASE.match(name)
    if base is None:
        return None
    rest = _SNAPSHOT.sub("", name[base.end() :].lower(), count=1)
    parts = [part for part in re.split(r"[-_]", rest) if part]
    if _CHARACTERS.intersection(parts):
        raise UnsupportedParameter(
            f"The model '{name}' makes characters, not films: POST /v1/videos/characters makes one "
            "of a film.",
            param="model",
        )
    orientations = {_ORIENTATIONS[part] for part in parts if part in _ORIENTATIONS}
    lengths = {int(length.group(1)) for part in parts if (length := _SECONDS.fullmatch(part))}
    classes = {_CLASSES[part] for part in parts if part in _CLASSES}
    unknown = tuple(part for part in parts if not _is_known(part))
    takes_tails = base.group("version") is not None
    if unknown and not (takes_tails and all(_is_tail(part) for part in unknown)):
        return None
    if max(len(orientations), len(lengths), len(classes)) > 1:
        return None
    return ModelName(
        model="sora-2-pro" if "pro" in parts else "sora-2",
        orientation=_only(orientations),
        seconds=_only(lengths),
        size_class=_only(classes),
        unknown=unknown,
    )


def _is_known(part: str) -> bool:
    known = part in _ORIENTATIONS or part in _CLASSES or part in _SAYING_NOTHING
    return known or _SECONDS.fullmatch(part) is not None


def _is_tail(part: str) -> bool:
    """Whether it may be a relay's own word. What is nearly a word of ours is that, mistyped."""
    ours = (*_ORIENTATIONS, *_CLASSES)
    mistyped = difflib.get_close_matches(part, ours, n=1, cutoff=_MISTYPED)
    return _TAIL.fullmatch(part) is not None and not mistyped


def _only(said: set[_Said]) -> _Said | None:
    return next(iter(said), None)
