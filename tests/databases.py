"""Empty databases of the newest schema: the migrations run once, and every test gets a copy."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from matinee.store.schema import upgrade


def an_empty_database(path: Path) -> Path:
    """The database at `path`, which is made if it is not there already."""
    if not path.exists():
        path.write_bytes(_empty())
    return path


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "matinee.db"
        upgrade(path)
        # Its last connection is closed, so there is no write-ahead log beside it.
        return path.read_bytes()
