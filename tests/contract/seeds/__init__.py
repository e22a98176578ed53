"""The examples of the five pages that the formats come from, byte for byte, and their reader."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

_FOLDER = Path(__file__).parent


def chat_example() -> dict[str, Any]:
    """The example body of the first page, from its YAML."""
    return _yaml("000-example.yaml")


def chat_json() -> bytes:
    """The example body of the second page, as it stands there."""
    return (_FOLDER / "001-example.json").read_bytes()


def chat_curl() -> list[str]:
    """The arguments of the second page's cURL line.

    Its shell quoting is mended: apostrophes inside the body, and line ends that became blanks.
    """
    line = (_FOLDER / "001-curl.txt").read_text(encoding="utf-8").strip()
    start, end = line.index("-d '") + len("-d '"), len(line) - 1
    body = line[start:end].replace("'", "'\\''")
    command = line[:start].replace("\\ -", "-") + body + line[end:]
    return shlex.split(command)


def unified_example() -> dict[str, Any]:
    """The example body of the fourth page, from its YAML."""
    return _yaml("003-example.yaml")


def _yaml(name: str) -> dict[str, Any]:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    lines = [line for line in dedent(text).splitlines()[1:] if line.strip()]
    return _mapping(dedent("\n".join(lines)).splitlines())


def _mapping(lines: list[str]) -> dict[str, Any]:
    """The little YAML that the examples use: scalars, folded text, lists of mappings."""
    values: dict[str, Any] = {}
    for head, inner in _blocks(lines):
        key, _, text = head.partition(":")
        if text.strip() == ">-":
            values[key] = " ".join(line.strip() for line in inner)
        elif inner:
            values[key] = _listed(dedent("\n".join(inner)).splitlines())
        else:
            values[key] = _scalar(text.strip())
    return values


def _listed(lines: list[str]) -> list[Any]:
    """A list of mappings, each begun by a dash."""
    items: list[list[str]] = []
    for line in lines:
        if line.startswith("- "):
            items.append([])
        items[-1].append("  " + line[2:] if line.startswith("- ") else line)
    return [_mapping(dedent("\n".join(item)).splitlines()) for item in items]


def _blocks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Every line without indent, with the indented ones below it."""
    starts = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield lines[start], lines[start + 1 : end]


def _scalar(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
