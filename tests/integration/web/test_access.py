"""Who is let in, and what they see."""

from __future__ import annotations

import httpx
import pytest

from matinee.core.errors import InvalidRequest
from matinee.core.ids import KeyId
from matinee.web.auth import Gate
from tests.exchanges import a_scope
from tests.houses import House

HEADERS = [
    {"authorization": "Bearer {}"},
    {"authorization": "bearer  {}"},
    {"authorization": "{}"},
    {"api-key": "{}"},
    {"x-api-key": "{}"},
]


async def test_without_keys_the_machine_itself_needs_none(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/videos")).status_code == 200
    assert (await client.get("/v1/videos", headers={"authorization": "x"})).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8642", "[::1]:8642", "localhost"])
async def test_every_loopback_name_will_do(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/v1/videos", headers={"host": host})).status_code == 200


async def test_a_foreign_host_is_refused_without_keys(client: httpx.AsyncClient) -> None:
    reply = await client.get("/v1/videos", headers={"host": "films.example.org"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "permission_denied")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000"])
async def test_a_web_page_of_another_origin_can_not_submit_work(
    client: httpx.AsyncClient, house: House, origin: str
) -> None:
    reply = await client.post("/v1/videos", json={"prompt": "a cat"}, headers={"origin": origin})
    assert reply.status_code == 403
    assert house.is_idle


async def test_the_server_s_own_pages_may(client: httpx.AsyncClient) -> None:
    headers = {"origin": "http://localhost:8642"}
    assert (await client.get("/v1/videos", headers=headers)).status_code == 200


@pytest.mark.parametrize("header", HEADERS)
async def test_a_key_is_taken_in_every_usual_header(
    client: httpx.AsyncClient, house: House, header: dict[str, str]
) -> None:
    secret = (await house.access.create_key("alice")).secret
    headers = {name: value.format(secret) for name, value in header.items()}
    foreign = {"host": "films.example.org", "origin": "https://ui.example"}
    assert (await client.get("/v1/videos", headers=headers | foreign)).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer mk-wrong"}, {"api-key": "ü"}])
async def test_once_a_key_exists_every_request_needs_one(
    client: httpx.AsyncClient, house: House, headers: dict[str, str]
) -> None:
    await house.access.create_key("alice")
    encoded = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    reply = await client.get("/v1/videos", headers=encoded)
    assert (reply.status_code, reply.json()["error"]["code"]) == (401, "invalid_api_key")
    assert reply.headers["www-authenticate"] == "Bearer"


async def test_a_revoked_key_opens_nothing(client: httpx.AsyncClient, house: House) -> None:
    made = await house.access.create_key("alice")
    await house.access.revoke_key(KeyId(made.key.id))
    reply = await client.get("/v1/videos", headers={"api-key": made.secret})
    assert reply.status_code == 401


async def test_requests_with_one_key_share_what_is_known_of_it(house: House) -> None:
    key, gate = await house.access.create_key("alice"), Gate(house.access)
    first, second = [
        gate.admission(a_scope(authorization=f"Bearer {key.secret}"), key.key.account_id)
        for _ in range(2)
    ]
    assert not first.is_known(60)
    assert await first.holds(60)
    assert second.is_known(60)
    await house.access.revoke_key(KeyId(key.key.id))
    assert await second.holds(60)
    assert not await second.holds(0)
    assert not first.is_known(60)


async def test_another_account_s_video_answers_as_an_unknown_one_does(house: House) -> None:
    alice, bob = [(await house.access.create_key(name)).secret for name in ("alice", "bob")]
    async with house.client(**{"api-key": alice}) as client:
        video_id = (await client.post("/v1/videos", json={"prompt": "a cat"})).json()["id"]
    unknown = video_id[:-1] + ("0" if video_id[-1] != "0" else "1")
    async with house.client(**{"api-key": bob}, **{"x-request-id": "r"}) as client:
        for path in ("/v1/videos/{}", "/v1/videos/{}/content", "/v1/video/query?id={}"):
            theirs = await client.get(path.format(video_id))
            nobodys = await client.get(path.format(unknown))
            assert theirs.status_code == nobodys.status_code == 404
            assert theirs.content.replace(video_id.encode(), b"ID") == nobodys.content.replace(
                unknown.encode(), b"ID"
            )
            assert theirs.headers == nobodys.headers
        assert (await client.delete(f"/v1/videos/{video_id}")).status_code == 404
        assert (await client.get("/v1/videos")).json()["data"] == []


async def test_health_needs_no_key(client: httpx.AsyncClient, house: House) -> None:
    await house.access.create_key("alice")
    reply = await client.get("/healthz", headers={"host": "probe"})
    assert (reply.status_code, reply.json()["status"]) == (200, "ok")


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\u202ealice", "x" * 81])
async def test_an_account_has_a_name_that_can_be_read(house: House, name: str) -> None:
    with pytest.raises(InvalidRequest, match="printable"):
        await house.access.create_key(name)
