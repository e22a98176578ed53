"""What the settings say of upstreams and their models."""

from __future__ import annotations

import math
from typing import Any

import pytest

from matinee.core.errors import SettingsInvalid
from matinee.core.route import Capabilities, Marks
from matinee.core.size import Size
from matinee.engines.registry import kind_names, load_kind, set_up
from matinee.net.upstream_options import UpstreamModel, UpstreamOptions, frames_of
from matinee.ports.engine_kind import EngineSetup

URL = "http://gpu-1:30010"


def models(kind: str = "sglang", **table: Any) -> dict[str, Capabilities]:
    loaded = load_kind(kind)
    setup = set_up(loaded, EngineSetup(name="gpu", options={"base_url": URL, **table}))
    return dict(loaded.models(setup))


def test_a_model_may_be_like_an_open_model() -> None:
    able = models(models={"wan": {"like": "wan2.2-ti2v-5b"}})["wan"]
    assert (able.min_seconds, able.max_seconds, able.fps, able.max_references) == (1, 5, 24, 1)
    assert able.options == ("negative_prompt", "steps", "guidance")
    assert not able.has_sound


def test_what_is_said_of_a_model_counts_more_than_what_it_is_like() -> None:
    said = {
        "like": "wan2.2-ti2v-5b",
        "sizes": ["1280x720", "720x1280"],
        "max_seconds": 8,
        "fps": 16,
        "references": 0,
        "sound": True,
        "marks": "always",
        "pace": 30,
    }
    able = models(models={"wan": said})["wan"]
    assert able.sizes == (Size(1280, 720), Size(720, 1280))
    assert (able.max_seconds, able.fps, able.max_references, able.pace) == (8, 16, 0, 30)
    assert able.has_sound
    assert able.marks is Marks.ALWAYS


def test_the_openai_format_needs_no_models_described() -> None:
    able = models("openai")
    assert list(able) == ["*"]
    assert Size(1280, 720) in able["*"].sizes


def test_a_field_that_no_server_takes_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="names the field 'sed'"):
        models("openai", fields=["sed"])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({}, "needs its models described"),
        ({"models": {"wan": {}}}, "needs 'sizes' and 'max_seconds'"),
        ({"models": {"wan": {"sizes": ["1280x720"]}}}, "needs 'sizes' and 'max_seconds'"),
        ({"models": {"wan": {"like": "wan9"}}}, "Known: 'wan2.2-ti2v-5b'"),
        ({"models": {"wan": {"sizes": ["large"], "max_seconds": 5}}}, "'1280x720' are right"),
        (
            {"models": {"wan": {"sizes": ["8x8"], "min_seconds": 9, "max_seconds": 5}}},
            "9 to 5 s",
        ),
        ({"base_url": "gpu-1:30010"}, "'base_url' is no URL"),
        ({"base_url": "http://user:secret@gpu-1"}, "'base_url' is no URL"),
        ({"poll_s": 0}, "'poll_s' must be more than 0"),
        ({"timeout": 5}, "has no setting 'timeout'"),
        ({"timeout_s": math.nan}, "'timeout_s' must be more than 0"),
        ({"outage_s": math.inf}, "'outage_s' must be more than 0"),
        ({"base_url": "http://gpu-1/?key=secret"}, "'base_url' must end with its path"),
        ({"api_key": "secret\n"}, "the key holds a blank, a line end"),
        ({"download_allow": ["10.0.0.0/99"]}, "'download_allow'"),
        ({"models": {"wan": {"fps": 0}}}, "'fps' and 'fps_choices' must be from 1"),
        ({"models": {"wan": {"references": -1}}}, "'references' must be at least 0"),
        ({"models": {"wan": {"pace": math.nan}}}, "'pace' must be more than 0"),
        ({"models": {"wan": {"max_second": 5}}}, "has no setting 'max_second'"),
    ],
)
def test_settings_that_can_not_be_used_say_what_would_be_right(
    table: dict[str, Any], words: str
) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        models(**table)
    assert words in str(refused.value)
    assert "gpu" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_film_gets_as_many_pictures_as_its_model_needs() -> None:
    like = UpstreamModel(like="wan2.2-ti2v-5b")
    assert frames_of(like, 5, 24) == 121
    assert frames_of(like, 3, 15) == 45
    assert frames_of(None, 5, 16) == 81
    assert frames_of(None, 3, 15) == 46


def test_a_key_is_no_part_of_what_is_shown() -> None:
    assert "secret" not in repr(UpstreamOptions(base_url=URL, api_key="secret"))


def test_every_server_of_the_format_is_a_kind() -> None:
    wanted = {"openai", "sglang", "vllm-omni", "fastvideo", "tensorrt-llm"}
    assert wanted <= set(kind_names())
    for name in wanted:
        assert load_kind(name).name == name
