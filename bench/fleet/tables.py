"""Tables as the documents have them."""

from __future__ import annotations

_MINUTE_S, _HOUR_S = 60, 3600


class Table:
    """A table that is filled row by row."""

    def __init__(self, *head: str) -> None:
        self._rows: list[tuple[str, ...]] = [head, tuple("---" for _ in head)]

    def add(self, *cells: object) -> None:
        """One more row."""
        self._rows.append(tuple(str(cell) for cell in cells))

    def __str__(self) -> str:
        return "\n".join(f"| {' | '.join(row)} |" for row in self._rows)


def in_percent(share: float) -> str:
    """A share as people say it."""
    return f"{100 * share:.0f} %"


def in_seconds(seconds: float) -> str:
    """A time as people say it, to two digits or so."""
    if seconds < 0.05:
        return "0 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 10 * _MINUTE_S:
        return f"{seconds:.0f} s"
    if seconds < 3 * _HOUR_S:
        return f"{seconds / _MINUTE_S:.0f} min"
    return f"{seconds / _HOUR_S:.1f} h"


def in_words(number: float) -> str:
    """A number to two digits where it has more."""
    if number <= 0:
        return "0"
    if number < 10:
        return f"{number:.2g}"
    digits = max(0, len(str(int(number))) - 2)
    return f"{round(number, -digits):,.0f}"


def in_tenths(number: float) -> str:
    """A number of which less than a tenth does not matter."""
    return "0" if number < 0.05 else in_words(number)


def in_bytes(size: float) -> str:
    """A size in the unit that fits."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000:
            return f"{in_words(size)} {unit}"
        size /= 1000
    return f"{in_words(size)} PB"
