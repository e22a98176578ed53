"""Storyboards in every form that clients write: lists of scenes, JSON as text, or marked text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from matinee.core.errors import InvalidRequest, MissingParameter
from matinee.core.video import Scene
from matinee.web.body import parse_json
from matinee.web.fields import clean_text, mistyped, unsupported

_MARK = re.compile(r"\[\s*(\d{1,4}(?:\.\d{1,6})?)\s*s(?:ec|econds?)?\s*\]", re.IGNORECASE)
"""`[5.0s]`, which stands before its scene. Source: relay-dialects, what goes into a prompt."""

_LENGTH = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)\s*s?", re.IGNORECASE | re.ASCII)
_LISTS = ("shots", "storyboard", "scenes")
_TEXTS = ("prompt", "scene", "text")
_LENGTHS = ("duration", "seconds")
_MOST_MARKS = 1000
"""No engine follows so many scenes: behind the last of these marks, marks are only text."""

_MOST_S = 1000.0
"""No scene is longer; what an engine can make is checked later."""


def parse_storyboard(param: str, value: Any) -> tuple[Scene, ...]:
    """The scenes that `value` holds, which came in the field `param`; none for an empty value.

    A list of objects with a text and perhaps a length, a list of texts, an object with the list in
    `shots`, one scene alone, JSON of any of these as text, or text with a length such as `[5.0s]`
    before each scene. Raises an InvalidRequest that names the place.
    """
    if isinstance(value, str):
        value = _parse_text(param, value)
    if isinstance(value, Mapping):
        value = _listed(value)
    if value is None:
        return ()
    if isinstance(value, tuple):
        return value
    if not isinstance(value, list):
        raise mistyped(param, "an array of scenes", value)
    if len(value) == 1 and isinstance(value[0], str):
        return parse_storyboard(param, value[0])
    return tuple(_parse_scene(f"{param}[{number}]", each) for number, each in enumerate(value))


def find_storyboard(text: str) -> tuple[tuple[Scene, ...], str]:
    """The scenes that lengths such as `[5.0s]` mark in `text`, and the text before them.

    A mark with nothing behind it is passed over. Without scenes the text is whole.
    """
    marks = list(islice(_MARK.finditer(text), _MOST_MARKS))
    scenes = []
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(text)
        prompt = text[mark.end() : end].strip()
        seconds = float(mark.group(1))
        if prompt and 0 < seconds <= _MOST_S:
            scenes.append(Scene(prompt=prompt, seconds=seconds))
    if not scenes:
        return (), text.strip()
    return tuple(scenes), text[: marks[0].start()].strip()


def _parse_text(param: str, text: str) -> Any:
    """What a text holds: values read from its JSON, or the scenes that it marks."""
    clean_text(param, text)
    if not text.strip():
        return None
    scenes, before = find_storyboard(text)
    if scenes and before:
        raise InvalidRequest(
            f"The text before the first length such as '[5.0s]' belongs to no scene: put it into "
            f"'prompt', or put a length before it. It begins: '{before[:40]}'.",
            param=param,
        )
    if scenes:
        return scenes
    if text.lstrip()[:1] in ("{", "["):
        return parse_json(text.encode(), what=f"The text of '{param}'", param=param)
    return (Scene(prompt=text.strip()),)


def _listed(value: Mapping[str, Any]) -> Any:
    """The list in an object, or the object itself as the only scene."""
    return next((value[name] for name in _LISTS if name in value), [value])


def _parse_scene(param: str, value: Any) -> Scene:
    if isinstance(value, str):
        return Scene(prompt=_prompt(param, value))
    if not isinstance(value, Mapping):
        raise mistyped(param, "an object or a string", value)
    # One vendor writes `Scene`.
    named = {str(name).lower(): each for name, each in value.items() if each not in (None, "")}
    name = next((name for name in _TEXTS if name in named), None)
    if name is None:
        raise MissingParameter(
            f"Missing required parameter: '{param}.prompt', what the scene shows.",
            param=f"{param}.prompt",
        )
    if not isinstance(named[name], str):
        raise mistyped(f"{param}.{name}", "a string", named[name])
    length = next((each for each in _LENGTHS if each in named), None)
    return Scene(
        prompt=_prompt(f"{param}.{name}", named[name]),
        seconds=_seconds(f"{param}.{length}", named[length]) if length else None,
    )


def _prompt(param: str, text: str) -> str:
    prompt = clean_text(param, text).strip()
    if not prompt:
        raise MissingParameter("The scene is empty: describe what it shows.", param=param)
    return prompt


def _seconds(param: str, value: Any) -> float:
    if isinstance(value, str) and (spelled := _LENGTH.fullmatch(value.strip())):
        value = float(spelled.group(1))
    if isinstance(value, str):
        raise unsupported(param, value, f"seconds above 0 and up to {_MOST_S:.0f}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise mistyped(param, "a number", value)
    if not (0 < value <= _MOST_S) or math.isnan(value):
        raise unsupported(param, value, f"seconds above 0 and up to {_MOST_S:.0f}")
    return float(value)
