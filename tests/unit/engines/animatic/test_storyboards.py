"""The scenes of a storyboard become shots of just their lengths."""

from __future__ import annotations

import pytest

from matinee.core.video import Scene
from matinee.engines.animatic.jobs import frames_of_shots
from matinee.engines.animatic.planner import Brief, outline
from matinee.engines.animatic.shots import Look, Setting, ShotList, TimeOfDay
from matinee.engines.animatic.sketches import shot_list


def film(*scenes: Scene, seconds: float = 10.0, prompt: str = "") -> ShotList:
    return shot_list(outline(Brief(prompt=prompt, seconds=seconds, seed=2, scenes=scenes)))


def test_every_scene_is_planned_from_its_own_text() -> None:
    shots = film(
        Scene(prompt="A fox in a forest", seconds=4), Scene(prompt="A ship at sea", seconds=6)
    )
    assert [shot.setting for shot in shots.shots] == [Setting.FOREST, Setting.SEA]
    assert [shot.text for shot in shots.shots] == ["A fox in a forest", "A ship at sea"]


@pytest.mark.parametrize("lengths", [(2.5, 4.0, 3.5), (0.5, 0.5, 9.0), (3.333, 3.333, 3.334)])
def test_cuts_are_accurate_to_the_frame(lengths: tuple[float, ...]) -> None:
    shots = film(*(Scene(prompt="A dog in a park", seconds=length) for length in lengths))
    frames = frames_of_shots(shots, 240)
    ends = [sum(frames[: i + 1]) for i in range(3)]
    assert ends == [round(sum(lengths[: i + 1]) * 24) for i in range(3)]


def test_scenes_without_a_length_share_what_is_left() -> None:
    shots = film(
        Scene(prompt="A cat sits"), Scene(prompt="A dog runs", seconds=4), Scene(prompt="A bird")
    )
    assert [shot.seconds for shot in shots.shots] == [3, 4, 3]


def test_a_pronoun_brings_along_who_was_there() -> None:
    shots = film(
        Scene(prompt="A calico cat walks down a street"), Scene(prompt="It swims in the sea")
    )
    for shot in shots.shots:
        (cat,) = shot.subjects
        assert (cat.noun, cat.coat) == ("cat", "calico")


def test_a_heading_speaks_for_all_scenes() -> None:
    scenes = (Scene(prompt="A fox runs through a forest"), Scene(prompt="A fox on the beach"))
    shots = film(*scenes, prompt="At night, anime style")
    assert shots.look is Look.ANIME
    assert {shot.time_of_day for shot in shots.shots} == {TimeOfDay.NIGHT}


def test_a_prompt_that_repeats_the_scenes_is_no_heading() -> None:
    scenes = (Scene(prompt="A fox in a forest at night"), Scene(prompt="A ship at sea by day"))
    shots = film(*scenes, prompt="\n".join(scene.prompt for scene in scenes))
    assert [shot.time_of_day for shot in shots.shots] == [TimeOfDay.NIGHT, TimeOfDay.DAY]


def test_a_long_scene_is_one_shot() -> None:
    shots = film(Scene(prompt="A dog in a park", seconds=20), seconds=20)
    assert len(shots.shots) == 1
