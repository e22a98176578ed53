"""A server that stands still between storing what came with a request and noting it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from matinee.blobs.local import LocalBlobs
from tests.fakes import StoppedClock, a_film, a_png
from tests.houses import House, a_house


class SleepyBlobs(LocalBlobs):
    """Time goes by whenever something has been stored."""

    clock: StoppedClock
    seconds = 0.0

    async def put_bytes(self, key: str, data: bytes) -> str:
        """Store it, and stand still."""
        stored = await super().put_bytes(key, data)
        self.clock.move(self.seconds)
        return stored


@pytest.fixture
async def sleepy(tmp_path: Path) -> AsyncIterator[tuple[House, SleepyBlobs]]:
    """A house whose machine may sleep."""
    blobs = SleepyBlobs(tmp_path / "blobs")
    async with a_house(tmp_path, blobs=blobs) as house:
        blobs.clock = house.clock
        yield house, blobs


@pytest.mark.parametrize(("seconds", "status"), [(1700.0, 200), (1900.0, 503)])
async def test_what_is_noted_so_late_that_its_blobs_may_be_gone_is_refused(
    seconds: float, status: int, sleepy: tuple[House, SleepyBlobs]
) -> None:
    house, blobs = sleepy
    blobs.seconds = seconds
    async with house.client() as client:
        image = ("a.png", a_png(1280, 720), "image/png")
        file = await client.post("/v1/files", data={"purpose": "vision"}, files={"file": image})
        body, files = {"prompt": "x", "size": "1280x720"}, {"input_reference": image}
        video = await client.post("/v1/videos", data=body, files=files)
        clip = {"video": ("clip.mp4", a_film())}
        character = await client.post("/v1/videos/characters", data={"name": "A"}, files=clip)
        assert [each.status_code for each in (file, video, character)] == [status] * 3
        assert len((await client.get("/v1/videos")).json()["data"]) == (status == 200)
