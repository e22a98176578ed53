"""Every route there is, asked by those who may not: without a key, with a worthless one."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx

from matinee.core.ids import KeyId
from tests.houses import House

OPEN = re.compile(r"/(?:|docs|openapi\.json|health|healthz|[fp]/\{token\}/\{name\})")
"""What needs no key: the reference, health, and links that are keys themselves."""

HOOK = {"name": "a", "url": "http://127.0.0.1:9/", "event_types": ["video.completed"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """The ids of what an account has."""

    video: str
    endpoint: str
    delivery: str
    file: str

    def named_in(self, path: str) -> str:
        """The id that stands in a route's `path`."""
        kinds = {"endpoints": self.endpoint, "deliveries": self.delivery, "files": self.file}
        return next((spelled for word, spelled in kinds.items() if word in path), self.video)


async def belongings_of(house: House, client: httpx.AsyncClient) -> Belongings:
    """One of each, made by `client`."""
    endpoint = (await client.post("/v1/webhook_endpoints", json=HOOK)).json()["id"]
    video = (await client.post("/v1/videos", json={"prompt": "a cat"})).json()["id"]
    await house.complete(video)
    await house.office.outbox.look()
    deliveries = (await client.get("/v1/webhook_deliveries")).json()["data"]
    form = {"files": {"file": ("a.txt", b"a cat")}, "data": {"purpose": "user_data"}}
    file = (await client.post("/v1/files", **form)).json()["id"]  # type: ignore[arg-type]
    return Belongings(video=video, endpoint=endpoint, delivery=deliveries[0]["id"], file=file)


def unlike(spelled_id: str) -> str:
    """An id of the same kind that nothing has."""
    return spelled_id[:-1] + ("0" if spelled_id[-1] != "0" else "1")


def guarded_routes(house: House) -> list[tuple[str, str]]:
    """Method and path of every route that needs a key, also as Azure spells it."""
    routes = [
        (method, route.path)
        for route in house.site.routes
        for method in sorted(route.methods or ())
        if not OPEN.fullmatch(route.path)
    ]
    azure = [(method, f"/openai{path}") for method, path in routes if path.startswith("/v1/")]
    return routes + azure


async def test_no_route_answers_without_a_valid_key(house: House) -> None:
    alice, carl = [await house.access.create_key(name) for name in ("alice", "carl")]
    await house.access.revoke_key(KeyId(carl.key.id))
    async with house.client(**{"api-key": alice.secret}) as client:
        theirs = await belongings_of(house, client)
    for headers in ({}, {"api-key": "mk-none"}, {"api-key": carl.secret}):
        async with house.client(**headers) as client:
            for method, path in guarded_routes(house):
                asked = re.sub(r"\{[^}]+\}", theirs.named_in(path), path)
                reply = await client.request(method, asked)
                assert reply.status_code == 401, (method, path)


async def test_on_every_route_what_another_account_has_is_as_unknown_as_anything(
    house: House,
) -> None:
    alice, bob = [(await house.access.create_key(name)).secret for name in ("alice", "bob")]
    async with house.client(**{"api-key": alice}) as client:
        theirs = await belongings_of(house, client)
    house.announcements.close()  # so that streams end
    async with house.client(**{"api-key": bob, "x-request-id": "r"}) as client:
        for method, path in guarded_routes(house):
            spelled_id = theirs.named_in(path)
            replies = []
            for each in (spelled_id, unlike(spelled_id)):
                reply = await client.request(method, re.sub(r"\{[^}]+\}", each, path), json={})
                reply.headers.pop("openai-processing-ms", None)
                told = reply.content.replace(each.encode(), b"ID")
                replies.append((reply.status_code, told, reply.headers))
            assert replies[0] == replies[1], (method, path)
    async with house.client(**{"api-key": alice}) as client:
        assert (await client.get(f"/v1/videos/{theirs.video}")).status_code == 200
        assert (await client.get(f"/v1/webhook_endpoints/{theirs.endpoint}")).status_code == 200
        (delivery,) = (await client.get("/v1/webhook_deliveries")).json()["data"]
        assert delivery["state"] == "waiting"
