"""Which of a model's engines is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matinee.core.errors import InvalidRequest
from matinee.core.route import Capabilities, Marks, Route, Style, Target
from matinee.core.size import Size
from matinee.core.video import Relation, Source, VideoSpec
from matinee.core.wish import VideoWish
from matinee.policy.framing import check_wish
from matinee.policy.targets import can_make, choose_target, spec_for

SMALL, LARGE = Size(1280, 720), Size(1920, 1080)
SHORT = Target(
    engine="gpu",
    model="wan",
    capabilities=Capabilities(sizes=(SMALL,), min_seconds=1, max_seconds=5),
)
LONG = Target(
    engine="relay",
    model="sora-2",
    capabilities=Capabilities(
        sizes=(SMALL, LARGE), min_seconds=4, max_seconds=12, marks=Marks.ALWAYS
    ),
)
ROUTE = Route(model="sora-2", targets=(SHORT, LONG))
SPEC = VideoSpec(model="sora-2", prompt="a cat", size=SMALL, seconds=5, seed=1)


def chosen(wish: VideoWish, *ill: str, route: Route = ROUTE) -> str:
    return choose_target(
        route,
        lambda target: check_wish(wish, target.capabilities),
        wish,
        lambda engine: engine not in ill,
    ).engine


def test_the_first_engine_that_can_is_asked() -> None:
    assert chosen(VideoWish(prompt="a cat", seconds=5)) == "gpu"
    assert chosen(VideoWish(prompt="a cat", seconds=8)) == "relay"
    assert chosen(VideoWish(prompt="a cat", size=LARGE)) == "relay"


def test_the_length_in_a_model_s_name_counts() -> None:
    assert chosen(VideoWish(prompt="a cat", model="sora-2-landscape-10s")) == "relay"


def test_an_engine_that_is_ill_is_passed_over_while_there_is_another() -> None:
    assert chosen(VideoWish(prompt="a cat", seconds=5), "gpu") == "relay"
    assert chosen(VideoWish(prompt="a cat", seconds=8), "relay") == "relay"


def test_what_no_engine_can_do_is_refused_in_the_words_of_the_first() -> None:
    with pytest.raises(InvalidRequest, match="whole seconds from 1 to 5"):
        chosen(VideoWish(prompt="a cat", seconds=20))


def test_a_wish_for_a_film_without_a_mark_is_a_wish_for_an_engine_that_sets_none() -> None:
    only_marked = replace(ROUTE, targets=(LONG,))
    assert chosen(VideoWish(prompt="a cat", watermark=True), route=only_marked) == "relay"
    with pytest.raises(InvalidRequest, match="marks its films") as refused:
        chosen(VideoWish(prompt="a cat", watermark=False), route=only_marked)
    assert refused.value.param == "watermark"


def test_true_prefers_a_film_without_a_mark_and_takes_another() -> None:
    turned = replace(ROUTE, targets=(LONG, SHORT))
    assert chosen(VideoWish(prompt="a cat", watermark=True), route=turned) == "gpu"
    assert chosen(VideoWish(prompt="a cat"), route=turned) == "relay"
    assert chosen(VideoWish(prompt="a cat", watermark=True, seconds=12), route=turned) == "relay"


@pytest.mark.parametrize(
    ("changes", "is_able"),
    [
        ({}, True),
        ({"size": LARGE}, False),
        ({"seconds": 6}, False),
        ({"style": "noir"}, False),
        ({"style": "comic"}, True),
        ({"style": "worded"}, False),
        ({"source": Source(relation=Relation.REMIX, blob_key="b", size=SMALL, seconds=4)}, False),
    ],
)
def test_a_settled_film_goes_only_to_an_engine_that_can_make_that_very_film(
    changes: dict[str, object], is_able: bool
) -> None:
    able = replace(SHORT.capabilities, styles=("comic", "worded"))
    target = replace(SHORT, capabilities=able, styles=(Style(name="worded", suffix="As noir."),))
    assert can_make(target, replace(SPEC, **changes)) is is_able  # type: ignore[arg-type]  # named above


def test_a_film_that_must_not_be_marked_never_goes_where_marks_are_set() -> None:
    assert not can_make(LONG, replace(SPEC, watermark=False))
    assert can_make(LONG, replace(SPEC, watermark=True))


def test_a_model_can_what_one_or_the_other_of_its_engines_can() -> None:
    able = ROUTE.capabilities
    assert able.sizes == (SMALL, LARGE)
    assert (able.min_seconds, able.max_seconds) == (1, 12)
    assert able.marks is Marks.NEVER


def test_a_film_that_is_moved_has_a_frame_rate_of_the_engine_that_makes_it() -> None:
    slow = replace(SHORT, engine="a14b", capabilities=replace(SHORT.capabilities, fps=16))
    route = replace(ROUTE, targets=(SHORT, slow))
    assert spec_for(SPEC, "a14b", "wan", route).fps == 16
    assert spec_for(SPEC, "gpu", "wan", route) == SPEC
    assert spec_for(SPEC, "gone", "", route) == spec_for(SPEC, "gpu", "wan", None) == SPEC
