"""Each setting, weather and action is heard: by a feature that is gone when its sound is."""

from __future__ import annotations

from functools import cache

import pytest

from matinee.engines.animatic.score import Sound, compose
from matinee.engines.animatic.shots import (
    Action,
    Body,
    Look,
    Music,
    Prop,
    Setting,
    Shot,
    ShotList,
    Subject,
    TimeOfDay,
    Weather,
)
from tests.unit.engines.animatic.hearing import (
    beat,
    decibels,
    envelope,
    hiss,
    onsets_per_s,
    share,
    swing,
)

SEEDS = (0, 3)
WALKS_PER_S = 5.2 / 3.1416
RUNS_PER_S = 9.5 / 3.1416

heard_for_several_seeds = pytest.mark.parametrize("seed", SEEDS)


def a_film(
    setting: Setting,
    music: Music = Music.AMBIENT,
    seed: int = 0,
    *,
    seconds: float = 6.0,
    time_of_day: TimeOfDay = TimeOfDay.DAY,
    weather: Weather = Weather.CLEAR,
    subjects: tuple[Subject, ...] = (),
    props: tuple[Prop, ...] = (),
) -> ShotList:
    shot = Shot(
        seconds=seconds,
        text="",
        setting=setting,
        time_of_day=time_of_day,
        weather=weather,
        subjects=subjects,
        props=props,
    )
    return ShotList(shots=(shot,), look=Look.PLAIN, music=music, seed=seed)


@cache
def heard(shots: ShotList) -> Sound:
    return compose(shots)


def doing(action: Action, noun: str = "fox", body: Body = Body.WHOLE) -> tuple[Subject, ...]:
    return (Subject(noun=noun, glyph=noun, action=action, body=body),)


@heard_for_several_seeds
def test_space_hums_below_all_music(seed: int) -> None:
    sound = heard(a_film(Setting.SPACE, Music.PIANO, seed))
    assert share(sound, 38, 46) > -25


@heard_for_several_seeds
def test_things_whoosh_by_in_space(seed: int) -> None:
    sound = heard(a_film(Setting.SPACE, Music.DRAMATIC, seed))
    assert swing(envelope(sound, 2500, 5000)) > 13


@heard_for_several_seeds
def test_a_jet_blows_in_space(seed: int) -> None:
    sound = heard(a_film(Setting.SPACE, Music.AMBIENT, seed))
    assert hiss(sound, 200, 650) > 0.02


@heard_for_several_seeds
def test_the_air_system_of_a_station_never_rests(seed: int) -> None:
    sound = heard(a_film(Setting.STATION, Music.AMBIENT, seed))
    assert hiss(sound, 400, 1200) > 0.03


@heard_for_several_seeds
def test_balls_that_float_in_a_station_bump_about(seed: int) -> None:
    balls = (Prop(noun="tennis ball", glyph="tennis", count=12, floats=True),)
    with_balls = heard(a_film(Setting.STATION, Music.PIANO, seed, props=balls))
    without = heard(a_film(Setting.STATION, Music.PIANO, seed))
    bumps = onsets_per_s(envelope(with_balls, 2200, 3500, 512), 1.5)
    assert bumps > onsets_per_s(envelope(without, 2200, 3500, 512), 1.5) + 2


@heard_for_several_seeds
def test_a_clock_ticks_twice_a_second_in_a_room(seed: int) -> None:
    sound = heard(a_film(Setting.ROOM, Music.DRAMATIC, seed))
    assert beat(envelope(sound, 4000, 7000, 512), 1.95, 2.05) > 0.4


@heard_for_several_seeds
def test_the_hall_murmurs_before_a_stage(seed: int) -> None:
    sound = heard(a_film(Setting.STAGE, Music.AMBIENT, seed))
    assert hiss(sound[:144_000], 600, 1400) > 0.02


@heard_for_several_seeds
def test_a_stage_ends_in_applause(seed: int) -> None:
    sound = heard(a_film(Setting.STAGE, Music.PASTORAL, seed))
    end, before = sound[-77_000:-30_000], sound[:144_000]
    clapping = decibels(envelope(end, 1500, 5000)) - decibels(envelope(before, 1500, 5000))
    assert clapping > 3


@heard_for_several_seeds
def test_cars_come_and_go_in_a_street(seed: int) -> None:
    curve = envelope(heard(a_film(Setting.STREET, Music.AMBIENT, seed)), 900, 2500)
    assert swing(curve) > 11
    assert hiss(heard(a_film(Setting.STREET, Music.AMBIENT, seed)), 500, 1900) > 0.05


