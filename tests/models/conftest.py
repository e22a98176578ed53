"""Each tiny checkpoint is written once a session, when the first test asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.models.tiny import write_tiny


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a model of `TINY_MODELS`, by its name. It is shared: read it, do not write."""

    @cache
    def write(name: str) -> Path:
        return write_tiny(name, tmp_path_factory.mktemp("checkpoints") / name)

    return write
