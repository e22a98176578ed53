"""Engines and routes as the settings have them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from matinee.core.errors import SettingsInvalid
from matinee.core.route import Route
from matinee.data_folder import DataFolder
from matinee.engine_room import MODELS, ConfiguredEngine, configured_engines, routes_to
from matinee.engines.diffusers.kind import KIND as DIFFUSERS
from matinee.engines.diffusers.roster import DiffusersOptions
from matinee.ports.engine_kind import EngineSetup
from matinee.settings import Settings

OPENAI = {"kind": "openai", "base_url": "http://a.example/v1"}
LIKE_WAN = {"like": "wan2.2-ti2v-5b"}


def routes(folder: Path, *, needs_key: bool = False, **values: Any) -> dict[str, Route]:
    settings = msgspec.convert(values, Settings)
    engines = configured_engines(settings, DataFolder(folder))
    return dict(routes_to(engines, settings, needs_key=needs_key).by_model)


def engines_of(route: Route) -> list[str]:
    return [target.engine for target in route.targets]


def test_without_settings_every_model_leads_to_the_animatic(tmp_path: Path) -> None:
    listed = routes(tmp_path)
    assert engines_of(listed["sora-2"]) == engines_of(listed["sora-2-pro"]) == ["animatic"]


def test_test_models_are_listed_as_such_and_only_if_wanted(tmp_path: Path) -> None:
    listed = routes(tmp_path)
    tests = {name for name, route in listed.items() if route.is_test}
    assert tests == {f"test-{kind}" for kind in ("instant", "slow", "fails", "moderated", "drops")}
    assert [name for name, route in listed.items() if route.cuts_streams] == ["test-drops"]
    assert set(routes(tmp_path, needs_key=True)) == listed.keys() - tests
    assert set(routes(tmp_path, needs_key=True, test_models=True)) == set(listed)


def test_test_models_take_whatever_the_real_ones_take(tmp_path: Path) -> None:
    listed = routes(tmp_path)
    real, test = listed["sora-2"].capabilities, listed["test-instant"].capabilities
    assert set(real.sizes) <= set(test.sizes)
    assert set(real.relations) <= set(test.relations)
    assert test.min_seconds <= real.min_seconds <= real.max_seconds <= test.max_seconds
    assert {model.name for model in MODELS} <= set(listed)


def test_a_model_leads_to_the_engines_that_the_settings_name_in_their_order(
    tmp_path: Path,
) -> None:
    engines = {"slow": {"kind": "rehearsal-slow", "slots": 3}}
    steps = [{"engine": "slow", "max_seconds": 10, "sizes": ["1280x720"]}, {"engine": "animatic"}]
    route = routes(tmp_path, engines=engines, models={"film-1": steps})["film-1"]
    assert engines_of(route) == ["slow", "animatic"]
    first = route.targets[0].capabilities
    assert ([str(size) for size in first.sizes], first.max_seconds) == (["1280x720"], 10)
    assert route.capabilities.max_seconds == 25


def test_an_engine_of_the_operator_s_is_a_model_by_its_name(tmp_path: Path) -> None:
    listed = routes(tmp_path, engines={"slow": {"kind": "rehearsal-slow"}})
    assert engines_of(listed["slow"]) == ["slow"]


def test_a_model_that_several_engines_have_leads_to_all_of_them(tmp_path: Path) -> None:
    one = {"kind": "sglang", "base_url": "http://a.example", "models": {"wan": LIKE_WAN}}
    engines = {"one": one, "two": {**one, "base_url": "http://b.example"}}
    assert engines_of(routes(tmp_path, engines=engines)["wan"]) == ["one", "two"]


def test_a_model_whose_weights_are_not_here_is_refused_with_the_way_to_get_them() -> None:
    setup = EngineSetup(name="gpu", options=DiffusersOptions())
    engine = ConfiguredEngine(kind=DIFFUSERS, setup=setup, table={}, models={}, slots=1)
    with pytest.raises(SettingsInvalid, match=r"matinee models pull wan2\.2-ti2v-5b$"):
        engine.target("wan2.2-ti2v-5b")


def examples() -> list[dict[str, Any]]:
    """The settings that the page about engines shows, but for those that need a GPU's libraries."""
    page = (Path(__file__).parents[2] / "docs" / "engines.md").read_text()
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    return [tomllib.loads(block) for block in blocks if "diffusers" not in block]


@pytest.mark.parametrize("values", examples())
def test_the_page_s_examples_are_settings_that_can_be_used(
    tmp_path: Path, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for engine in values["engines"].values():
        if "api_key_env" in engine:
            monkeypatch.setenv(engine["api_key_env"], "secret")
    listed = routes(tmp_path, **values)
    for model, steps in values["models"].items():
        assert engines_of(listed[model]) == [step["engine"] for step in steps]


@pytest.mark.parametrize(
    ("values", "said", "param"),
    [
        ({"engines": {"gpu": {}}}, "'gpu' has no kind", "engines.gpu.kind"),
        ({"engines": {"gpu": {"kind": "none"}}}, "There is no kind of engine 'none'", None),
        ({"engines": {"a": {"kind": "animatic", "slots": 0}}}, "slots = 0", "engines.a.slots"),
        (
            {"engines": {"a": {"kind": "animatic", "slots": True}}},
            "slots = True",
            "engines.a.slots",
        ),
        ({"engines": {"a": {"kind": "animatic", "slots": 10**9}}}, "to 10000", "engines.a.slots"),
        ({"engines": {"a": {"kind": "animatic", "x": 1}}}, "no setting 'x'", "engines.a"),
        ({"models": {"m": [{"engine": "gpu"}]}}, "the engine 'gpu', which is not here", "models"),
        ({"models": {"m": []}}, "'m' has no engine", "models"),
        (
            {"models": {"m": [{"engine": "animatic", "model": "wan"}]}},
            "'animatic' has no model 'wan'",
            "models",
        ),
        (
            {"engines": {"a": OPENAI}, "models": {"m": [{"engine": "a"}]}},
            "'a' must be told which model is meant",
            "models",
        ),
        (
            {"models": {"m": [{"engine": "animatic", "sizes": ["64x64"]}]}},
            "for the size '64x64'",
            "models",
        ),
        (
            {"models": {"m": [{"engine": "animatic", "min_seconds": 20, "max_seconds": 5}]}},
            "for 20 to 5 seconds",
            "models",
        ),
    ],
)
def test_what_leads_nowhere_is_refused_by_name(
    tmp_path: Path, values: dict[str, Any], said: str, param: str | None
) -> None:
    with pytest.raises(SettingsInvalid, match=said) as refused:
        routes(tmp_path, **values)
    assert refused.value.param == param
