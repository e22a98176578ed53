"""What a request says of how a model draws, by every name that clients use for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from matinee.core.errors import InvalidRequest
from matinee.core.video import LORA_NAME, Lora, SamplingOptions
from matinee.web.body import parse_json
from matinee.web.fields import Fields, mistyped, unsupported

OPTION_FIELDS: Mapping[str, tuple[str, ...]] = {
    "steps": ("steps", "num_inference_steps", "infer_steps", "step"),
    "guidance": ("guidance_scale", "guidance", "cfg_scale"),
    "fps": ("fps", "frame_rate", "target_fps"),
    "loras": ("loras", "lora", "lora_name"),
    "lora_weight": ("lora_scale", "lora_strength", "lora_weight"),
}
"""Source: inference-peers 1.3, what the servers of open models call them."""

MOST_STEPS, MOST_GUIDANCE, MOST_FPS = 200, 30.0, 120
MOST_LORAS, MOST_WEIGHT = 8, 4.0
MOST_NEGATIVE_CHARACTERS = 8000

_WEIGHTS = ("weight", "scale", "strength")
_NAMES = ("name", "lora_name", "path")


def parse_options(fields: Fields) -> SamplingOptions:
    """The options among `fields`. Raises an InvalidRequest that names the field."""
    negative = fields.text("negative_prompt")
    if negative is not None and len(negative) > MOST_NEGATIVE_CHARACTERS:
        raise InvalidRequest(
            f"The negative prompt has {len(negative)} characters; at most "
            f"{MOST_NEGATIVE_CHARACTERS} fit.",
            param=fields.spelling("negative_prompt"),
        )
    return SamplingOptions(
        negative_prompt=negative,
        steps=_whole_within(fields, "steps", MOST_STEPS),
        guidance=_parse_guidance(fields),
        loras=_parse_loras(fields),
    )


def parse_fps(fields: Fields) -> int | None:
    """The frame rate that is wished for. Raises an InvalidRequest that names the field."""
    return _whole_within(fields, "fps", MOST_FPS)


def _whole_within(fields: Fields, name: str, most: int) -> int | None:
    value = fields.whole(name)
    if value is not None and not 1 <= value <= most:
        raise unsupported(fields.spelling(name), value, f"whole numbers from 1 to {most}")
    return value


def _parse_guidance(fields: Fields) -> float | None:
    value = fields.value("guidance")
    if value is None:
        return None
    return _number(fields.spelling("guidance"), value, least=0.0, most=MOST_GUIDANCE)


def _parse_loras(fields: Fields) -> tuple[Lora, ...]:
    """Names, `name:0.8`, objects with a name and a weight, a table of both, or JSON of any."""
    value = fields.value("loras")
    if value is None:
        return ()
    param = fields.spelling("loras")
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        value = parse_json(value.encode(), what=f"The text of '{param}'", param=param)
    if isinstance(value, Mapping) and not any(name in value for name in _NAMES):
        value = [{"name": name, "weight": weight} for name, weight in value.items()]
    listed = value if isinstance(value, list) else [value]
    if len(listed) > MOST_LORAS:
        raise unsupported(param, f"{len(listed)} of them", f"up to {MOST_LORAS}")
    otherwise = fields.value("lora_weight")
    return tuple(
        _parse_lora(param if len(listed) == 1 else f"{param}[{number}]", each, otherwise)
        for number, each in enumerate(listed)
    )


def _parse_lora(param: str, value: Any, otherwise: Any) -> Lora:
    weight = otherwise
    if isinstance(value, Mapping):
        weight = next((value[name] for name in _WEIGHTS if value.get(name) is not None), otherwise)
        value = next((value[name] for name in _NAMES if value.get(name) is not None), None)
    if not isinstance(value, str):
        raise mistyped(param, "the name of a LoRA", value)
    name, colon, behind = value.strip().partition(":")
    if colon:
        weight = behind
    if not LORA_NAME.fullmatch(name):
        raise unsupported(param, value, "names such as 'ink' or 'ink:0.8', without folders")
    return Lora(
        name=name,
        weight=1.0 if weight is None else _number(param, weight, least=-4.0, most=MOST_WEIGHT),
    )


def _number(param: str, value: Any, *, least: float, most: float) -> float:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise mistyped(param, "a number", value)
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not least <= number <= most:
        raise unsupported(param, value, f"numbers from {least:g} to {most:g}")
    return number
