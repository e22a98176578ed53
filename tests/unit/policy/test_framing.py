"""How a wish becomes a spec."""

from __future__ import annotations

import pytest

from matinee.core.errors import InvalidRequest, MissingParameter
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.video import Reference, VideoSpec
from matinee.core.wish import Orientation, SizeClass, Upload, VideoWish, WishDefaults
from matinee.policy.framing import MAX_PROMPT_CHARACTERS, Described, check_wish, settle

ABLE = Capabilities(
    sizes=(
        Size(720, 1280),
        Size(1280, 720),
        Size(1024, 1792),
        Size(1792, 1024),
        Size(1080, 1920),
        Size(1920, 1080),
    ),
    min_seconds=4,
    max_seconds=25,
    styles=("comic", "anime"),
    max_references=1,
)
DEFAULTS = WishDefaults(model="sora-2", size=Size(720, 1280), seconds=10)
WIDE_IMAGE = Reference(blob_key="k", media_type="image/png", width_px=800, height_px=600)


def settled(**said: object) -> VideoSpec:
    references = (WIDE_IMAGE,) if said.pop("with_image", False) else ()
    wish = VideoWish(prompt="a fox", **said)  # type: ignore[arg-type]  # fields of the wish
    described = Described(references=references)
    return settle(wish, capabilities=ABLE, defaults=DEFAULTS, described=described, seed=99)


def test_a_silent_wish_gets_the_defaults_and_the_given_seed() -> None:
    spec = settled()
    assert (spec.model, str(spec.size), spec.seconds, spec.seed) == ("sora-2", "720x1280", 10, 99)


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ({"size": Size(1792, 1024), "orientation": Orientation.PORTRAIT}, "1792x1024"),
        ({"aspect_ratio": Size(16, 9), "orientation": Orientation.PORTRAIT}, "1280x720"),
        ({"aspect_ratio": Size(3, 2)}, "1280x720"),
        ({"orientation": Orientation.LANDSCAPE}, "1280x720"),
        ({"orientation": Orientation.LANDSCAPE, "model": "sora-2-portrait"}, "1280x720"),
        ({"model": "sora-2-landscape"}, "1280x720"),
        ({"model": "sora-2-landscape-hd"}, "1920x1080"),
        ({"size_class": SizeClass.LARGE}, "1080x1920"),
        ({"size_class": SizeClass.LARGE, "orientation": Orientation.LANDSCAPE}, "1920x1080"),
        ({"size_class": SizeClass.SMALL}, "720x1280"),
        ({"with_image": True}, "1280x720"),
        ({"with_image": True, "orientation": Orientation.PORTRAIT}, "720x1280"),
        ({"with_image": True, "size_class": SizeClass.LARGE}, "1920x1080"),
    ],
)
def test_the_plainest_word_about_the_shape_wins(said: dict[str, object], size: str) -> None:
    assert str(settled(**said).size) == size


def test_seconds_come_from_the_wish_then_the_name_then_the_defaults() -> None:
    assert settled(seconds=5, model="sora-2-15s").seconds == 5
    assert settled(model="sora-2-15s").seconds == 15
    assert settled().seconds == 10


def test_a_length_in_the_name_that_the_engine_can_not_make_blames_the_model() -> None:
    with pytest.raises(InvalidRequest) as caught:
        settled(model="sora-2-60s")
    assert caught.value.param == "model"


@pytest.mark.parametrize(
    ("said", "param"),
    [
        ({"prompt": " \n"}, "prompt"),
        ({"prompt": "x" * (MAX_PROMPT_CHARACTERS + 1)}, "prompt"),
        ({"seconds": 3}, "seconds"),
        ({"seconds": 26}, "seconds"),
        ({"size": Size(100, 100)}, "size"),
        ({"style": "cubist"}, "style"),
        ({"references": (Upload(param="images[0]"), Upload(param="images[1]"))}, "images[0]"),
    ],
)
def test_what_the_engine_can_not_make_is_refused_by_field(
    said: dict[str, object], param: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_wish(VideoWish(**{"prompt": "a fox", **said}), ABLE)  # type: ignore[arg-type]
    assert caught.value.param == param


def test_an_unsupported_value_is_answered_with_the_supported_ones() -> None:
    with pytest.raises(InvalidRequest, match="'720x1280', '1280x720'"):
        check_wish(VideoWish(prompt="a fox", size=Size(1, 1)), ABLE)


def test_an_empty_prompt_is_a_missing_parameter() -> None:
    with pytest.raises(MissingParameter):
        check_wish(VideoWish(prompt=""), ABLE)
