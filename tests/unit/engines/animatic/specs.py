"""Specs of small films for the tests of the animatic."""

from __future__ import annotations

from typing import Any

from matinee.core.character import Poster
from matinee.core.size import Size
from matinee.core.video import Reference, Relation, Role, Source, VideoSpec

SMALL = Size(192, 108)


def a_spec(prompt: str = "A dog walks through a meadow", **changes: Any) -> VideoSpec:
    """A film of five seconds, quickly drawn: eight frames a second."""
    usual: dict[str, Any] = {"seconds": 5, "size": SMALL, "seed": 3, "fps": 8}
    return VideoSpec(model="animatic", prompt=prompt, **(usual | changes))


def a_source(spec: VideoSpec | None, relation: Relation, **changes: Any) -> Source:
    """The film of `spec`, to be made into another one."""
    usual: dict[str, Any] = {
        "blob_key": "source",
        "size": spec.size if spec is not None else SMALL,
        "seconds": float(spec.seconds) if spec is not None else 5.0,
    }
    return Source(relation=relation, spec=spec, **(usual | changes))


def a_remix(before: VideoSpec, prompt: str, **changes: Any) -> VideoSpec:
    """`before`, remixed."""
    usual = {"seconds": before.seconds, "source": a_source(before, Relation.REMIX)}
    return a_spec(prompt, **(usual | changes))


def an_extension(before: VideoSpec, prompt: str, seconds: int, **changes: Any) -> VideoSpec:
    """`before` with `seconds` more."""
    usual = {
        "seconds": before.seconds + seconds,
        "source": a_source(before, Relation.EXTEND),
        "seed": 4,
    }
    return a_spec(prompt, **(usual | changes))


def a_role(name: str = "Mossy") -> Role:
    """A character; its poster's bytes lie elsewhere."""
    poster = Poster(blob_key="poster", media_type="image/png", width_px=64, height_px=48)
    return Role(name=name, poster=poster)


def a_reference() -> Reference:
    """An image for a first frame; its bytes lie elsewhere."""
    return Reference(blob_key="reference", media_type="image/png", width_px=192, height_px=108)
