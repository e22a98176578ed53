"""Tests of the outdoor sets, of the parts they are composed of, and of the weather."""

import functools
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from matinee.engines.animatic.camera import Camera, Frame
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.layers import Motes, Strip
from matinee.engines.animatic.paint import Floats, colour
from matinee.engines.animatic.scene import build_scene
from matinee.engines.animatic.sets import SETS
from matinee.engines.animatic.sets.landscape import meadow
from matinee.engines.animatic.sets.outdoors.air import Leaves
from matinee.engines.animatic.sets.outdoors.fields import field, seamless
from matinee.engines.animatic.sets.outdoors.hours import LUMA, hour_of
from matinee.engines.animatic.sets.outdoors.mist import bank
from matinee.engines.animatic.sets.outdoors.plane import GroundPainting, dithered, meet
from matinee.engines.animatic.sets.outdoors.relief import Terrain
from matinee.engines.animatic.sets.outdoors.ribbons import Ribbon
from matinee.engines.animatic.sets.outdoors.site import site_of
from matinee.engines.animatic.sets.outdoors.stamps import stamp
from matinee.engines.animatic.sets.outdoors.standing import Grove, scattered
from matinee.engines.animatic.sets.outdoors.water import Water, water
from matinee.engines.animatic.sets.sea import sea
from matinee.engines.animatic.shots import (
    Action,
    Prop,
    Setting,
    Shot,
    Subject,
    TimeOfDay,
    Weather,
)
from matinee.engines.animatic.staging import Draft, Layer, Set
from matinee.engines.animatic.weather import SHELTERED, weather_layers
from tests.unit.engines.animatic.staged import ART, LANDSCAPE, PORTRAIT, a_frame_of, a_shot, plain

OUTDOORS = {
    Setting.FOREST: 3,
    Setting.MEADOW: 3,
    Setting.MOUNTAINS: 3,
    Setting.SNOW: 2,
    Setting.DESERT: 3,
    Setting.SEA: 3,
    Setting.SKY: 3,
    Setting.UNDERWATER: 3,
}
STAGINGS = [(setting, variant) for setting, count in OUTDOORS.items() for variant in range(count)]
LARGER = Frame(width_px=320, height_px=180)
WHALE = Subject(noun="whale", glyph="whale", action=Action.SWIM)
CLOUDED = (Weather.RAIN, Weather.SNOW, Weather.FOG)


def an_outdoor_shot(
    setting: Setting,
    *,
    variant: int = 0,
    at: TimeOfDay = TimeOfDay.DAY,
    weather: Weather = Weather.CLEAR,
    text: str = "",
) -> Shot:
    bare = a_shot(setting, subjects=())
    return replace(bare, variant=variant, time_of_day=at, weather=weather, text=text)


def a_draft(frame: Frame = LANDSCAPE, *, setting: Setting = Setting.MEADOW) -> Draft:
    return Draft(an_outdoor_shot(setting), frame, ART)


def drawn(layers: tuple[Layer, ...], camera: Camera, t: float) -> Image:
    canvas = Canvas(camera.frame.width_px, camera.frame.height_px)
    canvas.clear()
    for layer in sorted(layers, key=lambda layer: -layer.depth_at(t)):
        layer.draw(canvas, camera, t)
    return canvas.finish()


@pytest.fixture(scope="module", autouse=True)
def _no_sets_kept() -> Iterator[None]:
    yield
    a_set.cache_clear()


@functools.cache
def a_set(
    setting: Setting, variant: int = 0, at: TimeOfDay = TimeOfDay.DAY, frame: Frame = LANDSCAPE
) -> Set:
    """An outdoor set without figures; built once for all tests, as sets never change."""
    return SETS[setting](Draft(an_outdoor_shot(setting, variant=variant, at=at), frame, ART))


def luminance(stage: Set) -> float:
    picture = drawn(stage.layers, Camera(frame=LANDSCAPE), 1.0)
    return float((picture[..., :3] @ LUMA).mean())


def at_the_limits(frame: Frame) -> list[Camera]:
    """Cameras at the corners of where a shot may take one, and far along with a walker."""
    corners = [
        Camera(frame=frame, x=x, y=y, z=z, roll=roll)
        for x in (-0.3, 0.3)
        for y, roll in ((-0.16, 0.012), (0.16, -0.012))
        for z in (0.0, 0.24)
    ]
    return [*corners, Camera(frame=frame, x=-4.7), Camera(frame=frame, x=4.7, y=0.1)]


