"""The settings of a diffusers engine, and what they come to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from matinee.core.errors import SettingsInvalid
from matinee.engines.diffusers.kind import KIND, offers, refuse_without
from matinee.engines.diffusers.roster import known_models, offered_models
from matinee.engines.registry import set_up
from matinee.ports.engine_kind import EngineSetup

TI2V, FAST = "wan2.2-ti2v-5b", "fastwan2.2-ti2v-5b"


def a_setup(folder: Path, **options: Any) -> EngineSetup:
    return set_up(KIND, EngineSetup(name="local", options=options, models_folder=folder))


def put_weights(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    return folder


def test_it_has_every_model_whose_weights_are_here(tmp_path: Path) -> None:
    put_weights(tmp_path / TI2V)
    (tmp_path / "wan2.2-t2v-a14b.part").mkdir()
    assert list(offers(a_setup(tmp_path))) == [TI2V]


def test_it_has_the_models_that_are_named_even_before_they_are_fetched(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put_weights(tmp_path / TI2V)
    assert list(offers(a_setup(tmp_path, models=["Wan2.1-T2V-1.3B"]))) == ["wan2.1-t2v-1.3b"]
    assert "weights missing" in caplog.text


def test_without_any_weights_it_offers_nothing_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert offers(a_setup(tmp_path)) == {}
    assert "no models" in caplog.text


def test_weights_may_lie_elsewhere(tmp_path: Path) -> None:
    elsewhere = put_weights(tmp_path / "disk" / "wan")
    offered = offered_models(a_setup(tmp_path / "models", weights={TI2V: str(elsewhere)}))
    assert offered[TI2V].folder == elsewhere


def test_weights_of_ones_own_are_offered_under_their_own_name(tmp_path: Path) -> None:
    mine = put_weights(tmp_path / "mine")
    setup = a_setup(tmp_path / "models", weights={"mine": str(mine)}, like={"mine": TI2V})
    entry = offered_models(setup)["mine"]
    assert (entry.model.name, entry.model.family, entry.folder) == ("mine", "wan", mine)


def test_turbo_can_do_what_the_few_step_sibling_can(tmp_path: Path) -> None:
    put_weights(tmp_path / TI2V)
    setup = a_setup(tmp_path, models=[TI2V], profile="turbo")
    assert "steps" in offers(setup)[TI2V].options
    put_weights(tmp_path / FAST)
    assert "steps" not in offers(setup)[TI2V].options


def test_additions_may_be_asked_for_where_there_is_a_folder_of_them(tmp_path: Path) -> None:
    put_weights(tmp_path / TI2V)
    assert "loras" not in offers(a_setup(tmp_path))[TI2V].options
    assert "loras" in offers(a_setup(tmp_path, loras=str(tmp_path)))[TI2V].options


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"device": "gpu"}, "'device' is 'gpu', and must be 'auto'"),
        ({"profile": "best"}, "'profile' is 'best', and must be one of 'exact', 'fast', 'turbo'"),
        ({"memory": "little"}, "'memory' is 'little', and must be one of 'auto', 'resident'"),
        ({"speed": "fast"}, "has no setting 'speed'"),
        ({"models": "all"}, "Expected `array`"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(
    tmp_path: Path, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsInvalid, match=says):
        a_setup(tmp_path, **options)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"models": ["sora"]}, "names the model 'sora', which is not known"),
        ({"weights": {"mine": "/x"}}, "Say in 'like' which one it was made from"),
        ({"weights": {"mine": "/x"}, "like": {"mine": "sora"}}, "which is no known model"),
        ({"like": {"mine": TI2V}}, "name its folder in 'weights'"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(
    tmp_path: Path, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsInvalid, match=says):
        offers(a_setup(tmp_path, **options))


def test_without_its_libraries_the_engine_says_what_to_install() -> None:
    with pytest.raises(SettingsInvalid, match=r"'local' needs torch: pip install -e '\.\[diff"):
        refuse_without(["torch"], "local")


def test_every_known_model_has_a_folder_named_like_it(tmp_path: Path) -> None:
    known = known_models(a_setup(tmp_path))
    assert {name: entry.folder.name for name, entry in known.items()} == {n: n for n in known}
