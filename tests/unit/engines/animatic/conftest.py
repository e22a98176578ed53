"""What the tests of whole films share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from matinee.engines.animatic.farm import Farm
from matinee.engines.animatic.reference import build_reference
from matinee.engines.animatic.scene_studio import SceneStudio
from tests.unit.engines.animatic.making import FilmFarm


@pytest.fixture
async def farm() -> AsyncIterator[FilmFarm]:
    """A farm of two processes that builds everything an engine's does."""
    async with Farm(SceneStudio(build_picture=build_reference), workers=2) as farm:
        yield farm
