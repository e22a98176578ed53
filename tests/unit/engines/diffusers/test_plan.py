"""How a film is drawn in one go or several."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.core.errors import EngineError
from matinee.core.open_models import CATALOGUE, OpenModel
from matinee.core.size import Size
from matinee.core.video import Reference, Relation, Scene, Source, VideoSpec
from matinee.engines.diffusers.plan import Opening, Segment, most_frames, plan_film
from tests.unit.engines.diffusers.known_models import TI2V_5B

TEXT_ONLY = replace(TI2V_5B, name="text-only", takes_image=False)
IMAGE_ONLY = replace(TI2V_5B, name="image-only", takes_text=False)
REFERENCE = Reference(blob_key="fox", media_type="image/png", width_px=64, height_px=64)


def a_spec(seconds: int = 4, **more: object) -> VideoSpec:
    spec = VideoSpec(model="x", prompt="a fox", size=Size(1280, 720), seconds=seconds, seed=1)
    return replace(spec, **more)  # type: ignore[arg-type]


def an_extension(seconds: int, source_seconds: float) -> VideoSpec:
    source = Source(
        relation=Relation.EXTEND, blob_key="x", size=Size(1280, 720), seconds=source_seconds
    )
    return a_spec(seconds, source=source)


def openings(segments: tuple[Segment, ...]) -> list[Opening]:
    return [segment.opening for segment in segments]


def test_a_short_film_is_drawn_at_once_on_the_grid_at_or_above_what_is_asked() -> None:
    plan = plan_film(a_spec(4), TI2V_5B)
    assert plan.canvas == Size(1280, 736)
    assert [(each.drawn, each.kept) for each in plan.segments] == [(97, 96)]
    assert openings(plan.segments) == [Opening.FREE]


def test_a_long_film_goes_on_from_its_last_frame_in_segments_of_like_length() -> None:
    plan = plan_film(a_spec(12), TI2V_5B)
    assert openings(plan.segments) == [Opening.FREE, Opening.FORMER, Opening.FORMER]
    assert [(each.drawn, each.kept) for each in plan.segments] == [(97, 97), (97, 96), (97, 95)]


def test_an_image_is_the_first_frame_and_is_kept() -> None:
    plan = plan_film(a_spec(4, references=(REFERENCE,)), TI2V_5B)
    assert openings(plan.segments) == [Opening.REFERENCE]
    assert plan.segments[0].dropped == 0


def test_an_extension_copies_its_source_and_drops_the_frame_that_it_goes_on_from() -> None:
    plan = plan_film(an_extension(8, 4.0), TI2V_5B)
    assert plan.copied == 96
    assert openings(plan.segments) == [Opening.SOURCE]
    assert (plan.segments[0].dropped, plan.segments[0].kept) == (1, 96)


def test_every_scene_of_a_storyboard_is_a_cut_with_a_segment_of_its_own() -> None:
    scenes = (Scene(prompt="a fox", seconds=1.5), Scene(prompt="a hare", seconds=2.5))
    plan = plan_film(a_spec(4, prompt="a fox\na hare", storyboard=scenes), TI2V_5B)
    assert [(each.prompt, each.kept) for each in plan.segments] == [("a fox", 36), ("a hare", 60)]
    assert openings(plan.segments) == [Opening.FREE, Opening.FREE]


def test_what_is_said_of_the_whole_film_is_said_of_every_scene() -> None:
    scenes = (Scene(prompt="a fox", seconds=2), Scene(prompt="a hare", seconds=2))
    plan = plan_film(a_spec(4, prompt="In ink.", storyboard=scenes), TI2V_5B)
    assert [each.prompt for each in plan.segments] == ["In ink.\na fox", "In ink.\na hare"]


def test_a_model_that_must_have_an_image_begins_a_scene_with_the_frame_before_it() -> None:
    scenes = (Scene(prompt="a fox", seconds=2), Scene(prompt="a hare", seconds=2))
    spec = a_spec(4, storyboard=scenes, references=(REFERENCE,))
    plan = plan_film(spec, IMAGE_ONLY)
    assert openings(plan.segments) == [Opening.REFERENCE, Opening.FORMER]
    assert plan.frames == 96


@pytest.mark.parametrize(
    ("spec", "model", "says"),
    [
        (a_spec(4), IMAGE_ONLY, "begins with an image"),
        (a_spec(4, references=(REFERENCE,)), TEXT_ONLY, "takes no image"),
        (a_spec(6), TEXT_ONLY, "draws 121 frames at most"),
    ],
)
def test_what_a_model_cannot_do_is_said(spec: VideoSpec, model: OpenModel, says: str) -> None:
    with pytest.raises(EngineError, match=says):
        plan_film(spec, model)


@given(
    st.sampled_from([model for model in CATALOGUE if model.takes_image]),
    st.integers(1, 25),
    st.sampled_from([8, 16, 24, 30]),
    st.floats(0.1, 60),
    st.sampled_from(["free", "image", "extension"]),
)
def test_a_plan_gives_exactly_the_frames_of_the_film_and_asks_no_model_for_too_much(
    model: OpenModel, seconds: int, fps: int, source_s: float, begins: str
) -> None:
    model = replace(model, takes_text=True)
    spec = a_spec(seconds, fps=fps, references=(REFERENCE,) if begins == "image" else ())
    if begins == "extension":
        spec = replace(an_extension(seconds + 60, source_s), fps=fps)
    plan = plan_film(spec, model)
    assert plan.frames == spec.seconds * fps
    for segment in plan.segments:
        assert segment.kept >= 1
        assert segment.dropped + segment.kept <= segment.drawn <= most_frames(model)
        assert segment.drawn % model.grid.frame_step == model.grid.frame_rest


@given(st.lists(st.floats(0.5, 5), min_size=1, max_size=12), st.sampled_from([16, 24, 30]))
def test_scenes_of_any_lengths_add_up(lengths: list[float], fps: int) -> None:
    seconds = max(1, round(sum(lengths)))
    lengths[-1] += seconds - sum(lengths)
    scenes = tuple(Scene(prompt=f"{n}", seconds=max(0.0, x)) for n, x in enumerate(lengths))
    spec = a_spec(seconds, fps=fps, storyboard=scenes)
    assert plan_film(spec, TI2V_5B).frames == seconds * fps
