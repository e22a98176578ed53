"""Fixtures of the worker's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.worker.workshop import Workshop, a_workshop
from tests.unit.media.films import make_film


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    """A workshop whose engine hands over a film of one second."""
    film = tmp_path / "scripted.mp4"
    await make_film(film, frames=24)
    async with a_workshop(tmp_path, film) as made:
        yield made
