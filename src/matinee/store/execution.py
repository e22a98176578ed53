"""How the statements of a transaction are run."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Protocol

from matinee.store.rows import Row
from matinee.store.statements import Statement


class Cursor(Protocol):
    """What a driver gives for a statement that was run."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement wrote."""

    def fetchone(self) -> Row | None:
        """The next row."""

    def fetchall(self) -> list[Any]:
        """The rows that are left."""


class Execute(Protocol):
    """Runs a statement where the transaction is open."""

    def __call__(self, statement: Statement, **values: object) -> Cursor: ...


class Read(Protocol):
    """Runs a statement outside of transactions; all its rows."""

    def __call__(self, statement: Statement, **values: object) -> Awaitable[list[Row]]: ...
