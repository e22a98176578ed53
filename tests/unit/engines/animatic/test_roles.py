"""Characters are called by their names and act as stand-up figures of their own pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.core.video import Scene
from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.planner import Brief, outline
from matinee.engines.animatic.puppets.standee import CARD_PX, picture_card
from matinee.engines.animatic.revision import revised
from matinee.engines.animatic.roles import lettered, spelled
from matinee.engines.animatic.scene import build_scene
from matinee.engines.animatic.shots import Action, Body, Setting, Shot, Subject
from matinee.engines.animatic.sketches import finished
from tests.unit.engines.animatic.staged import LANDSCAPE, a_frame_of, a_shot

ROLES = ("Mossy", "Mr. Fox", "小白")


def shots(prompt: str, *, roles: tuple[str, ...] = ("Mossy",), seconds: float = 4.0) -> list[Shot]:
    planned = outline(Brief(prompt=prompt, seconds=seconds, seed=1, roles=roles))
    return [finished(sketch) for sketch in planned.sketches]


def figures(shot: Shot) -> list[tuple[str, Body, Action]]:
    return [(one.noun, one.body, one.action) for one in shot.subjects]


@pytest.mark.parametrize(
    ("prompt", "called"),
    [
        ("Mossy meets Mr. Fox's friend", ["Mossy", "Mr. Fox"]),
        ("a dog and @Mossy", ["Mossy"]),
        ("mossy walks", ["Mossy"]),
        ("Mossy, not mossy stones", ["Mossy"]),
        ("a mossystone", []),
        ("今天小白在跑步", ["小白"]),
    ],
)
def test_names_are_found_as_whole_words(prompt: str, called: list[str]) -> None:
    letters = [char for char in lettered(prompt, ROLES) if "\ue000" <= char < "\ue040"]
    assert [ROLES[ord(letter) - 0xE000] for letter in letters] == called


@given(st.text(max_size=40))
def test_names_are_put_back(text: str) -> None:
    assert "\ue000" not in spelled(lettered(f"@Mossy {text}", ROLES), ROLES)


def test_a_character_does_what_the_prompt_says() -> None:
    (shot,) = shots("@Mossy runs through a forest with a dog")
    assert shot.setting is Setting.FOREST
    assert figures(shot)[0] == ("Mossy", Body.CUTOUT, Action.RUN)
    assert [one.noun for one in shot.subjects] == ["Mossy", "dog"]


@pytest.mark.parametrize("name", ["Fox", "Piano", "The Red Balloon", "Snow", "Will"])
def test_a_name_is_not_read_as_the_word_it_looks_like(name: str) -> None:
    (shot,) = shots(f"{name} dances on a stage", roles=(name,))
    assert figures(shot) == [(name, Body.CUTOUT, Action.DANCE)]
    assert shot.props == ()


@pytest.mark.parametrize(
    "prompt", ["Mossy, a small fox, walks", "a fox named Mossy walks", "the fox Mossy walks"]
)
def test_what_a_character_is_does_not_come_beside_it(prompt: str) -> None:
    (shot,) = shots(f"{prompt} in a park")
    assert figures(shot) == [("Mossy", Body.CUTOUT, Action.WALK)]


def test_a_character_that_is_not_called_is_there_all_the_same() -> None:
    (shot,) = shots("a quiet forest")
    assert [one.noun for one in shot.subjects] == ["Mossy"]


def test_characters_act_in_storyboards_and_stay_by_pronoun() -> None:
    scenes = (Scene(prompt="Mossy walks in a park"), Scene(prompt="He swims in the sea"))
    planned = outline(Brief(prompt="", seconds=8, seed=1, scenes=scenes, roles=("Mossy",)))
    assert [figures(finished(one))[0][0] for one in planned.sketches] == ["Mossy", "Mossy"]
    assert planned.sketches[0].text == "Mossy walks in a park"


def test_a_remix_puts_a_character_in_somebodys_place() -> None:
    before = outline(Brief(prompt="A dog walks in a park", seconds=4, seed=1))
    brief = Brief(prompt="Replace the dog with Mossy", seconds=4, seed=1, roles=("Mossy",))
    after = revised(before, brief, ("Mossy",))
    assert figures(finished(after.sketches[0])) == [("Mossy", Body.CUTOUT, Action.WALK)]


def test_a_remix_has_its_new_character_whether_it_is_called_or_not() -> None:
    before = outline(Brief(prompt="A dog walks in a park", seconds=4, seed=1))
    brief = Brief(prompt="make it night", seconds=4, seed=1, roles=("Mossy",))
    after = revised(before, brief, ("Mossy",))
    assert [one.noun for one in after.sketches[0].mentions] == ["dog", "Mossy"]


@pytest.mark.parametrize("shape", [(90, 160), (160, 90), (50, 50), (2, 300)])
def test_any_picture_becomes_a_card(shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), (200, 40, 20), np.uint8)
    card = picture_card(picture)
    middle = card[card.shape[0] // 2, card.shape[1] // 2]
    assert card.shape == (CARD_PX[1], CARD_PX[0], 4)
    assert card[0, 0, 3] == 0
    assert middle.tolist() == [20, 40, 200, 255]


@pytest.mark.parametrize("action", list(Action))
def test_the_figure_shows_its_picture_whatever_it_does(action: Action) -> None:
    picture = np.full((60, 80, 3), (230, 30, 30), np.uint8)
    artwork = Artwork(pictures={"role:Mossy": picture_card(picture)})
    mossy = Subject(noun="Mossy", glyph="role:Mossy", body=Body.CUTOUT, action=action)
    pixels = []
    for subjects in ((), (mossy,)):
        scene = build_scene(a_shot(Setting.MEADOW, subjects=subjects), LANDSCAPE, artwork)
        frame = a_frame_of(scene, 2.0).astype(int)
        is_red = (frame[..., 2] > 90) & (frame[..., 2] > 2 * frame[..., :2].max(-1))
        pixels.append(int(is_red.sum()))
    assert pixels[1] > pixels[0] + 300


def test_the_card_keeps_its_shape_in_portrait_frames() -> None:
    frame = Frame(width_px=144, height_px=256)
    artwork = Artwork(pictures={"role:Mossy": picture_card(np.zeros((9, 9, 3), np.uint8))})
    mossy = Subject(noun="Mossy", glyph="role:Mossy", body=Body.CUTOUT)
    scene = build_scene(a_shot(Setting.ROOM, subjects=(mossy,)), frame, artwork)
    assert a_frame_of(scene, 1.0).shape == (256, 144, 4)