@heard_for_several_seeds
def test_birds_and_leaves_brighten_a_forest_by_day(seed: int) -> None:
    sound = heard(a_film(Setting.FOREST, Music.DRAMATIC, seed))
    assert share(sound, 2200, 6500) > -18
    assert hiss(sound, 2500, 6000) > 0.02


@heard_for_several_seeds
def test_crickets_pulse_in_a_forest_by_night_and_not_by_day(seed: int) -> None:
    night = heard(a_film(Setting.FOREST, Music.DRAMATIC, seed, time_of_day=TimeOfDay.NIGHT))
    day = heard(a_film(Setting.FOREST, Music.DRAMATIC, seed))
    assert beat(envelope(night, 4000, 5000, 512), 31, 39) > 0.1
    assert beat(envelope(day, 4000, 5000, 512), 31, 39) < 0.1


@heard_for_several_seeds
def test_grasshoppers_rattle_in_a_meadow(seed: int) -> None:
    sound = heard(a_film(Setting.MEADOW, Music.DRAMATIC, seed))
    assert beat(envelope(sound, 6000, 7500), 17, 23) > 0.3


@heard_for_several_seeds
def test_crickets_pulse_in_a_meadow_by_night(seed: int) -> None:
    sound = heard(a_film(Setting.MEADOW, Music.DRAMATIC, seed, time_of_day=TimeOfDay.NIGHT))
    assert beat(envelope(sound, 4000, 5000, 512), 31, 39) > 0.2


@heard_for_several_seeds
def test_wind_blows_low_and_high_in_mountains(seed: int) -> None:
    sound = heard(a_film(Setting.MOUNTAINS, Music.AMBIENT, seed))
    assert hiss(sound, 90, 380) > 0.02
    assert hiss(sound, 380, 800) > 0.03


@heard_for_several_seeds
def test_a_soft_wind_without_any_edge_blows_over_snow(seed: int) -> None:
    sound = heard(a_film(Setting.SNOW, Music.AMBIENT, seed))
    assert hiss(sound, 200, 600) > 0.01
    assert share(sound, 5500, 12_000) < -37


@heard_for_several_seeds
def test_the_wind_of_a_desert_is_dry(seed: int) -> None:
    sound = heard(a_film(Setting.DESERT, Music.AMBIENT, seed))
    assert share(sound, 3600, 9500) > -24
    assert hiss(sound, 600, 2300) > 0.04


@heard_for_several_seeds
def test_waves_break_and_run_out_by_the_sea(seed: int) -> None:
    sound = heard(a_film(Setting.SEA, Music.DRAMATIC, seed, seconds=10))
    assert swing(envelope(sound, 2600, 9000)) > 13


@heard_for_several_seeds
def test_gulls_cry_by_the_sea_by_day_and_not_by_night(seed: int) -> None:
    day = heard(a_film(Setting.SEA, Music.AMBIENT, seed))
    night = heard(a_film(Setting.SEA, Music.AMBIENT, seed, time_of_day=TimeOfDay.NIGHT))
    assert hiss(day, 1900, 3600, when=0.02) < 0.6 * hiss(night, 1900, 3600, when=0.02)


@heard_for_several_seeds
def test_depth_rumbles_under_water(seed: int) -> None:
    sound = heard(a_film(Setting.UNDERWATER, Music.PASTORAL, seed))
    assert hiss(sound, 40, 190) > 0.3


@heard_for_several_seeds
def test_bubbles_rise_under_water(seed: int) -> None:
    sound = heard(a_film(Setting.UNDERWATER, Music.AMBIENT, seed))
    # Rising tones fill the gaps between the notes of the music.
    assert hiss(sound, 900, 1700, when=0.7) > 0.006


@heard_for_several_seeds
def test_high_wind_rushes_in_the_sky(seed: int) -> None:
    sound = heard(a_film(Setting.SKY, Music.DRAMATIC, seed))
    assert hiss(sound, 1000, 3000) > 0.1


@heard_for_several_seeds
def test_rain_hisses_above_everything(seed: int) -> None:
    rain = heard(a_film(Setting.MOUNTAINS, Music.AMBIENT, seed, weather=Weather.RAIN))
    assert share(rain, 5000, 12_000) > -25


@heard_for_several_seeds
def test_rain_patters_on_the_roof_of_a_room(seed: int) -> None:
    rain = heard(a_film(Setting.ROOM, Music.AMBIENT, seed, weather=Weather.RAIN))
    assert hiss(rain, 500, 1500) > 0.03
    assert share(rain, 5000, 12_000) < -30


