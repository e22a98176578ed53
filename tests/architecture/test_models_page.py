"""The page of models says what the catalogue says."""

from __future__ import annotations

from pathlib import Path

import pytest

from matinee.core.open_models import CATALOGUE, OpenModel
from matinee.engines.diffusers.memory import MemoryPolicy
from matinee.engines.diffusers.profiles import Profile
from matinee.engines.diffusers.roster import DiffusersOptions

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "models.md"


def row(model: OpenModel) -> str:
    ways = (("text", model.takes_text), ("image", model.takes_image))
    columns = (
        f"`{model.name}`",
        model.repository,
        model.licence.name,
        " or ".join(way for way, is_there in ways if is_there)
        + (", with sound" if model.has_sound else ""),
        f"{model.sizes[0]}, {model.fps} fps, {model.max_frames / model.fps:.0f} s",
        str(model.steps),
        f"{model.download_bytes / 1e9:.0f} GB",
        f"{model.weights_bytes / 1e9:.0f} GB",
    )
    return f"| {' | '.join(columns)} |"


@pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.name)
def test_the_page_has_every_model_as_the_catalogue_has_it(model: OpenModel) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert row(model) in text
    assert f"| {model.licence.name} |" in text


def test_the_page_has_every_setting_of_the_engine() -> None:
    text = PAGE.read_text(encoding="utf-8")
    settings = [f"| `{name}` |" for name in DiffusersOptions.__dataclass_fields__]
    words = [f'`"{word}"`' for word in (*MemoryPolicy, *Profile)]
    assert [each for each in (*settings, *words) if each not in text] == []
