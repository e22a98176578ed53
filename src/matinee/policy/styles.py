"""Styles by name: a look where the engine has one, and words in the prompt everywhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from matinee.core.route import Route, Style, Target
from matinee.core.wish import VideoWish
from matinee.policy.storyboards import prompt_of

_NAME = re.compile(r"[a-z0-9][a-z0-9 _-]{0,39}")
_WORDS = ("look", "prefix", "suffix")


@dataclass(frozen=True, slots=True)
class Styles:
    """Every style there is."""

    by_name: Mapping[str, Style]

    def offered(self, route: Route) -> Route:
        """`route` with every style on offer, whatever looks its engines have."""
        return replace(route, targets=tuple(self._offered(target) for target in route.targets))

    def _offered(self, target: Target) -> Target:
        looks = target.capabilities.styles
        names = (*looks, *(name for name in self.by_name if name not in looks))
        meant = tuple(
            replace(style, look=_look_among(looks, style)) for style in self.by_name.values()
        )
        able = replace(target.capabilities, styles=names)
        return replace(target, capabilities=able, styles=meant)


def parse_styles(tables: Mapping[str, Any]) -> Styles:
    """The styles of a TOML file. Raises ValueError saying what is wrong and where."""
    return Styles({name: _parse_style(name, table) for name, table in tables.items()})


def dress(wish: VideoWish, target: Target) -> VideoWish:
    """`wish` in what `target` means by its style: a look of the engine, or words in the prompt."""
    style = next((each for each in target.styles if each.name == wish.style), None)
    if style is None or style.look == style.name:
        return wish
    if style.look is not None:
        return replace(wish, style=style.look)
    said = (style.prefix, prompt_of(wish), style.suffix)
    return replace(wish, style=None, prompt="\n".join(words for words in said if words))


def _look_among(looks: tuple[str, ...], style: Style) -> str | None:
    """Which of an engine's `looks` the style means: the one of its own name before another."""
    if style.name in looks:
        return style.name
    return style.look if style.look in looks else None


def _parse_style(name: str, table: Any) -> Style:
    if not _NAME.fullmatch(name):
        raise ValueError(f"the name '{name}' must be of small letters, digits, '-' and '_'")
    if not isinstance(table, Mapping):
        raise ValueError(f"'{name}' must be a table, such as [{name}]")
    for key, words in table.items():
        if key not in _WORDS:
            raise ValueError(f"'{name}.{key}' is unknown: there are {', '.join(_WORDS)}")
        if not isinstance(words, str):
            raise ValueError(f"'{name}.{key}' must be a text")
    if not any(table.values()):
        raise ValueError(f"'{name}' says nothing: give it a look, a prefix or a suffix")
    return Style(
        name=name,
        look=table.get("look") or None,
        prefix=table.get("prefix", "").strip(),
        suffix=table.get("suffix", "").strip(),
    )