@heard_for_several_seeds
def test_falling_snow_hushes(seed: int) -> None:
    snow = heard(a_film(Setting.SNOW, Music.AMBIENT, seed, weather=Weather.SNOW))
    clear = heard(a_film(Setting.SNOW, Music.AMBIENT, seed))
    assert hiss(snow, 1200, 3000) > 3 * hiss(clear, 1200, 3000)


@heard_for_several_seeds
def test_fog_is_heavy_air(seed: int) -> None:
    fog = heard(a_film(Setting.MEADOW, Music.AMBIENT, seed, weather=Weather.FOG))
    assert hiss(fog, 70, 230) > 0.05


@heard_for_several_seeds
def test_a_horn_sounds_in_fog_at_sea(seed: int) -> None:
    fog = heard(a_film(Setting.SEA, Music.PASTORAL, seed, weather=Weather.FOG))
    clear = heard(a_film(Setting.SEA, Music.PASTORAL, seed))
    assert share(fog, 112, 121) > share(clear, 112, 121) + 4.5


def test_it_thunders_in_some_rain_and_not_in_other() -> None:
    rains = [a_film(Setting.DESERT, Music.PASTORAL, seed, weather=Weather.RAIN) for seed in (2, 0)]
    assert share(heard(rains[0]), 28, 60) > -20
    assert share(heard(rains[1]), 28, 60) < -35


def test_an_owl_hoots_in_a_forest_by_night() -> None:
    night = heard(a_film(Setting.FOREST, Music.DRAMATIC, time_of_day=TimeOfDay.NIGHT))
    day = heard(a_film(Setting.FOREST, Music.DRAMATIC))
    assert share(night, 360, 445) > share(day, 360, 445) + 6


def test_no_rain_is_heard_in_space() -> None:
    rain = compose(a_film(Setting.SPACE, weather=Weather.RAIN, seconds=2))
    assert (rain == compose(a_film(Setting.SPACE, seconds=2))).all()


@heard_for_several_seeds
@pytest.mark.parametrize(
    ("action", "steps_per_s"), [(Action.WALK, WALKS_PER_S), (Action.RUN, RUNS_PER_S)]
)
def test_feet_crunch_in_the_snow_in_their_gait(
    action: Action, steps_per_s: float, seed: int
) -> None:
    moving = heard(a_film(Setting.SNOW, Music.AMBIENT, seed, subjects=doing(action)))
    still = heard(a_film(Setting.SNOW, Music.AMBIENT, seed, subjects=doing(Action.STAND)))
    around = (steps_per_s - 0.05, steps_per_s + 0.05)
    crunch = beat(envelope(moving, 1200, 3400), *around)
    assert crunch > 2 * beat(envelope(still, 1200, 3400), *around) + 0.1


@heard_for_several_seeds
@pytest.mark.parametrize(
    ("setting", "band"), [(Setting.SEA, (2000, 7000)), (Setting.UNDERWATER, (190, 420))]
)
def test_a_swimmer_splashes(setting: Setting, band: tuple[float, float], seed: int) -> None:
    swims = heard(a_film(setting, Music.AMBIENT, seed, subjects=doing(Action.SWIM)))
    still = heard(a_film(setting, Music.AMBIENT, seed))
    strokes = beat(envelope(swims, *band), 1.0, 1.1)
    assert strokes > beat(envelope(still, *band), 1.0, 1.1) + 0.1


@heard_for_several_seeds
def test_wings_beat(seed: int) -> None:
    sound = heard(a_film(Setting.SKY, Music.AMBIENT, seed, subjects=doing(Action.FLY, "eagle")))
    assert beat(envelope(sound, 500, 1500), 3.05, 3.2) > 0.25


@heard_for_several_seeds
def test_an_aeroplane_has_a_motor_and_no_wings_to_beat(seed: int) -> None:
    sound = heard(a_film(Setting.SKY, Music.AMBIENT, seed, subjects=doing(Action.FLY, "airplane")))
    assert beat(envelope(sound, 500, 1500), 3.05, 3.2) < 0.2


def test_what_drives_has_a_motor() -> None:
    drives = heard(a_film(Setting.DESERT, Music.AMBIENT, subjects=doing(Action.DRIVE, "car")))
    assert share(drives, 55, 75) > -20
    assert share(heard(a_film(Setting.DESERT, Music.AMBIENT)), 55, 75) < -40


def test_drums_rest_while_somebody_plays_the_piano() -> None:
    player = doing(Action.PLAY, "cat", Body.PLAYER)
    plays = heard(a_film(Setting.ROOM, Music.SYNTHWAVE, subjects=player))
    band = heard(a_film(Setting.ROOM, Music.SYNTHWAVE))
    assert share(plays, 8000, 14_000) < share(band, 8000, 14_000) - 6
