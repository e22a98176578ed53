"""Every suite here runs on every adapter of its port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from matinee.ports.store import Store
from tests.contract.stores import STORES, SqliteStores


@pytest.fixture(params=STORES)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqliteStores]:
    """Opens stores on one empty database."""
    stores = STORES[request.param](tmp_path)
    yield stores
    await stores.close()


@pytest.fixture
def store(stores: SqliteStores) -> Store:
    """A store on an empty database."""
    return stores.open()
