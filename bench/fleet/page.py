"""Keeps docs/scale.md and the code the same: each of its tables stands between two marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.fleet.experiments import EXPERIMENTS
from bench.fleet.inputs import table_of_inputs
from bench.fleet.sizing import table_of_formulas, table_of_limits, table_of_sizes
from bench.fleet.tables import Table

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "scale.md"

MODEL_TABLES: Mapping[str, Callable[[], Table]] = {
    "inputs": table_of_inputs,
    "needs": table_of_sizes,
    "formulas": table_of_formulas,
    "limits": table_of_limits,
}
"""Those that are arithmetic alone."""

TABLES: Mapping[str, Callable[[], Table]] = {**MODEL_TABLES, **EXPERIMENTS}

_BLOCK = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def blocks(text: str) -> dict[str, str]:
    """The tables of a page, by their names."""
    return {name: table.rstrip("\n") for _, name, table, _ in _BLOCK.findall(text)}


def renewed(text: str) -> str:
    """The page with every table as the code has it now."""
    return _BLOCK.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}\n{found[4]}", text)
