"""Files and functions stay small enough to read; who is larger is named here with a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent.parent / "src" / "matinee"

FILE_LINES, FUNCTION_LINES = 400, 45

LARGE_FILES: dict[str, str] = {}
"""Path within the package, and why it is one file."""

LONG_FUNCTIONS: dict[str, str] = {}
"""`path:function`, and why it is one function."""


def test_no_file_is_longer_than_its_budget() -> None:
    long = {
        str(path.relative_to(PACKAGE)): lines
        for path in sorted(PACKAGE.rglob("*.py"))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES
    }
    assert set(long) == set(LARGE_FILES), long


def test_no_function_is_longer_than_its_budget() -> None:
    long = {name: lines for name, lines in functions() if lines > FUNCTION_LINES}
    assert set(long) == set(LONG_FUNCTIONS), long


def functions() -> Iterator[tuple[str, int]]:
    """Every function with its lines, its docstring left out."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                lines -= len((ast.get_docstring(node, clean=False) or "").splitlines())
                yield f"{path.relative_to(PACKAGE)}:{node.name}", lines
