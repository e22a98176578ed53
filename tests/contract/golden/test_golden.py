"""The wire as it is written down: whoever changes it shows the change.

`MATINEE_UPDATE_GOLDEN=1` writes the files anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.contract.golden.scenes import SCENES
from tests.contract.golden.stage import Stage
from tests.houses import a_house

HERE = Path(__file__).parent
UPDATES = os.environ.get("MATINEE_UPDATE_GOLDEN") == "1"


@pytest.mark.parametrize("name", SCENES)
async def test_an_exchange_is_as_it_is_written_down(name: str, tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        stage = Stage(house)
        await SCENES[name](stage)
    path = HERE / f"{name}.http"
    if UPDATES:
        path.parent.mkdir(exist_ok=True)
        path.write_text(stage.script, encoding="utf-8")
    assert stage.script == path.read_text(encoding="utf-8")


def test_every_file_belongs_to_a_scene() -> None:
    files = {str(path.relative_to(HERE).with_suffix("")) for path in HERE.glob("*/*.http")}
    assert files == set(SCENES)
