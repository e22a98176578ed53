"""Looking at a finished film in a child process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from pathlib import Path

import psutil
import pytest

from matinee.core.errors import InspectionCrashed, MediaInvalid, ServiceUnavailable, StorageFull
from matinee.media.finish import finish
from tests.unit.media.films import make_film


async def test_a_film_gets_its_facts_and_two_pictures(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    await make_film(film, frames=24)
    finished = await finish(film, tmp_path)
    assert (finished.width_px, finished.height_px) == (160, 96)
    assert finished.size_bytes == film.stat().st_size
    assert finished.thumbnail.path.read_bytes()[8:12] == b"WEBP"
    assert finished.spritesheet.path.read_bytes().startswith(b"\xff\xd8")


async def test_the_look_sees_nothing_of_our_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    await make_film(film, frames=24)
    # No Python that sees this gets far.
    monkeypatch.setenv("PYTHONHOME", str(tmp_path))
    assert (await finish(film, tmp_path)).size_bytes == film.stat().st_size


async def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"no film at all")
    with pytest.raises(MediaInvalid):
        await finish(film, tmp_path)


async def test_a_killed_look_says_nothing_of_the_film_or_its_engine(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    os.mkfifo(film)  # nothing is ever written into it, so the child waits
    looking = asyncio.create_task(finish(film, tmp_path))
    (await asyncio.to_thread(the_child)).kill()
    with pytest.raises(InspectionCrashed):
        await looking


async def test_pictures_that_the_disk_has_no_room_for_say_nothing_of_the_film(
    tmp_path: Path,
) -> None:
    film = tmp_path / "film.mp4"
    await make_film(film, frames=24)
    (tmp_path / "thumbnail").symlink_to("/dev/full")
    with pytest.raises(StorageFull):
        await finish(film, tmp_path)


async def test_pictures_that_can_not_be_written_say_nothing_of_the_film(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    await make_film(film, frames=24)
    with pytest.raises(ServiceUnavailable):
        await finish(film, tmp_path / "gone")


def the_child() -> psutil.Process:
    """The process that looks, as soon as it is there; the test's time limit ends a vain wait.

    Other tests' processes, a server among them, may be children of this one too.
    """
    while True:
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if "matinee.media.finish_child" in child.cmdline():
                    return child
        time.sleep(0.005)
