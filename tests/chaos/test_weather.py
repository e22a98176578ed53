"""Full, broken and read-only disks, clocks that jump, processes that stand still."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from tests.chaos.clients import Clients
from tests.chaos.ground import Ground, a_ground
from tests.chaos.promises import Memory
from tests.chaos.reckoning import hook, reckon, until_told
from tests.chaos.site import Site, an_embedded_site
from tests.chaos.weather import DISKS, Weather, is_possible, weather_over

# The weather is a small library that stands before libc, compiled when it is needed. Where root and
# apt-get are, `make unit` installs a compiler; elsewhere the README asks for Python alone.
pytestmark = [
    pytest.mark.timeout(90),
    pytest.mark.skipif(
        not is_possible(), reason="no C compiler is here, and only root can install one"
    ),
]

NAME = "server"
REFUSALS = {"full": 507, "broken": 503, "read-only": 503}


@dataclass(slots=True)
class Place:
    """A server under weather, and its client."""

    ground: Ground
    weather: Weather
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

    async def send(self, method: str, path: str, **what: object) -> httpx.Response:
        """One request."""
        url = self.site.urls()[0] + path
        return await self.clients.client.request(method, url, **what)  # type: ignore[arg-type]  # httpx's own

    async def reckon(self) -> list[str]:
        """What does not hold after all."""
        report = await until_told(self.site, self.ground.outside_port)
        await self.site.drop()
        return reckon(self.site, self.clients.memory, report).breaches.all()


@asynccontextmanager
async def a_place(folder: Path, model: str = "again", **settings: str) -> AsyncIterator[Place]:
    """A server under weather that is fine."""
    root = folder / NAME
    with (
        weather_over(root, folder) as weather,
        a_ground(environment=weather.environment) as ground,
    ):
        site = an_embedded_site(NAME, root, ground.nursery, ground.outside_port, **settings)
        chance = random.Random(1)  # noqa: S311  # no secrets
        clients = Clients(NAME, site.urls, Memory(), chance, {model: 1.0}, is_patient=True)
        await site.start()
        await hook(site, ground.outside_port)
        async with clients.client:
            yield Place(ground, weather, site, clients)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """A server whose films come from an upstream."""
    async with a_place(tmp_path) as made:
        yield made


@pytest.mark.parametrize("disk", DISKS)
async def test_a_bad_disk_refuses_what_is_new_and_shows_what_is_there(
    disk: str, place: Place
) -> None:
    made = await place.order()
    await place.until_made()
    before = (await place.send("GET", f"/v1/videos/{made}/content")).content
    running = await place.order()
    place.weather.disk(disk)
    refused = await place.send("POST", "/v1/videos", json={"prompt": "no", "model": "again"})
    assert refused.status_code == REFUSALS[disk], refused.text
    assert refused.json()["error"]["code"]
    assert (await place.send("GET", f"/v1/videos/{made}")).json()["status"] == "completed"
    assert (await place.send("GET", "/v1/videos")).status_code == 200
    assert (await place.send("GET", f"/v1/videos/{made}/content")).content == before
    await asyncio.sleep(1.0)  # the film that was running has met it by now
    assert (await place.send("GET", f"/v1/videos/{running}")).json()["status"] != "completed"
    place.weather.disk(None)
    await place.order()
    await place.until_made()
    assert await place.reckon() == []


@pytest.mark.parametrize("wrong_s", [3600.0, -3600.0])
async def test_a_clock_that_jumps_loses_and_repeats_nothing(wrong_s: float, place: Place) -> None:
    for wrong in (wrong_s, 0.0, wrong_s):
        await place.order()
        place.weather.clock(wrong)
        await place.order()
        await asyncio.sleep(0.3)  # so that some are in the middle when it jumps again
    await place.until_made()
    assert await place.reckon() == []


async def test_a_server_that_stood_still_beyond_its_leases_goes_on(tmp_path: Path) -> None:
    async with a_place(tmp_path, MATINEE_LEASE_S="1") as place:
        for _ in range(3):
            await place.order()
        place.site.freeze(place.site.posts[0])
        await asyncio.sleep(2.5)  # longer than the lease
        place.site.thaw(place.site.posts[0])
        await place.until_made()
        assert await place.reckon() == []


async def test_an_engine_that_stood_still_beyond_its_lease_goes_on(tmp_path: Path) -> None:
    async with a_place(tmp_path, "test-instant", MATINEE_LEASE_S="1") as place:
        await place.order()
        child = await asyncio.to_thread(a_child, place.site)
        child.suspend()
        await asyncio.sleep(2.5)  # longer than the lease
        child.resume()
        await place.until_made()
        assert await place.reckon() == []


def a_child(site: Site) -> psutil.Process:
    """The engine's process, as soon as it is there."""
    while not (children := site.posts[0].children()):
        time.sleep(0.02)
    return children[0]
