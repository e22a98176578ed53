"""Engines with an upstream, as operators write them in the settings."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from matinee.core.errors import SettingsInvalid
from matinee.core.route import Capabilities
from matinee.engines.registry import load_kind, make_server_engine, set_up
from matinee.engines.unified import UnifiedOptions
from matinee.ports.engine_kind import EngineSetup, Place
from tests.orders import a_setup

WRITTEN = """
[unified]
base_url = "https://relay.example/v1"
api_key = "sk-1"
models."sora-2" = {}
models."veo" = { served_as = "veo3", sizes = ["1280x720"], max_seconds = 8 }

[chat]
base_url = "https://relay.example"
models."sora" = { served_as = "sora_video2-{orientation}-{seconds}s" }

[lightx2v]
base_url = "http://gpu:8000"
steps = 4
models."wan" = { sizes = ["1280x720"], max_seconds = 5, fps = 16 }

[localai]
base_url = "http://gpu:8080"
models."wan" = { sizes = ["1280x720"], max_seconds = 5, fps = 16 }

[veo]
api_key = "key"

[fal]
api_key = "key"
models."acme/lens" = { sizes = ["1280x720"], max_seconds = 6, input = { text = "{prompt}" } }

[replicate]
api_key = "key"
models."kwaivgi/kling-v1.6-standard" = { max_seconds = 5 }
"""
TABLES = tomllib.loads(WRITTEN)


def setup_of(kind: str, **more: Any) -> EngineSetup:
    return set_up(load_kind(kind), EngineSetup(name="far", options=TABLES[kind] | more))


def models_of(kind: str, **more: Any) -> dict[str, Capabilities]:
    return dict(load_kind(kind).models(setup_of(kind, **more)))


@pytest.mark.parametrize("kind", list(TABLES))
async def test_each_is_made_of_a_few_lines(kind: str) -> None:
    loaded = load_kind(kind)
    assert loaded.place is Place.SERVER
    assert models_of(kind)
    engine = make_server_engine(loaded, setup_of(kind))
    assert engine.name == "far"
    await engine.close()


@pytest.mark.parametrize("kind", list(TABLES))
def test_no_key_stands_in_what_is_shown_of_one(kind: str) -> None:
    shown = repr(setup_of(kind, api_key="sk-secret"))
    assert "sk-secret" not in shown


def test_tables_within_tables_are_read() -> None:
    assert models_of("fal")["acme/lens"].max_seconds == 6
    assert models_of("replicate")["kwaivgi/kling-v1.6-standard"].max_seconds == 5
    assert models_of("unified")["veo"].max_seconds == 8


@pytest.mark.parametrize(
    ("kind", "wrong", "what"),
    [
        ("unified", {"query_path": "/v1/video/query"}, "needs the film's id"),
        ("unified", {"base_url": "relay.example"}, "'base_url' is no URL"),
        ("unified", {"input": {"p": "{lens}"}}, "which there is not"),
        ("unified", {"lens": 1}, "has no setting 'lens'"),
        ("unified", {"base_url": None, "lens": 1}, "has no setting 'lens'"),
        ("unified", {"models": {}}, "needs its models described"),
        ("chat", {"query": "/v1/video/query"}, "needs the film's id"),
        ("chat", {"models": {"x": {"served_as": "sora-{lens}"}}}, "which there is not"),
        ("lightx2v", {"steps": 0}, "a whole number from 1"),
        ("fal", {"models": {"acme/lens": {}}}, "needs its fields described"),
    ],
)
def test_what_can_t_be_used_is_said_at_the_start(
    kind: str, wrong: dict[str, Any], what: str
) -> None:
    with pytest.raises(SettingsInvalid, match=what):
        models_of(kind, **wrong)


def test_the_unified_format_s_paths_are_the_usual_ones() -> None:
    options = setup_of("unified").options
    assert isinstance(options, UnifiedOptions)
    assert (options.create_path, options.query_path) == (
        "/v1/video/create",
        "/v1/video/query?id={id}",
    )


@pytest.mark.parametrize("kind", ["veo", "fal", "replicate"])
def test_a_vendor_s_engine_without_a_key_is_refused_at_the_start(kind: str) -> None:
    loaded = load_kind(kind)
    with pytest.raises(SettingsInvalid, match="needs a key") as refused:
        loaded.models(a_setup(loaded.options()))
    assert refused.value.param == "engines.upstream.api_key_env"