@pytest.mark.parametrize("frame", [LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
@pytest.mark.parametrize(("setting", "variant"), STAGINGS)
def test_no_camera_move_shows_a_gap(setting: Setting, variant: int, frame: Frame) -> None:
    stage = a_set(setting, variant, frame=frame)
    for camera in at_the_limits(frame):
        assert (drawn(stage.layers, camera, 2.0)[..., 3] == 255).all(), camera


@pytest.mark.parametrize(("setting", "variant"), STAGINGS)
def test_a_night_is_dark_and_yet_readable(setting: Setting, variant: int) -> None:
    night = luminance(a_set(setting, variant, TimeOfDay.NIGHT))
    day = luminance(a_set(setting, variant))
    assert 45 < night < 116
    assert 95 < day < 195
    assert day > night + 30


@pytest.mark.parametrize("at", [TimeOfDay.DAWN, TimeOfDay.DUSK])
@pytest.mark.parametrize("setting", OUTDOORS)
def test_twilight_lies_between_day_and_night(setting: Setting, at: TimeOfDay) -> None:
    assert 65 < luminance(a_set(setting, 0, at)) < 190


@pytest.mark.parametrize("setting", OUTDOORS)
def test_every_hour_has_colours_of_its_own(setting: Setting) -> None:
    camera = Camera(frame=LANDSCAPE)
    pictures = [drawn(a_set(setting, 0, at).layers, camera, 0.0) for at in TimeOfDay]
    means = [picture[..., :3].reshape(-1, 3).mean(0) for picture in pictures]
    for k, mean in enumerate(means):
        assert all(np.abs(mean - other).max() > 8 for other in means[:k])


def places_of(stage: Set) -> list[object]:
    found: list[object] = []
    for layer in stage.layers:
        if isinstance(layer, Grove | Motes | Leaves):
            found.append(layer.spots.tolist())
        if isinstance(layer, Ribbon | Strip):
            strip = layer.strip if isinstance(layer, Ribbon) else layer
            found.append((strip.depth, strip.offset))
    return found


@pytest.mark.parametrize(("setting", "variant"), STAGINGS)
def test_the_layout_is_the_same_at_every_size(setting: Setting, variant: int) -> None:
    small, large = (places_of(a_set(setting, variant, frame=f)) for f in (LANDSCAPE, LARGER))
    assert small == large


def test_a_portrait_frame_has_the_same_trees_in_the_same_places() -> None:
    upright, wide = (a_set(Setting.FOREST, frame=frame) for frame in (PORTRAIT, LANDSCAPE))
    trees = [[one for one in stage.layers if isinstance(one, Grove)] for stage in (upright, wide)]
    assert trees[0]
    assert all((a.spots == b.spots).all() for a, b in zip(*trees, strict=True))


@pytest.mark.parametrize(("setting", "variant"), STAGINGS)
def test_a_set_without_figures_is_in_motion(setting: Setting, variant: int) -> None:
    stage = a_set(setting, variant)
    camera = Camera(frame=LANDSCAPE)
    first, later = (drawn(stage.layers, camera, t).astype(int) for t in (0.5, 3.0))
    assert np.abs(first - later).mean() > 0.4


@pytest.mark.parametrize("setting", [one for one in OUTDOORS if one is not Setting.SKY])
def test_those_who_walk_stand_on_ground_and_are_followed_for_ever(setting: Setting) -> None:
    shot = replace(an_outdoor_shot(setting), subjects=(Subject(noun="dog", glyph="dog"),))
    stage = SETS[setting](Draft(shot, PORTRAIT, ART))
    assert stage.floor_y is not None
    assert 0.2 < stage.floor_y < PORTRAIT.half_height
    assert math.isinf(stage.reach)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_marks_keep_figures_inside_the_frame(count: int) -> None:
    deer = (Subject(noun="deer", glyph="deer", count=count),)
    for frame in (LANDSCAPE, PORTRAIT):
        shot = replace(an_outdoor_shot(Setting.SNOW), subjects=deer)
        marks = SETS[Setting.SNOW](Draft(shot, frame, ART)).marks
        assert len(marks) >= count
        assert all(abs(mark.x) / mark.depth < frame.half_width - 0.1 for mark in marks)


def test_swimmers_lie_in_the_open_sea_even_where_the_variant_is_the_beach() -> None:
    shot = replace(an_outdoor_shot(Setting.SEA), subjects=(WHALE,))
    stage = sea(Draft(shot, LANDSCAPE, ART))
    assert stage.floor_y is None
    assert 0.1 < stage.marks[0].y < 0.35


def test_each_of_several_boats_has_its_mooring() -> None:
    boats = Subject(noun="boat", glyph="sailboat", action=Action.DRIVE, count=3)
    stage = sea(Draft(replace(an_outdoor_shot(Setting.SEA), subjects=(boats,)), LANDSCAPE, ART))
    assert len({mark.x for mark in stage.marks}) == 3


@pytest.mark.parametrize(
    ("setting", "text", "variant"),
    [
        (Setting.FOREST, "a fox in an autumn forest", 2),
        (Setting.MEADOW, "Wheat fields at noon", 1),
        (Setting.SEA, "waves on a tropical beach", 0),
        (Setting.UNDERWATER, "a forest of kelp", 2),
    ],
)
def test_the_prompts_words_choose_the_staging(setting: Setting, text: str, variant: int) -> None:
    spoken = an_outdoor_shot(setting, text=text, variant=variant + 1)
    wished = SETS[setting](Draft(spoken, LANDSCAPE, ART))
    pictures = [
        drawn(stage.layers, Camera(frame=LANDSCAPE), 1.0)
        for stage in (wished, a_set(setting, variant))
    ]
    assert (pictures[0] == pictures[1]).all()


def test_a_thing_the_set_paints_itself_chooses_the_staging_and_is_not_shown_twice() -> None:
    mill = Prop(noun="windmill", glyph="windmill")
    stage = meadow(Draft(replace(an_outdoor_shot(Setting.MEADOW), props=(mill,)), LANDSCAPE, ART))
    assert "windmill" in stage.shows
    assert "sun" in stage.shows


@pytest.mark.parametrize("setting", [one for one in SETS if one not in SHELTERED])
def test_weather_changes_the_picture_and_leaves_no_gap(setting: Setting) -> None:
    shot = a_shot(setting, subjects=())
    clear = a_frame_of(build_scene(shot, LANDSCAPE, ART), 1.0)
    for weather in CLOUDED:
        cloudy = a_frame_of(build_scene(replace(shot, weather=weather), LANDSCAPE, ART), 1.0)
        assert (cloudy[..., 3] == 255).all()
        assert np.abs(cloudy.astype(int) - clear).mean() > 2


@pytest.mark.parametrize("weather", CLOUDED)
def test_weather_falls_over_any_picture(weather: Weather) -> None:
    shot = an_outdoor_shot(Setting.STREET, weather=weather)
    layers = weather_layers(shot, LANDSCAPE, hour_of(shot).light(1.0))
    canvas = Canvas(LANDSCAPE.width_px, LANDSCAPE.height_px)
    pictures = []
    for t in (0.0, 0.5):
        canvas.pixels[:] = (40, 50, 60, 255)
        for layer in layers:
            layer.draw(canvas, Camera(frame=LANDSCAPE, x=3.0 * t), t)
        pictures.append(canvas.finish().copy())
    assert (pictures[0][..., 3] == 255).all()
    assert np.abs(pictures[0].astype(int) - (40, 50, 60, 255)).mean() > 1
    assert (pictures[0] != pictures[1]).any()


@pytest.mark.parametrize("setting", sorted(SHELTERED))
def test_nothing_falls_under_a_roof(setting: Setting) -> None:
    for weather in (Weather.CLEAR, Weather.RAIN, Weather.SNOW):
        shot = an_outdoor_shot(setting, weather=weather)
        assert weather_layers(shot, LANDSCAPE, hour_of(shot).light(1.0)) == ()


def test_figures_stand_between_far_rain_and_near_rain() -> None:
    shot = an_outdoor_shot(Setting.STREET, weather=Weather.RAIN)
    depths = [one.depth_at(0) for one in weather_layers(shot, LANDSCAPE, hour_of(shot).light(1.0))]
    assert min(depths) < 1 < max(depths)


@pytest.mark.parametrize("at", TimeOfDay)
def test_a_storm_greys_the_sky_and_dims_the_sun(at: TimeOfDay) -> None:
    clear = hour_of(an_outdoor_shot(Setting.MEADOW, at=at))
    storm = hour_of(an_outdoor_shot(Setting.MEADOW, at=at, weather=Weather.RAIN))
    strongest = [max(float(np.ptp(colour(code))) for _, code in one.sky) for one in (clear, storm)]
    assert strongest[1] < strongest[0]
    assert storm.key_strength < clear.key_strength
    assert storm.stars == 0


def test_stars_may_be_asked_for_before_night() -> None:
    dusk = an_outdoor_shot(Setting.DESERT, at=TimeOfDay.DUSK)
    assert hour_of(dusk).stars == 0
    assert hour_of(replace(dusk, stars=True)).stars > 0


def test_distance_takes_on_the_colour_of_the_air() -> None:
    hour = hour_of(an_outdoor_shot(Setting.MEADOW))
    near, far = (
        hour.hazed(np.zeros((1, 3), np.float32), 1.0),
        hour.hazed(np.zeros((1, 3), np.float32), 1e4),
    )
    assert (near == 0).all()
    assert far == pytest.approx(colour(hour.haze)[None], abs=0.01)


def test_a_surface_turned_to_the_sun_is_brighter() -> None:
    hour = hour_of(an_outdoor_shot(Setting.MEADOW))
    grey = np.full((2, 3), 0.5, np.float32)
    shaded, lit = hour.shine(grey, np.array((0.0, 1.0), np.float32)) @ LUMA
    assert lit > shaded * 1.5


@pytest.mark.parametrize("shape", [(64, 64), (300, 700)])
def test_noise_continues_on_the_other_side(shape: tuple[int, int]) -> None:
    values = field(shape, 3, (2.0, 3.0), 2.4)
    inside = np.abs(np.diff(values, axis=1)).max()
    assert values.shape == shape
    assert np.abs(values[:, 0] - values[:, -1]).max() < 3 * inside


def test_tiles_are_about_half_bright() -> None:
    tile = seamless(5, 128)
    assert tile.mean() == pytest.approx(0.5, abs=0.05)
    assert 0.1 < tile.std() < 0.35


def test_the_ground_is_met_where_the_camera_projects_it() -> None:
    camera = Camera(frame=LANDSCAPE, x=0.2, y=0.05, z=0.1)
    seen = meet(camera, 0.3, (72, 144))
    row, column = 40, 200
    x, y, _ = camera.project(float(seen.x[row, column]), 0.3, float(seen.z[row, 0]))
    assert (x, y) == pytest.approx((column + 0.5, 72 + row + 0.5), abs=0.01)


def test_the_ground_passes_by_with_the_camera_and_stays_put_in_the_distance() -> None:
    painting = GroundPainting(a_draft(), 0.3)
    stripes = np.repeat(np.sin(painting.x * 2.513 * 10), painting.rows, 0)
    ground = painting.ground(dithered(np.repeat(0.5 + 0.4 * stripes[..., None], 3, 2)))
    still, passed = (
        drawn((ground,), Camera(frame=LANDSCAPE, x=x), 0.0)[72:].astype(int) for x in (0.0, 0.1)
    )
    period = drawn((ground,), Camera(frame=LANDSCAPE, x=5.0), 0.0)[72:].astype(int)
    assert np.abs(still - passed)[-10:].mean() > 20
    assert np.abs(still - period).mean() < 3


def test_a_ridge_hides_what_lies_behind_it() -> None:
    land = Terrain(draft=a_draft(), level=0.3, near=2.0, far=10.0)
    heights = np.zeros(land.shape, np.float32)
    heights[40:50] = 3.0
    painted = np.zeros((*land.shape, 3), np.float32)
    painted[50:, :, 2] = 1.0
    strip = land.strip(heights, painted, 4.0)
    assert strip.texture.pixels[..., 2].max() < 8
    assert strip.texture.pixels[..., 3].max() == 255


def test_slopes_towards_the_sun_are_lit_and_those_behind_a_peak_lie_in_its_shadow() -> None:
    land = Terrain(draft=a_draft(), level=0.3, near=2.0, far=3.0)
    x = np.linspace(-1, 1, land.columns, dtype=np.float32)
    heights = np.broadcast_to(np.clip(1 - 4 * np.abs(x), 0, 1), land.shape).astype(np.float32)
    left, right = land.columns * 7 // 16, land.columns * 9 // 16
    facing = land.facing(heights, 1.0)
    reached = land.shadowed(heights, 1.0, 0.2)
    assert facing[100, right] > facing[100, left] + 0.2
    assert reached[100, right] == 1
    assert reached[100, land.columns // 4] == 0


def test_things_stamped_across_the_seam_show_on_both_sides() -> None:
    pixels = plain(40, 20, (0, 0, 0, 0))
    stamp(pixels, plain(8, 6, (50, 60, 70, 255)), 0.0, 20.0)
    assert pixels[-1, 0, 3] == pixels[-1, -1, 3] == 255
    assert pixels[-1, 20, 3] == 0


def test_a_grove_repeats_without_end() -> None:
    tree = Texture(plain(10, 20, (20, 90, 30, 255)))
    spots = scattered(np.random.default_rng(1), 6, (4.0, 1.5, 3.0), (0.4, 0.6), 1)
    grove = Grove(textures=(tree,), spots=spots, level=0.3, period=4.0, depth=2.0, sway=0.0)
    here, there = (
        drawn((grove,), Camera(frame=LANDSCAPE, x=x), 0.0).astype(int) for x in (0.5, 40.5)
    )
    assert here[..., 3].any()
    assert np.abs(here - there).max() <= 2


def test_a_grove_is_laid_out_from_far_to_near() -> None:
    spots = scattered(np.random.default_rng(2), 9, (6.0, 1.0, 4.0), (0.2, 0.3), 3)
    assert (np.diff(spots[:, 1]) <= 0).all()
    assert set(spots[:, 3]) == {0, 1, 2}


def test_mist_has_no_seam() -> None:
    canvas = Canvas(LANDSCAPE.width_px, LANDSCAPE.height_px)
    canvas.pixels[:] = (0, 0, 0, 255)
    haze = bank(3, "#ffffff", 0.8, (-0.4, 0.8, 1.0))
    haze.draw(canvas, Camera(frame=LANDSCAPE, x=haze.offset + 4.0), 0.0)
    steps = np.abs(np.diff(canvas.finish()[..., 1].astype(int), axis=1))
    assert steps.max() < 12


def test_water_mirrors_the_sky_above_it() -> None:
    site = site_of(a_draft(setting=Setting.SEA))
    calm = replace(water(site, rough=0.05), glitter=None)
    canvas = Canvas(LANDSCAPE.width_px, LANDSCAPE.height_px)
    brightness = []
    for sky in (20, 220):
        canvas.pixels[:72] = (sky, sky, sky, 255)
        canvas.pixels[72:] = (0, 0, 0, 255)
        calm.draw(canvas, Camera(frame=LANDSCAPE), 1.0)
        brightness.append(canvas.finish()[74:90, :, :3].mean())
    assert brightness[1] > brightness[0] + 80


def test_a_swash_runs_up_the_beach_and_back() -> None:
    stage = a_set(Setting.SEA)
    surf = next(layer for layer in stage.layers if isinstance(layer, Water))
    rows: list[Floats] = []
    for t in (1.0, 5.0):
        canvas = Canvas(LANDSCAPE.width_px, LANDSCAPE.height_px)
        canvas.pixels[:] = (0, 0, 0, 255)
        surf.draw(canvas, Camera(frame=LANDSCAPE), t)
        rows.append(cast(Floats, canvas.finish()[90:104, :, :3].astype(np.float32)))
    assert np.abs(rows[0] - rows[1]).mean() > 3


def test_polar_light_stands_in_a_clear_winter_night_only() -> None:
    def names(weather: Weather) -> set[str]:
        shot = an_outdoor_shot(Setting.SNOW, at=TimeOfDay.NIGHT, weather=weather)
        return {type(one).__name__ for one in SETS[Setting.SNOW](Draft(shot, PORTRAIT, ART)).layers}

    assert "Aurora" in names(Weather.CLEAR)
    assert "Aurora" not in names(Weather.SNOW)


@pytest.mark.parametrize("weather", CLOUDED)
@pytest.mark.parametrize("at", list(TimeOfDay))
@pytest.mark.parametrize("variant", range(4))
def test_the_sea_is_drawn_at_any_hour_in_any_weather(
    variant: int, at: TimeOfDay, weather: Weather
) -> None:
    shot = an_outdoor_shot(Setting.SEA, variant=variant, at=at, weather=weather)
    stage = SETS[Setting.SEA](Draft(shot, LANDSCAPE, ART))
    assert drawn(stage.layers, Camera(frame=LANDSCAPE), 1.0).std() > 0
