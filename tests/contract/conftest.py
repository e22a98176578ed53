"""Every suite here runs on every adapter of its port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from matinee.ports.store import Store
from tests.contract.stores import STORES, Stores


@pytest.fixture(params=STORES)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    """Opens stores on one empty database."""
    with STORES[request.param](tmp_path) as stores:
        yield stores
        await stores.close()


@pytest.fixture
def store(stores: Stores) -> Store:
    """A store on an empty database."""
    return stores.open()
