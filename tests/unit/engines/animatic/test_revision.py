"""A remix changes what its prompt names; everything else stays shot for shot."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.engines.animatic.planner import Brief, outline
from matinee.engines.animatic.revision import revised
from matinee.engines.animatic.shots import (
    Action,
    Body,
    CameraMove,
    Look,
    Music,
    Setting,
    Shot,
    ShotList,
    TimeOfDay,
    Weather,
)
from matinee.engines.animatic.sketches import Outline, shot_list

SOURCE = "A dog walks through a meadow by day. Cut to: the dog runs on the beach at sunset"


def a_source(prompt: str = SOURCE, seconds: float = 8.0) -> Outline:
    return outline(Brief(prompt=prompt, seconds=seconds, seed=5))


def remixed(prompt: str, source: Outline | None = None, seconds: float = 8.0) -> ShotList:
    before = source or a_source()
    return shot_list(revised(before, Brief(prompt=prompt, seconds=seconds, seed=99)))


def before(shots: ShotList, **changes: object) -> tuple[Shot, ...]:
    """The source's shots with the changes that were made to all of `shots`."""
    return tuple(replace(shot, **changes) for shot in shot_list(a_source()).shots)  # type: ignore[arg-type]


def nouns(shots: ShotList) -> list[list[str]]:
    return [[subject.noun for subject in shot.subjects] for shot in shots.shots]


def test_night_falls_and_nothing_else_changes() -> None:
    shots = remixed("make it night")
    assert shots.shots == before(shots, time_of_day=TimeOfDay.NIGHT, stars=True)


def test_rain_falls_and_nothing_else_changes() -> None:
    shots = remixed("now it rains")
    assert shots.shots == before(shots, weather=Weather.RAIN)


def test_a_style_leaves_the_shots_alone() -> None:
    shots = remixed("in anime style")
    assert shots.look is Look.ANIME
    assert shots.shots == before(shots)


def test_a_style_can_be_taken_away() -> None:
    source = replace(a_source(), look=Look.COMIC)
    assert remixed("make it night", source).look is Look.COMIC
    assert remixed("remove the comic style", source).look is Look.PLAIN


def test_a_camera_move_is_all_that_changes() -> None:
    shots = remixed("the camera pulls back")
    assert shots.shots == before(shots, camera=CameraMove.DOLLY_OUT)


def test_a_palette_is_all_that_changes() -> None:
    shots = remixed("shift the palette to teal, sand and rust")
    assert shots.shots == before(shots, palette=("#1f8f8a", "#dcc295", "#b1512c"))
    (palette,) = {shot.palette for shot in remixed("golden light").shots}
    assert palette == ("#ffb54a",)


@pytest.mark.parametrize(
    "prompt",
    [
        "replace the dog with a cat",
        "swap the dog for a cat",
        "a cat instead of the dog",
        "instead of the dog, a cat",
        "make the dog a cat",
        "turn the puppy into a cat",
        "the dog becomes a cat",
        "a cat",
    ],
)
def test_a_figure_is_replaced_and_does_what_the_other_did(prompt: str) -> None:
    shots = remixed(prompt)
    cats = [shot.subjects[0] for shot in shots.shots]
    assert [(cat.noun, cat.action) for cat in cats] == [("cat", Action.WALK), ("cat", Action.RUN)]
    assert [len(shot.subjects) for shot in shots.shots] == [1, 1]
    assert shots.shots == tuple(
        replace(old, subjects=new.subjects, signs=new.signs)
        for old, new in zip(before(shots), shots.shots, strict=True)
    )


def test_a_figure_nobody_knows_stands_for_the_one_who_leads() -> None:
    assert nouns(remixed("replace the man with a robot")) == [["robot"], ["robot"]]


def test_something_is_added_to_every_shot() -> None:
    shots = remixed("add a green balloon")
    assert nouns(shots) == [["dog"], ["dog"]]
    for shot in shots.shots:
        (balloon,) = shot.props
        assert (balloon.glyph, balloon.coat, balloon.floats) == ("balloon", "#4fae54", True)


def test_a_friend_joins() -> None:
    assert nouns(remixed("a cat joins the dog")) == [["dog", "cat"], ["dog", "cat"]]


def test_somebody_is_removed() -> None:
    assert nouns(remixed("remove the dog")) == [[], []]


def test_a_colour_behind_the_noun_is_its_new_coat() -> None:
    shots = remixed("make the dog blue")
    assert {shot.subjects[0].coat for shot in shots.shots} == {"#3f78e0"}


def test_what_it_does_now_is_done_in_every_shot() -> None:
    for prompt in ("same scene but the dog is dancing", "make it dance"):
        actions = {shot.subjects[0].action for shot in remixed(prompt).shots}
        assert actions == {Action.DANCE}


def test_a_place_is_replaced_where_the_film_was_in_it() -> None:
    settings_of = [shot.setting for shot in remixed("turn the beach into a desert").shots]
    assert settings_of == [Setting.MEADOW, Setting.DESERT]


def test_a_place_for_the_whole_film() -> None:
    shots = remixed("set it in outer space")
    assert {shot.setting for shot in shots.shots} == {Setting.SPACE}
    assert {shot.subjects[0].body for shot in shots.shots} == {Body.ASTRONAUT}


def test_several_wishes_at_once() -> None:
    shots = remixed("Replace the dog with a penguin, make it snow and give the penguin balloons")
    assert nouns(shots) == [["penguin"], ["penguin"]]
    assert {shot.weather for shot in shots.shots} == {Weather.SNOW}
    assert {shot.props[0].glyph for shot in shots.shots} == {"balloon"}


def test_the_weather_is_cleared() -> None:
    source = a_source("A fox walks through a forest in the rain")
    assert remixed("remove the rain", source).shots[0].weather is Weather.CLEAR


def test_music_is_replaced_alone() -> None:
    shots = remixed("with jazz music")
    assert shots.music is Music.PIANO
    assert shots.shots == before(shots)


def test_signs_are_written_anew() -> None:
    shots = remixed('the sign says "OPEN LATE"')
    assert {shot.signs[0] for shot in shots.shots} == {"OPEN LATE"}


def test_a_whole_new_scene_keeps_cuts_and_lengths() -> None:
    shots = remixed("A calico cat plays piano on a stage at night")
    assert [shot.seconds for shot in shots.shots] == [shot.seconds for shot in before(shots)]
    assert {shot.setting for shot in shots.shots} == {Setting.STAGE}
    assert {shot.subjects[0].body for shot in shots.shots} == {Body.PLAYER}


def test_the_scenes_of_a_new_story_are_spread_over_the_shots() -> None:
    shots = remixed("A cat floats in space. Cut to: the cat sleeps in a bedroom")
    assert [shot.setting for shot in shots.shots] == [Setting.SPACE, Setting.ROOM]


def test_another_length_cuts_the_end_or_lets_it_last() -> None:
    assert [shot.seconds for shot in remixed("make it night", seconds=5).shots][1] < 1.1
    longer = remixed("make it night", seconds=12).shots
    assert sum(shot.seconds for shot in longer) == 12


@given(prompt=st.text(max_size=60), seconds=st.integers(1, 20))
@settings(max_examples=60, deadline=None)
def test_any_prompt_can_be_a_remix(prompt: str, seconds: int) -> None:
    shots = remixed(prompt, seconds=seconds)
    assert sum(shot.seconds for shot in shots.shots) == pytest.approx(seconds)
