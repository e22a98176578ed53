"""What a model's name says besides the model: `sora-2-pro-landscape-15s`.

Relays put orientation, length and resolution into the name; their clients still send such names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from matinee.core.wish import Orientation, SizeClass

_BASE = re.compile(r"sora[-_]?(?:video[-_]?)?2?(?=$|[-_])", re.IGNORECASE)
_SECONDS = re.compile(r"(\d{1,2})s")
_ORIENTATIONS = {each.value: each for each in Orientation}
_LARGE = frozenset({"hd", "large"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelName:
    """A name taken apart. `model` is the public model it means: `sora-2` or `sora-2-pro`."""

    model: str
    orientation: Orientation | None = None
    seconds: int | None = None
    size_class: SizeClass | None = None


def parse_model_name(name: str) -> ModelName | None:
    """Read a Sora-like name, its parts in any order and case; None if it is no such name.

    Parts that mean nothing here (`all`, `chat`, a vendor's tail) are passed over.
    Source: relay-dialects, the grammar of model names.
    """
    base = _BASE.match(name)
    if base is None:
        return None
    parts = [part for part in re.split(r"[-_]", name[base.end() :].lower()) if part]
    lengths = [int(length.group(1)) for part in parts if (length := _SECONDS.fullmatch(part))]
    orientations = [_ORIENTATIONS[part] for part in parts if part in _ORIENTATIONS]
    return ModelName(
        model="sora-2-pro" if "pro" in parts else "sora-2",
        orientation=orientations[0] if orientations else None,
        seconds=lengths[0] if lengths else None,
        size_class=SizeClass.LARGE if _LARGE.intersection(parts) else None,
    )
