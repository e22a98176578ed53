"""Models that can't begin without an image."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matinee.core.errors import MissingParameter
from matinee.core.route import Capabilities, Target, joined
from matinee.core.size import Size
from matinee.core.video import Reference, Relation, Source, VideoSpec
from matinee.core.wish import SourceWish, Upload, VideoWish
from matinee.policy.framing import check_wish
from matinee.policy.targets import can_make

SIZE = Size(1280, 720)
NEEDS_ONE = Capabilities(
    sizes=(SIZE,),
    min_seconds=1,
    max_seconds=8,
    min_references=1,
    relations=(Relation.EXTEND,),
)
SPEC = VideoSpec(model="x", prompt="a fox", size=SIZE, seconds=4, seed=1)


def test_a_wish_without_an_image_is_refused_and_told_what_is_missing() -> None:
    with pytest.raises(MissingParameter, match="begins with an image") as refused:
        check_wish(VideoWish(prompt="a fox"), NEEDS_ONE)
    assert refused.value.param == "input_reference"


def test_a_wish_with_an_image_or_with_a_film_to_go_on_from_is_taken() -> None:
    check_wish(VideoWish(prompt="a fox", references=(Upload(param="image"),)), NEEDS_ONE)
    source = SourceWish(relation=Relation.EXTEND, param="video", video_id="x")
    check_wish(VideoWish(prompt="a fox", seconds=4, source=source), NEEDS_ONE)


def test_a_film_without_an_image_does_not_move_to_an_engine_that_needs_one() -> None:
    target = Target(engine="local", capabilities=NEEDS_ONE)
    image = Reference(blob_key="fox", media_type="image/png", width_px=64, height_px=64)
    source = Source(relation=Relation.EXTEND, blob_key="x", size=SIZE, seconds=4)
    assert not can_make(target, SPEC)
    assert can_make(target, replace(SPEC, references=(image,)))
    assert can_make(target, replace(SPEC, source=source))


def test_a_model_needs_no_image_if_one_of_its_engines_needs_none() -> None:
    assert joined([NEEDS_ONE, replace(NEEDS_ONE, min_references=0)]).min_references == 0
