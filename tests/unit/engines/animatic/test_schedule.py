"""What is due, and when."""

from __future__ import annotations

import random

from matinee.engines.animatic.schedule import SCENES_ALIVE, Due, Schedule


def test_the_next_scene_is_built_while_the_first_is_drawn_and_no_third() -> None:
    schedule = Schedule([2, 2, 2], slots=8)
    for shot in range(2):
        assert schedule.shot_to_build() == shot
        schedule.building()
    assert schedule.shot_to_build() is None


def test_a_third_scene_is_built_when_the_first_is_drawn_to_its_end() -> None:
    schedule = Schedule([2, 2, 2], slots=8)
    for shot in range(2):
        schedule.building()
        schedule.built(shot)
    assert schedule.drawn(1) is None
    assert schedule.drawn(0) == 0
    assert schedule.shot_to_build() == 2


def test_no_frame_is_due_before_its_scene_is_built() -> None:
    schedule = Schedule([1, 1], slots=8)
    assert schedule.frame_to_draw() is None
    schedule.building()
    schedule.built(0)
    assert schedule.frame_to_draw() == Due(0, 0, 0)
    schedule.drawing()
    assert schedule.frame_to_draw() is None


def test_the_ring_never_overflows() -> None:
    schedule = Schedule([20], slots=3)
    schedule.building()
    schedule.built(0)
    for _ in range(3):
        assert schedule.frame_to_draw() is not None
        schedule.drawing()
    assert schedule.frame_to_draw() is None
    schedule.drawn(0)
    schedule.take(0)
    assert schedule.frame_to_draw() == Due(3, 0, 3)


def test_in_any_order_of_events_every_frame_is_drawn_once() -> None:
    for seed in range(200):
        chance = random.Random(seed)  # noqa: S311 - a replayable test
        lengths = [chance.randint(1, 20) for _ in range(chance.randint(1, 6))]
        drawn = _run(Schedule(lengths, slots=chance.randint(1, 8)), chance)
        expected = [(shot, index) for shot, length in enumerate(lengths) for index in range(length)]
        assert [(due.shot, due.index) for due in drawn] == expected


def _run(schedule: Schedule, chance: random.Random) -> list[Due]:
    """Let workers finish in random order; the frames as they were begun."""
    begun: list[Due] = []
    building: list[int] = []
    drawing: list[Due] = []
    alive = taken = 0
    while taken < schedule.frames:
        if (shot := schedule.shot_to_build()) is not None:
            building.append(shot)
            schedule.building()
            alive += 1
        while (due := schedule.frame_to_draw()) is not None:
            begun.append(due)
            drawing.append(due)
            schedule.drawing()
        if building and (not drawing or chance.random() < 0.3):
            schedule.built(building.pop(chance.randrange(len(building))))
        elif drawing:
            done = drawing.pop(chance.randrange(len(drawing)))
            alive -= schedule.drawn(done.number) is not None
        while schedule.is_drawn(taken):
            schedule.take(taken)
            taken += 1
        assert alive <= SCENES_ALIVE
    return begun
