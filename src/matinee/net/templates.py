"""Requests by a template: what operators write where every model wants its fields otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from matinee.core.errors import SettingsInvalid
from matinee.net.relay import shape_of
from matinee.net.wire import Order
from matinee.ports.engine_kind import EngineSetup

_FIELD = re.compile(r"\{([a-z_]+)(:text)?\}")
_CLASSES = ((480, "480p"), (600, "540p"), (768, "720p"), (1100, "1080p"), (1500, "1440p"))
"""By the shorter side in pixels; `4k` above."""


def values_of(order: Order) -> Mapping[str, Any]:
    """What a template may name; None for what the order does not have."""
    spec, images = order.spec, [image.data_uri for image in order.images]
    sampling = spec.options
    return {
        "model": order.model,
        "prompt": spec.prompt,
        "seconds": spec.seconds,
        "frames": order.frames,
        "fps": spec.fps,
        "size": str(spec.size),
        "width": spec.size.width_px,
        "height": spec.size.height_px,
        "aspect_ratio": shape_of(spec.size),
        "orientation": "portrait" if spec.size.is_portrait else "landscape",
        "resolution": resolution_of(order),
        "seed": spec.seed,
        "style": spec.style,
        "image": images[0] if images else None,
        "images": images or None,
        "negative_prompt": sampling.negative_prompt,
        "steps": sampling.steps,
        "guidance": sampling.guidance,
    }


def resolution_of(order: Order) -> str:
    """The size's usual class, such as `720p`."""
    size = order.spec.size
    short_px = min(size.width_px, size.height_px)
    return next((name for most_px, name in _CLASSES if short_px <= most_px), "4k")


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """`template` with its fields filled in; an entry whose field has no value is left out.

    `"{seconds}"` becomes a number, `"{seconds:text}"` the text of one, `"{seconds}s"` a text.
    Raises KeyError for a field that there is not.
    """
    if isinstance(template, Mapping):
        filled = {name: fill(entry, values) for name, entry in template.items()}
        return {name: entry for name, entry in filled.items() if entry is not None}
    if isinstance(template, list | tuple):
        return [entry for each in template if (entry := fill(each, values)) is not None]
    if not isinstance(template, str):
        return template
    whole = _FIELD.fullmatch(template)
    if whole is not None and not whole.group(2):
        return values[whole.group(1)]
    named = [values[field.group(1)] for field in _FIELD.finditer(template)]
    return None if None in named else fill_text(template, values)


def fill_text(template: str, values: Mapping[str, Any]) -> str:
    """`template` with its fields filled in as text. Raises KeyError for one that there is not."""
    return _FIELD.sub(lambda field: str(values[field.group(1)]), template)


def check_template(setup: EngineSetup, template: Any) -> None:
    """Raise SettingsInvalid unless every field that `template` names is there."""
    unknown = unknown_field(template)
    if unknown is not None:
        listed = ", ".join(f"'{{{name}}}'" for name in sorted(FIELDS))
        raise SettingsInvalid(
            f"The engine '{setup.name}' has the field '{{{unknown}}}' in an 'input', which there "
            f"is not. Fields: {listed}.",
            param=f"engines.{setup.name}",
        )


def unknown_field(template: Any) -> str | None:
    """The first field in `template` that there is not."""
    if isinstance(template, Mapping):
        template = list(template.values())
    if isinstance(template, list | tuple):
        return next((name for each in template if (name := unknown_field(each))), None)
    if not isinstance(template, str):
        return None
    named = (field.group(1) for field in _FIELD.finditer(template))
    return next((name for name in named if name not in FIELDS), None)


FIELDS = frozenset(
    {
        *("model", "prompt", "seconds", "frames", "fps", "size", "width", "height", "aspect_ratio"),
        *("orientation", "resolution", "seed", "style", "image", "images", "negative_prompt"),
        *("steps", "guidance"),
    }
)
"""Every field that a template may name."""
