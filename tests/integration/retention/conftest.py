"""A house of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.houses import House, a_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A server without engines, on an empty folder, in the present: files have a real age."""
    async with a_house(tmp_path) as house:
        house.clock.at = datetime.now(UTC)
        yield house


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A client of it, on the same machine and without a key."""
    async with house.client() as client:
        yield client
