"""Tests of the space set."""

from dataclasses import replace

import numpy as np

from matinee.engines.animatic.scene import build_scene
from matinee.engines.animatic.sets.orbital import NearStation, Orbit
from matinee.engines.animatic.sets.space import space
from matinee.engines.animatic.shots import Shot
from matinee.engines.animatic.staging import Draft, Set
from tests.unit.engines.animatic.staged import ART, DOG, LANDSCAPE, PORTRAIT, a_frame_of, a_shot

WITHOUT_STATION = replace(a_shot(subjects=()), variant=1)


def built(shot: Shot) -> Set:
    """The set of `shot` in landscape."""
    return space(Draft(shot, LANDSCAPE, ART))


def has_station(stage: Set) -> bool:
    """Whether a station floats in it."""
    return any(isinstance(layer, NearStation) for layer in stage.layers)


def test_a_station_that_the_prompt_names_is_there_in_every_staging() -> None:
    assert not has_station(built(WITHOUT_STATION))
    assert has_station(built(replace(WITHOUT_STATION, text="orbiting a space Station")))
    assert has_station(built(replace(WITHOUT_STATION, theme="paw")))


def test_a_paw_theme_changes_the_station() -> None:
    shot = a_shot(subjects=())
    usual = a_frame_of(build_scene(shot, LANDSCAPE, ART), 1.0).astype(int)
    themed = a_frame_of(build_scene(replace(shot, theme="paw"), LANDSCAPE, ART), 1.0)
    assert (np.abs(usual - themed).max(2) > 40).mean() > 0.005


def test_a_lone_hero_circles_and_a_group_keeps_together() -> None:
    assert built(a_shot(subjects=(DOG,))).path is not None
    assert built(a_shot(subjects=(replace(DOG, count=3),))).path is None


def test_a_hero_is_in_front_of_the_station_most_of_the_time() -> None:
    path = space(Draft(a_shot(subjects=(DOG,)), PORTRAIT, ART)).path
    assert isinstance(path, Orbit)
    depths = np.array([path.at(t)[2] for t in np.linspace(0, 60, 600).tolist()])
    assert (depths < 1.5).mean() > 0.6
