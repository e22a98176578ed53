"""An object store for the tests here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.cables import Cable
from tests.objects import ObjectStore, the_object_store


@pytest.fixture
def object_store() -> ObjectStore:
    """A store that all tests share, each with a prefix of its own."""
    return the_object_store()


@pytest.fixture
async def cable(object_store: ObjectStore) -> AsyncIterator[Cable]:
    """The way to the store, which can be cut."""
    async with Cable(object_store.port).laid() as cable:
        yield cable
