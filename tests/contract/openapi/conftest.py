"""A house, and what it says of itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.contract.openapi.readings import Document, document_of
from tests.houses import House, a_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A whole server."""
    async with a_house(tmp_path) as house:
        yield house


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A client of it."""
    async with house.client() as client:
        yield client


@pytest.fixture
async def document(house: House) -> Document:
    """What the server says of itself."""
    return await document_of(house)
