"""Workers that die at named points leave their films to another machine's worker."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import pytest

from tests.chaos.clients import Clients
from tests.chaos.cluster import a_shared_site
from tests.chaos.ground import a_ground
from tests.chaos.promises import Memory
from tests.chaos.reckoning import hook, reckon, until_told
from tests.postgres import a_database

POINTS = ("after-claim", "submitted-not-recorded", "between-rename-and-commit")
MOST_S = 120.0


@pytest.mark.timeout(300)
@pytest.mark.slow
async def test_films_of_workers_that_died_are_made_by_another_and_ordered_once(
    tmp_path: Path,
) -> None:
    name = "machines"
    chance = random.Random(1)  # noqa: S311  # no secrets
    with a_ground() as ground, a_database() as database:
        site = a_shared_site(
            name, tmp_path, ground, database, workers=len(POINTS) + 1, MATINEE_LEASE_S="2"
        )
        api, _, survivor, *doomed = site.posts
        site.posts = [api]
        await site.start()
        await hook(site, ground.outside_port)
        site.is_revived = False
        for post, point in zip(doomed, POINTS, strict=True):
            site.begin(post, doomed=True, CHAOS_POINT=point)
        clients = Clients(name, site.urls, Memory(), chance, {"again": 1.0}, is_patient=True)
        async with clients.client:
            give_up_s = time.monotonic() + MOST_S
            while any(post.is_alive() for post in doomed) and time.monotonic() < give_up_s:
                wish = clients.next_wish()
                video_id = await clients.order(wish)
                assert video_id is not None
                clients.open[video_id] = wish
                await asyncio.sleep(0.1 * len(clients.open))  # so that it is another worker's turn
            assert [post.name for post in doomed if post.is_alive()] == []
            site.posts.append(survivor)
            site.begin(survivor)
            clients.is_ordering = False
            await clients.look()
        report = await until_told(site, ground.outside_port)
        await site.drop()
        found = reckon(site, clients.memory, report)
    assert found.breaches.all() == []
    assert set(found.states) == {"completed"}
