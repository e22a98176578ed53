"""What the tests of all worlds share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _no_search_for_cycles() -> Iterator[None]:
    """Coroutines that were killed lie in cycles, and beside all else that a long run of tests
    holds it takes most of the time to look for them again and again.
    """
    gc.disable()
    yield
    gc.enable()
    gc.collect()
