"""Tests of the sets street and room."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from matinee.engines.animatic.camera import Camera, Frame
from matinee.engines.animatic.canvas import Canvas
from matinee.engines.animatic.scene import build_scene
from matinee.engines.animatic.sets.room import room
from matinee.engines.animatic.sets.room.styles import CLASSROOM, KITCHEN, is_on_table, style_of
from matinee.engines.animatic.sets.room.window import Falling
from matinee.engines.animatic.sets.street import street
from matinee.engines.animatic.sets.street.neon import tubes, upright
from matinee.engines.animatic.sets.street.quarters import NEON_ALLEY, View, quarter_of
from matinee.engines.animatic.sets.street.traffic import Car
from matinee.engines.animatic.sets.street.wet import WetGround
from matinee.engines.animatic.shots import Action, Setting, Shot, Subject, TimeOfDay, Weather
from matinee.engines.animatic.staging import Draft, Set
from tests.unit.engines.animatic.staged import ART, DOG, LANDSCAPE, PORTRAIT, a_frame_of, a_shot

STREET = a_shot(Setting.STREET, subjects=())
ROOM = a_shot(Setting.ROOM, subjects=())
CAKE = Subject(noun="cake", glyph="birthday-cake")
WORDS = (
    ("neon lights in an alley", NEON_ALLEY.view),
    ("cars on a highway", View.ACROSS),
    ("by the river", View.WATERSIDE),
)


def built(shot: Shot) -> Set:
    """The set of `shot` in landscape."""
    build = street if shot.setting is Setting.STREET else room
    return build(Draft(shot, LANDSCAPE, ART))


def is_wet(shot: Shot) -> bool:
    """Whether its ground mirrors the city."""
    return any(isinstance(layer, WetGround) for layer in built(shot).layers)


def picture(shot: Shot) -> NDArray[np.int_]:
    """Its colours after a second."""
    return a_frame_of(build_scene(shot, LANDSCAPE, ART), 1.0)[..., :3].astype(int)


@pytest.mark.parametrize(("text", "view"), WORDS)
def test_words_of_the_prompt_choose_the_quarter(text: str, view: View) -> None:
    for variant in range(4):
        assert quarter_of(replace(STREET, text=text, variant=variant)).view is view


def test_who_drives_gets_a_street_without_end() -> None:
    driver = replace(DOG, action=Action.DRIVE)
    for variant in range(4):
        shot = replace(STREET, subjects=(driver,), variant=variant)
        assert np.isinf(built(shot).reach)


def test_a_street_mirrors_the_city_in_rain_and_at_night_only() -> None:
    assert not is_wet(STREET)
    assert is_wet(replace(STREET, weather=Weather.RAIN))
    assert is_wet(replace(STREET, time_of_day=TimeOfDay.NIGHT))
    assert not is_wet(replace(STREET, time_of_day=TimeOfDay.NIGHT, weather=Weather.SNOW))


def test_a_sign_shows_the_words_of_the_prompt() -> None:
    night = replace(STREET, time_of_day=TimeOfDay.NIGHT)
    usual = a_frame_of(build_scene(night, LANDSCAPE, ART), 1.0).astype(int)
    named = a_frame_of(build_scene(replace(night, signs=("MIAOW",)), LANDSCAPE, ART), 1.0)
    assert (np.abs(usual - named).max(2) > 30).mean() > 0.003


def test_neon_is_light_that_is_gone_at_its_edges() -> None:
    glowing = tubes(np.pad(upright("BAR"), 30), "#ff2f92")
    assert glowing.additive
    assert glowing.pixels.max() > 200
    assert glowing.pixels[0].max() <= 3
    assert glowing.pixels[:, -1].max() <= 3


def test_cars_keep_their_distance_from_the_leading_figures() -> None:
    cars = [layer for layer in built(STREET).layers if isinstance(layer, Car)]
    assert cars
    for car in cars:
        assert min(car.depth_at(t) for t in np.linspace(0, 60, 400).tolist()) > 1.5


@pytest.mark.parametrize("variant", range(4))
def test_the_hour_changes_a_street_and_a_room(variant: int) -> None:
    for shot in (STREET, ROOM):
        day = replace(shot, variant=variant)
        night = replace(day, time_of_day=TimeOfDay.NIGHT)
        assert np.abs(picture(day) - picture(night)).mean() > 12


@pytest.mark.parametrize("weather", [Weather.RAIN, Weather.SNOW])
def test_weather_is_seen_through_the_window(weather: Weather) -> None:
    falling = [one for one in built(replace(ROOM, weather=weather)).layers if type(one) is Falling]
    canvas = Canvas(LANDSCAPE.width_px, LANDSCAPE.height_px)
    for layer in falling:
        layer.draw(canvas, Camera(frame=LANDSCAPE), 1.0)
    assert canvas.finish().any()
    assert not any(type(one) is Falling for one in built(ROOM).layers)


def test_words_of_the_prompt_choose_the_room() -> None:
    assert style_of(replace(ROOM, text="A cat in the kitchen", variant=3)) is KITCHEN
    assert style_of(replace(ROOM, text="a teacher", variant=0)) is CLASSROOM


def test_food_is_looked_at_on_a_table() -> None:
    on_floor, on_table = ROOM, replace(ROOM, subjects=(CAKE,))
    assert not is_on_table(on_floor)
    assert is_on_table(on_table)
    assert is_on_table(replace(ROOM, text="a cat on the table"))
    assert built(on_table).floor_y != built(on_floor).floor_y


@pytest.mark.parametrize("shot", [replace(ROOM, subjects=(CAKE,)), STREET], ids=["table", "street"])
@pytest.mark.parametrize("frame", [LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
def test_no_camera_of_the_envelope_sees_a_gap(shot: Shot, frame: Frame) -> None:
    build = street if shot.setting is Setting.STREET else room
    layers = build(Draft(shot, frame, ART)).layers
    canvas = Canvas(frame.width_px, frame.height_px)
    for x, y, z in ((0.42, 0.14, 0.0), (-0.42, -0.14, 0.0), (0.3, 0.03, 0.24), (-0.3, 0, 0.24)):
        canvas.clear()
        camera = Camera(frame=frame, x=x, y=y, z=z, roll=0.012)
        for layer in sorted(layers, key=lambda layer: -layer.depth_at(0.5)):
            layer.draw(canvas, camera, 0.5)
        assert (canvas.finish()[..., 3] == 255).all(), (x, y, z)
