"""Full, broken and read-only disks, clocks that jump, processes that stand still."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from tests.chaos.clients import LEAVES_SOCKETS, Clients
from tests.chaos.ground import Ground, a_ground
from tests.chaos.promises import Memory
from tests.chaos.reckoning import hook, reckon, until_told
from tests.chaos.site import Site, an_embedded_site
from tests.chaos.weather import DISKS, Weather, is_possible, weather_over

# The weather is a small library that stands before libc, compiled when it is needed. Where root and
# apt-get are, `make unit` installs a compiler; elsewhere the README asks for Python alone.
pytestmark = [
    LEAVES_SOCKETS,
    pytest.mark.timeout(180),
    pytest.mark.skipif(
        not is_possible(), reason="no C compiler is here, and only root can install one"
    ),
]

NUMBERS = itertools.count(1)
STILL_S = 1.5
"""Longer than a lease of one second."""

REFUSALS = {"full": 507, "broken": 503, "read-only": 503}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """A ground whose servers keep all that they have under `root`, and the weather there."""

    root: Path
    logs: Path
    ground: Ground
    weather: Weather


@dataclass(slots=True)
class Place:
    """A server under weather, and its client."""

    sky: Sky
    site: Site
    clients: Clients

    async def order(self) -> str:
        """One film more; its id."""
        wish = self.clients.next_wish()
        video_id = await self.clients.order(wish)
        assert video_id is not None
        self.clients.open[video_id] = wish
        return video_id

    async def until_made(self) -> None:
        """Look until all that was ordered has come to its end."""
        self.clients.is_ordering = False
        await self.clients.look()

    async def status(self, video_id: str) -> str:
        """What a video is."""
        return str((await self.send("GET", f"/v1/videos/{video_id}")).json()["status"])

    async def until_warned(self, video_id: str) -> None:
        """Look for a while until the log tells of what went wrong with a video.

        What went wrong with its end alone is told of the database, without its id.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                while not any(  # noqa: ASYNC110  # another process writes it
                    " warning " in line and video_id in line
                    for line in self.site.log.read_text().splitlines()
                ):
                    await asyncio.sleep(0.05)

    async def send(self, method: str, path: str, **what: object) -> httpx.Response:
        """One request."""
        url = self.site.urls()[0] + path
        return await self.clients.client.request(method, url, **what)  # type: ignore[arg-type]  # httpx's own

    async def reckon(self) -> list[str]:
        """What does not hold after all."""
        report = await until_told(self.site, self.sky.ground.outside_port)
        await self.site.drop()
        return reckon(self.site, self.clients.memory, report).breaches.all()


@pytest.fixture(scope="module")
def clear_sky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sky]:
    """One for all tests here."""
    root, logs = tmp_path_factory.mktemp("disk"), tmp_path_factory.mktemp("logs")
    with (
        weather_over(root, logs) as weather,
        a_ground(environment=weather.environment) as ground,
    ):
        yield Sky(root=root, logs=logs, ground=ground, weather=weather)


@pytest.fixture
def sky(clear_sky: Sky) -> Iterator[Sky]:
    """Fine weather, and after the test, too."""
    yield clear_sky
    clear_sky.weather.disk(None)
    clear_sky.weather.clock(0.0)


@asynccontextmanager
async def a_place(sky: Sky, model: str, **settings: str) -> AsyncIterator[Place]:
    """A server under the sky."""
    name, ground = f"server-{next(NUMBERS)}", sky.ground
    site = an_embedded_site(name, sky.root / name, ground.nursery, ground.outside_port, **settings)
    site.logs = sky.logs
    chance = random.Random(1)  # noqa: S311  # no secrets
    clients = Clients(name, site.urls, Memory(), chance, {model: 1.0}, is_patient=True)
    await site.start()
    try:
        await hook(site, ground.outside_port)
        async with clients.client:
            yield Place(sky, site, clients)
    finally:
        await site.drop()


@pytest.fixture
async def place(sky: Sky) -> AsyncIterator[Place]:
    """A server whose films come from an upstream."""
    async with a_place(sky, "again") as made:
        yield made


@pytest.mark.parametrize("disk", DISKS)
async def test_a_bad_disk_refuses_what_is_new_and_shows_what_is_there(
    disk: str, place: Place
) -> None:
    made = await place.order()
    await place.until_made()
    before = (await place.send("GET", f"/v1/videos/{made}/content")).content
    running = await place.order()
    place.sky.weather.disk(disk)
    refused = await place.send("POST", "/v1/videos", json={"prompt": "no", "model": "again"})
    assert refused.status_code == REFUSALS[disk], refused.text
    assert refused.json()["error"]["code"]
    assert (await place.status(made)) == "completed"
    assert (await place.send("GET", "/v1/videos")).status_code == 200
    assert (await place.send("GET", f"/v1/videos/{made}/content")).content == before
    status = await place.status(running)
    if status == "in_progress":
        await place.until_warned(running)
    assert (await place.status(running)) == status  # nothing can be written
    place.sky.weather.disk(None)
    await place.order()
    await place.until_made()
    assert await place.reckon() == []


async def test_a_clock_that_jumps_loses_and_repeats_nothing(place: Place) -> None:
    for wrong_s in (3600.0, 0.0, -3600.0):
        await place.order()
        place.sky.weather.clock(wrong_s)
        await place.order()
        await asyncio.sleep(0.3)  # so that some are in the middle when it jumps again
    await place.until_made()
    assert await place.reckon() == []


async def test_a_server_that_stood_still_beyond_its_leases_goes_on(sky: Sky) -> None:
    async with a_place(sky, "again", MATINEE_LEASE_S="1") as place:
        for _ in range(3):
            await place.order()
        place.site.freeze(place.site.posts[0])
        await asyncio.sleep(STILL_S)
        place.site.thaw(place.site.posts[0])
        await place.until_made()
        assert await place.reckon() == []


async def test_an_engine_that_stood_still_beyond_its_lease_goes_on(sky: Sky) -> None:
    async with a_place(sky, "test-instant", MATINEE_LEASE_S="1") as place:
        await place.order()
        child = await asyncio.to_thread(a_child, place.site)
        child.suspend()
        await asyncio.sleep(STILL_S)
        child.resume()
        await place.until_made()
        assert await place.reckon() == []


def a_child(site: Site) -> psutil.Process:
    """The engine's process, as soon as it is there."""
    while not (children := site.posts[0].children()):
        time.sleep(0.02)
    return children[0]
