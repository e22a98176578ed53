"""What every test here leaves behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def sockets_of_those_who_left() -> Iterator[None]:
    """Find them in the test that left them, not in a later one."""
    yield
    gc.collect()
