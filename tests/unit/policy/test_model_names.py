"""What is read from a model's name."""

from __future__ import annotations

import pytest

from matinee.core.errors import UnsupportedParameter
from matinee.core.wish import Orientation, SizeClass
from matinee.policy.model_names import COMMON_NAMES, ModelName, parse_model_name


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sora-2", ModelName(model="sora-2")),
        ("sora2", ModelName(model="sora-2")),
        ("sora", ModelName(model="sora-2")),
        ("sora_video2", ModelName(model="sora-2")),
        ("sora-video", ModelName(model="sora-2")),
        ("openai/sora-2-pro", ModelName(model="sora-2-pro")),
        ("sora-2-2025-12-08", ModelName(model="sora-2")),
        ("sora-2-pro-20251006", ModelName(model="sora-2-pro")),
        ("sora-2-guanzhuan", ModelName(model="sora-2")),
        ("sora-all", ModelName(model="sora-2")),
        ("sora-2-720p", ModelName(model="sora-2", size_class=SizeClass.SMALL)),
        ("sora-2-large", ModelName(model="sora-2", size_class=SizeClass.LARGE)),
        ("sora-2-pro", ModelName(model="sora-2-pro")),
        ("sora-2-pro-all", ModelName(model="sora-2-pro")),
        (
            "sora_video2-landscape-15s",
            ModelName(model="sora-2", orientation=Orientation.LANDSCAPE, seconds=15),
        ),
        (
            "SORA-2-HD-25s-pro-portrait-chat",
            ModelName(
                model="sora-2-pro",
                orientation=Orientation.PORTRAIT,
                seconds=25,
                size_class=SizeClass.LARGE,
            ),
        ),
    ],
)
def test_parts_of_a_name_are_read_in_any_order_and_case(name: str, meant: ModelName) -> None:
    assert parse_model_name(name) == meant


@pytest.mark.parametrize(
    ("name", "tails"),
    [("sora-2-xyz", ("xyz",)), ("sora2-pro-v1-10s-acme", ("v1", "acme")), ("sora-video-x", ("x",))],
)
def test_a_relay_s_own_words_are_passed_over_and_told(name: str, tails: tuple[str, ...]) -> None:
    parsed = parse_model_name(name)
    assert parsed is not None
    assert parsed.unknown == tails


@pytest.mark.parametrize(
    "name",
    [
        *("", "veo-3", "gpt-4o", "soraka", "sorafoo-2", "my-sora-2"),
        *("sora-99", "sora-3", "sora-1", "sora-2.5", "sora-turbo", "sora-image"),
        *("sora-2-99", "sora-2-0s", "sora-2-2025-13-40", "sora-2-$"),
    ],
)
def test_another_name_is_no_such_name(name: str) -> None:
    assert parse_model_name(name) is None


@pytest.mark.parametrize("name", ["sora-2-portrait-landscape", "sora-2-10s-15s", "sora-2-hd-720p"])
def test_a_name_that_contradicts_itself_is_no_name(name: str) -> None:
    assert parse_model_name(name) is None


@pytest.mark.parametrize("name", ["sora-2-characters", "sora-2-pro-Character"])
def test_a_model_of_characters_leads_to_their_own_endpoint(name: str) -> None:
    with pytest.raises(UnsupportedParameter, match="/v1/videos/characters") as caught:
        parse_model_name(name)
    assert caught.value.param == "model"


def test_every_common_name_says_all_that_it_says() -> None:
    parsed = [parse_model_name(name) for name in COMMON_NAMES]
    assert all(name is not None and not name.unknown for name in parsed)
    assert all(name is not None and name.seconds and name.orientation for name in parsed)


@pytest.mark.parametrize("name", ["sora-2-landscpe", "sora-2-portait", "sora-2-pro-lanscape-10s"])
def test_a_slip_in_a_word_of_ours_is_no_relay_s_own(name: str) -> None:
    assert parse_model_name(name) is None
