"""Storyboards in every form that clients write."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.core.errors import InvalidRequest, InvalidType, MalformedBody, MissingParameter
from matinee.core.video import Scene
from matinee.web.forms import FilePart
from matinee.web.storyboards import find_storyboard, parse_storyboard

WAKES, RUNS = Scene(prompt="a cat wakes", seconds=5.0), Scene(prompt="it runs", seconds=7.5)
OBJECTS: list[dict[str, Any]] = [
    {"prompt": "a cat wakes", "duration": 5},
    {"scene": "it runs", "seconds": "7.5"},
]


@pytest.mark.parametrize(
    "value",
    [
        OBJECTS,
        json.dumps(OBJECTS),
        [json.dumps(OBJECTS)],
        {"shots": OBJECTS},
        json.dumps({"shots": OBJECTS}),
        [{"Scene": "a cat wakes", "Duration": "5s"}, {"text": " it runs ", "duration": 7.5}],
        "[5.0s]a cat wakes [7.5s]it runs",
        ["[5s] a cat wakes\n[7.5s] it runs"],
        "[ 5 s ]a cat wakes[7.50 seconds]it runs",
    ],
)
def test_two_scenes_have_many_forms(value: object) -> None:
    assert parse_storyboard("storyboard", value) == (WAKES, RUNS)


def test_scenes_may_leave_their_lengths_open() -> None:
    scenes = parse_storyboard("storyboard", ["a cat wakes", {"text": "it runs", "seconds": None}])
    assert scenes == (Scene(prompt="a cat wakes"), Scene(prompt="it runs"))


@pytest.mark.parametrize("value", ["a cat wakes", ["a cat wakes"], {"prompt": "a cat wakes"}])
def test_one_scene_may_stand_alone(value: object) -> None:
    assert parse_storyboard("storyboard", value) == (Scene(prompt="a cat wakes"),)


@pytest.mark.parametrize("value", [None, "", "  ", [], "[]", {"shots": []}, {"shots": None}])
def test_an_empty_storyboard_has_no_scenes(value: object) -> None:
    assert parse_storyboard("storyboard", value) == ()


@pytest.mark.parametrize(
    ("value", "param", "kind"),
    [
        (7, "shots", InvalidType),
        ({"shots": "x"}, "shots", InvalidType),
        ([7, "a"], "shots[0]", InvalidType),
        (["a", {"duration": 5}], "shots[1].prompt", MissingParameter),
        (["a", " "], "shots[1]", MissingParameter),
        ([{"prompt": 5}], "shots[0].prompt", InvalidType),
        ([{"scene": "a", "duration": True}], "shots[0].duration", InvalidType),
        ([{"scene": "a", "duration": "long"}], "shots[0].duration", InvalidRequest),
        ([{"scene": "a", "seconds": 0}], "shots[0].seconds", InvalidRequest),
        ([{"scene": "a", "seconds": 1e308}], "shots[0].seconds", InvalidRequest),
        ("{broken", "shots", MalformedBody),
        ("once [5s]a [5s]b", "shots", InvalidRequest),
        ("a\x00b", "shots", InvalidRequest),
        ([FilePart(name="a", media_type="", data=b"")], "shots[0]", InvalidType),
    ],
)
def test_what_is_no_storyboard_is_refused_by_its_place(
    value: object, param: str, kind: type[InvalidRequest]
) -> None:
    with pytest.raises(kind) as refused:
        parse_storyboard("shots", value)
    assert refused.value.param == param


def test_scenes_are_found_behind_the_text_that_is_about_all_of_them() -> None:
    scenes, before = find_storyboard("A day in grey. [5.0s]a cat wakes [7.5s]it runs")
    assert (scenes, before) == ((WAKES, RUNS), "A day in grey.")


@pytest.mark.parametrize("text", ["a cat", "the year [1999]", "ends in [5s]", "[0s] a cat", "[s]"])
def test_a_text_without_scenes_stays_whole(text: str) -> None:
    assert find_storyboard(text) == ((), text)


@given(st.text())
def test_any_text_is_read_without_harm(text: str) -> None:
    scenes, before = find_storyboard(text)
    assert before in text
    assert all(scene.prompt and scene.seconds for scene in scenes)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["shots", "prompt", "Scene", "text", "duration", "seconds", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(_VALUES)
def test_any_value_is_scenes_or_a_refusal_that_names_a_place(value: object) -> None:
    try:
        scenes, place = parse_storyboard("storyboard", value), "storyboard"
    except InvalidRequest as error:
        scenes, place = (), error.param or "nowhere"
    assert place.startswith("storyboard")
    assert all(scene.prompt.strip() for scene in scenes)


_SCENES = st.lists(
    st.builds(
        Scene,
        prompt=st.from_regex(r"[a-z](?:[a-z ]{0,20}[a-z])?", fullmatch=True),
        seconds=st.integers(1, 250).map(lambda tenths: tenths / 10),
    ),
    min_size=1,
    max_size=6,
)


@given(_SCENES)
def test_what_is_written_in_any_form_is_read_as_it_was(scenes: list[Scene]) -> None:
    marked = " ".join(f"[{scene.seconds}s]{scene.prompt}" for scene in scenes)
    objects = [{"prompt": scene.prompt, "duration": scene.seconds} for scene in scenes]
    assert parse_storyboard("storyboard", marked) == tuple(scenes)
    assert parse_storyboard("storyboard", objects) == tuple(scenes)
    assert parse_storyboard("storyboard", json.dumps({"shots": objects})) == tuple(scenes)


def test_no_text_has_more_marks_than_any_storyboard() -> None:
    scenes, before = find_storyboard("before " + "[1s]a" * 2000)
    assert (len(scenes), before) == (1000, "before")
    assert scenes[-1].prompt.startswith("a[1s]a")
