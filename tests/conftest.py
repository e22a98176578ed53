"""The order of a whole run."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slow tests first: one that begins last would be waited for by all processes."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
