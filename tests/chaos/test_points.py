"""A server dies at every named point, is begun again, and owes nobody anything."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.clients import Clients
from tests.chaos.ground import Ground, a_ground
from tests.chaos.points import BLOB_POINTS, OUTSIDE_POINTS, POINTS
from tests.chaos.promises import Memory
from tests.chaos.reckoning import Reckoning, hook, reckon, until_told
from tests.chaos.site import Site, a_client, an_embedded_site

pytestmark = pytest.mark.timeout(180)

UPSTREAM_ALONE = {"after-intent", "submitted-not-recorded", "submitted-and-recorded"}
DELETING = {"delete-before-commit", "delete-before-bytes"}
ROTATING = {"rotation-before-commit", "rotation-before-reply"}
AFTER_REPLY = "after-reply"
ALL = (*POINTS, *BLOB_POINTS, *OUTSIDE_POINTS, AFTER_REPLY)

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """One for all tests here."""
    with a_ground() as made:
        yield made


@pytest.mark.parametrize("point", ALL)
async def test_an_upstream_is_asked_once_whatever_dies_where(
    point: str, ground: Ground, tmp_path: Path
) -> None:
    reckoning = await strike(point, "again", ground, tmp_path)
    assert reckoning.breaches.all() == []
    assert set(reckoning.states) <= {"completed"}


@pytest.mark.parametrize("point", [*sorted(UPSTREAM_ALONE), "during-submission"])
async def test_an_upstream_that_knows_no_keys_is_never_asked_again(
    point: str, ground: Ground, tmp_path: Path
) -> None:
    reckoning = await strike(point, "plain", ground, tmp_path)
    assert reckoning.breaches.all() == []
    is_known = point == "submitted-and-recorded"
    assert set(reckoning.states) == {"completed" if is_known else "submission_unknown"}


async def test_an_engine_of_this_machine_makes_the_film_again(
    ground: Ground, tmp_path: Path
) -> None:
    # Two whole films: the other points differ in nothing that an upstream's film does not show.
    reckoning = await strike("between-rename-and-commit", "test-instant", ground, tmp_path)
    assert reckoning.breaches.all() == []
    assert set(reckoning.states) == {"completed"}


async def strike(point: str, model: str, ground: Ground, folder: Path) -> Reckoning:
    """One film of `model` by a server that dies at `point` and is begun again."""
    name = f"server-{next(NUMBERS)}"
    site = an_embedded_site(name, folder / name, ground.nursery, ground.outside_port)
    post = site.posts[0]
    is_plain = point in OUTSIDE_POINTS or point == AFTER_REPLY
    site.begin(post, doomed=not is_plain, **({} if is_plain else {"CHAOS_POINT": point}))
    await site.until_up(post)
    endpoint_id = await hook(site, ground.outside_port)
    if point in OUTSIDE_POINTS:
        async with a_client() as client:
            url = f"http://127.0.0.1:{ground.outside_port}/doom"
            await client.put(url, json={OUTSIDE_POINTS[point]: post.process_id})
    memory = Memory()
    chance = random.Random(1)  # noqa: S311  # no secrets
    clients = Clients(name, site.urls, memory, chance, {model: 1.0}, is_patient=True)
    acting = asyncio.create_task(act(point, clients, site, endpoint_id))
    await site.until_down(post)
    site.begin(post)
    await site.until_up(post)
    await acting
    report = await until_told(site, ground.outside_port)
    await site.drop()
    return reckon(site, memory, report)


async def act(point: str, clients: Clients, site: Site, endpoint_id: str) -> None:
    """What the client does: it orders, looks, and does what the point is about."""
    async with clients.client:
        wish = clients.next_wish()
        video_id = await clients.order(wish)
        assert video_id is not None
        if point == AFTER_REPLY:
            site.posts[0].kill()
        clients.open[video_id] = wish
        clients.is_ordering = False
        await clients.look()
        if point in DELETING:
            wish.is_unwanted = True
            await clients.ask("DELETE", f"/v1/videos/{video_id}")
        if point in ROTATING:
            await clients.ask("POST", f"/v1/webhook_endpoints/{endpoint_id}/rotate_secret")
