"""What a film keeps of the one that it comes out of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matinee.core.errors import InvalidRequest, MissingParameter, UnsupportedParameter
from matinee.core.route import Capabilities, Route
from matinee.core.size import Size
from matinee.core.video import Relation, Scene, Source, VideoSpec
from matinee.core.wish import (
    CharacterWish,
    Orientation,
    SourceWish,
    Upload,
    VideoWish,
    WishDefaults,
)
from matinee.policy.framing import Described, check_wish, settle
from matinee.policy.lineage import MAX_LINEAGE, check_relation

ABLE = Capabilities(
    sizes=(Size(720, 1280), Size(1280, 720), Size(1080, 1920), Size(1920, 1080)),
    min_seconds=4,
    max_seconds=25,
    styles=("comic", "anime"),
    relations=tuple(Relation),
    max_scenes=4,
    max_characters=2,
)
DEFAULTS = WishDefaults(model="sora-2", size=Size(720, 1280), seconds=4)
SPEC = VideoSpec(
    model="sora-2-pro-15s",
    prompt="a fox",
    size=Size(1920, 1080),
    seconds=12,
    seed=7,
    style="comic",
    private=True,
)


def a_source(relation: Relation = Relation.REMIX, **changes: object) -> Source:
    source = Source(relation=relation, blob_key="k", size=Size(1920, 1080), seconds=12.0, spec=SPEC)
    return replace(source, **changes)  # type: ignore[arg-type]  # fields of the source


def a_wish(relation: Relation = Relation.REMIX, **said: object) -> VideoWish:
    source = SourceWish(relation=relation, param="video.id", video_id="video_1")
    return VideoWish(prompt="at night", source=source, **said)  # type: ignore[arg-type]


def settled(source: Source, **said: object) -> VideoSpec:
    wish = a_wish(source.relation, **said)
    check_wish(wish, ABLE)
    described = Described(source=source)
    return settle(wish, capabilities=ABLE, defaults=DEFAULTS, described=described, seed=99)


@pytest.mark.parametrize("relation", [Relation.REMIX, Relation.EDIT])
def test_a_changed_film_is_like_its_source_in_all_that_is_not_named(relation: Relation) -> None:
    spec = settled(a_source(relation))
    assert spec == replace(SPEC, prompt="at night", source=a_source(relation))


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ({"model": "sora-2"}, {"model": "sora-2"}),
        ({"size": Size(720, 1280)}, {"size": Size(720, 1280)}),
        ({"orientation": Orientation.PORTRAIT}, {"size": Size(720, 1280)}),
        ({"model": "sora-2-portrait"}, {"model": "sora-2-portrait", "size": Size(720, 1280)}),
        ({"model": "sora-2-10s"}, {"model": "sora-2-10s", "seconds": 10}),
        ({"seconds": 5}, {"seconds": 5}),
        ({"style": "anime"}, {"style": "anime"}),
        ({"seed": 3}, {"seed": 3}),
    ],
)
def test_what_is_named_wins(said: dict[str, object], changed: dict[str, object]) -> None:
    spec = settled(a_source(), **said)
    assert spec == replace(SPEC, prompt="at night", source=a_source(), **changed)  # type: ignore[arg-type]


def test_an_uploaded_film_gives_its_shape_and_its_length() -> None:
    spec = settled(a_source(Relation.EDIT, spec=None, size=Size(608, 1080), seconds=6.3))
    assert (spec.model, spec.size, spec.seconds) == ("sora-2", Size(720, 1280), 6)
    assert (spec.seed, spec.style) == (99, None)


@pytest.mark.parametrize(("seconds", "kept"), [(0.04, 4), (2.6, 4), (36.02, 36), (120.05, 120)])
def test_an_uploaded_films_length_is_kept_in_whole_seconds(seconds: float, kept: int) -> None:
    assert settled(a_source(spec=None, seconds=seconds)).seconds == kept


def test_a_film_that_is_too_long_is_refused_with_the_limit() -> None:
    with pytest.raises(InvalidRequest, match="121 s long; at most 120 s") as refused:
        settled(a_source(spec=None, seconds=121))
    assert refused.value.param == "video.id"


@pytest.mark.parametrize(
    ("seconds", "added", "whole"), [(8.0, 4, 12), (8.04, 4, 12), (5.4, 1, 7), (100.0, 20, 120)]
)
def test_an_extension_is_as_long_as_both_parts(seconds: float, added: int, whole: int) -> None:
    spec = settled(a_source(Relation.EXTEND, seconds=seconds), seconds=added)
    assert (spec.seconds, spec.size, spec.seed) == (whole, SPEC.size, SPEC.seed)


@pytest.mark.parametrize(
    ("said", "param", "message"),
    [
        ({"seconds": 0}, "seconds", "from 1 to 20"),
        ({"seconds": 21}, "seconds", "from 1 to 20"),
        ({"seconds": 4, "references": (Upload(param="image"),)}, "image", "takes no image"),
        (
            {"seconds": 4, "characters": (CharacterWish(param="characters[0].id", id="c"),)},
            "characters[0].id",
            "takes no character",
        ),
        ({"seconds": 4, "storyboard": (Scene(prompt="a"),)}, "storyboard", "no storyboard"),
        ({"seconds": 4, "size": Size(720, 1280)}, "size", "keeps the size"),
    ],
)
def test_an_extension_refuses_what_it_can_not_do(
    said: dict[str, object], param: str, message: str
) -> None:
    with pytest.raises(InvalidRequest, match=message) as refused:
        settled(a_source(Relation.EXTEND), **said)
    assert refused.value.param == param


def test_an_extension_must_say_how_long_it_is() -> None:
    with pytest.raises(MissingParameter) as refused:
        settled(a_source(Relation.EXTEND))
    assert refused.value.param == "seconds"


def test_no_extension_goes_beyond_the_longest_film() -> None:
    with pytest.raises(InvalidRequest, match="longer than the 120 s") as refused:
        settled(a_source(Relation.EXTEND, seconds=101.0), seconds=20)
    assert refused.value.param == "seconds"


def test_a_film_is_extended_six_times_at_most() -> None:
    assert settled(a_source(Relation.EXTEND, extensions=5), seconds=4).seconds == 16
    with pytest.raises(InvalidRequest, match="6 times are the most"):
        settled(a_source(Relation.EXTEND, extensions=6), seconds=4)


def test_a_lineage_ends_somewhere() -> None:
    spec = SPEC
    for _ in range(MAX_LINEAGE - 2):
        spec = replace(spec, source=a_source(spec=spec))
    assert settled(a_source(spec=spec)).source == a_source(spec=spec)
    deeper = a_source(spec=replace(spec, source=a_source(spec=spec)))
    with pytest.raises(InvalidRequest, match=f"{MAX_LINEAGE} are the most"):
        settled(deeper)


def test_prompts_without_end_behind_a_film_are_refused() -> None:
    spec = SPEC
    for _ in range(7):
        spec = replace(spec, prompt="x" * 32_000, source=a_source(spec=spec))
    with pytest.raises(InvalidRequest, match="200000 characters"):
        settled(a_source(spec=spec))


def test_a_model_that_can_not_says_which_can() -> None:
    plain = replace(ABLE, relations=())
    routes = [Route.to(model, "e", each) for model, each in (("plain", plain), ("able", ABLE))]
    check_relation(Relation.EXTEND, routes[1], routes, "video")
    with pytest.raises(UnsupportedParameter, match=r"'plain' can't extend .*: 'able'") as refused:
        check_relation(Relation.EXTEND, routes[0], routes, "video")
    assert refused.value.param == "video"
