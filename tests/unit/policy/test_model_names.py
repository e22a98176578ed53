"""What is read from a model's name."""

from __future__ import annotations

import pytest

from matinee.core.wish import Orientation, SizeClass
from matinee.policy.model_names import ModelName, parse_model_name


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sora-2", ModelName(model="sora-2")),
        ("sora2", ModelName(model="sora-2")),
        ("sora", ModelName(model="sora-2")),
        ("sora-2-2025-12-08", ModelName(model="sora-2")),
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


@pytest.mark.parametrize("name", ["", "veo-3", "soraka", "sorafoo-2", "my-sora-2"])
def test_another_name_is_no_such_name(name: str) -> None:
    assert parse_model_name(name) is None
