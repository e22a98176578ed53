"""What the simulation found, told step by step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from matinee.core.ids import VideoId
from matinee.core.job import expire_lease
from tests.simulation.history import quiet
from tests.simulation.processes import LEASE, Process, Strand
from tests.simulation.rows import Rows
from tests.simulation.weather import WriteFault
from tests.simulation.world import ACCOUNTS, World

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def world() -> Iterator[World]:
    """A world in which nothing goes wrong by itself."""
    with quiet():
        world = World(0)
        world.weather.is_calm = True
        yield world
        world.end()


def end_of(world: World, strand: Strand) -> str:
    """Step `strand`, whose film is made meanwhile, to its end; what that was."""
    process = world.processes[0]
    while True:
        world._make_wanted_film()
        _, how = process.step(process.strands.index(strand)) or (strand, "")
        if how != "-":
            return how


def create(world: World) -> tuple[Process, str]:
    """A video that waits; how its creation ended."""
    process = world.processes[0]
    work = world._create(process, ACCOUNTS[0], None)
    return process, end_of(world, process.begin(1, "create", work))


def test_a_video_that_may_be_accepted_keeps_what_it_is_made_from(world: World) -> None:
    world.weather.next_faults = [WriteFault.LOST]
    _, how = create(world)
    assert how == "service_unavailable"
    assert len(world.database.tables.videos) == 1
    assert [key.rpartition("/")[2] for key in world.ground.blobs.keys] == ["reference-0"]


def test_an_attempt_that_lost_its_video_does_not_hide_the_next_one_of_its_process(
    world: World,
) -> None:
    process, _ = create(world)
    (video_id,) = world.database.tables.videos
    first = process.begin(2, "first", process.crew.attempts.run(video_id))
    while not process.crew.attempts.is_running(video_id):
        process.step(process.strands.index(first))
    world.clock.move(LEASE.total_seconds() + 1)
    world.database.commit(lambda rows: take_up(rows, video_id, world), "another process", None)
    second = process.begin(3, "second", process.crew.attempts.run(video_id))
    while world.database.tables.videos[video_id].job.attempt == 1:
        process.step(process.strands.index(second))
    process.step(process.strands.index(second))  # it hears that the video is its own
    end_of(world, first)
    assert process.crew.attempts.is_running(video_id)
    assert end_of(world, second).startswith("done")


def take_up(rows: Rows, video_id: VideoId, world: World) -> None:
    """Take the video from the attempt that holds it."""
    job = rows.tables.videos[video_id].job
    after, event = expire_lease(job, world.clock.now())
    rows.save_job(job, after)
    rows.add_event(event)
