"""Webhook endpoints and deliveries over HTTP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from matinee.core.errors import AuthenticationFailed, MatineeError
from matinee.core.webhook import DeliveryState
from matinee.services.access import LOCAL_ACCOUNT
from tests.houses import House
from tests.samples import a_delivery

ENDPOINTS = "/v1/webhook_endpoints"
WISH = {
    "name": "Films",
    "url": "http://127.0.0.1:9000/hooks",
    "event_types": ["video.completed", "batch.failed"],
}


async def an_endpoint(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    reply = await client.post(ENDPOINTS, json=WISH | changes)
    assert reply.status_code == 200, reply.text
    made: dict[str, Any] = reply.json()
    return made


def rows_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("matinee.db*"))


async def refused(client: httpx.AsyncClient, wish: object, path: str = ENDPOINTS) -> Any:
    reply = await client.post(path, json=wish)
    assert reply.status_code == 400, reply.text
    return reply.json()["error"]


async def test_a_secret_is_shown_at_the_creation_and_never_again(
    client: httpx.AsyncClient,
) -> None:
    made = await an_endpoint(client)
    read = (await client.get(f"{ENDPOINTS}/{made['id']}")).json()
    secret = made.pop("signing_secret")
    assert secret.startswith("whsec_")
    assert read == made
    assert read["signing_secret_hint"] == f"whsec_…{secret.rstrip('=')[-4:]}"
    assert (read["object"], read["event_types"]) == ("webhook_endpoint", WISH["event_types"])
    assert read["created_at"] == read["updated_at"]


async def test_no_secret_is_stored(client: httpx.AsyncClient, tmp_path: Path) -> None:
    made = await an_endpoint(client)
    secret = made["signing_secret"].removeprefix("whsec_")
    stored = rows_in(tmp_path)
    assert made["url"].encode() in stored
    assert secret.encode() not in stored


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"url": None}, "url", "missing_required_parameter"),
        ({"name": ""}, "name", "missing_required_parameter"),
        ({"event_types": []}, "event_types", "invalid_value"),
        ({"event_types": None}, "event_types", "missing_required_parameter"),
        ({"event_types": ["video.complete"]}, "event_types", "invalid_value"),
        ({"event_types": [7]}, "event_types", "invalid_type"),
        ({"name": "x" * 257}, "name", "invalid_value"),
        ({"name": "a\nb"}, "name", "invalid_value"),
        ({"name": 7}, "name", "invalid_type"),
        ({"url": "http://10.0.0.1/"}, "url", "url_refused"),
        ({"url": "http://user:pass@127.0.0.1:9000/"}, "url", "url_refused"),
        ({"url": "http://[::1]:9000/"}, "url", "url_refused"),
        ({"url": "javascript:alert(1)"}, "url", "url_refused"),
    ],
)
async def test_what_can_not_be_an_endpoint_is_refused_by_name(
    client: httpx.AsyncClient, changes: dict[str, Any], param: str, code: str
) -> None:
    error = await refused(client, WISH | changes)
    assert (error["param"], error["code"]) == (param, code)
    assert (await client.get(ENDPOINTS)).json()["data"] == []


async def test_endpoints_are_listed_newest_first(client: httpx.AsyncClient) -> None:
    made = [(await an_endpoint(client))["id"] for _ in range(3)]
    first = (await client.get(ENDPOINTS, params={"limit": 2})).json()
    rest = (await client.get(ENDPOINTS, params={"after": first["last_id"]})).json()
    assert [each["id"] for each in first["data"]] == [made[2], made[1]]
    assert (first["first_id"], first["has_more"]) == (made[2], True)
    assert [each["id"] for each in rest["data"]] == [made[0]]
    assert not rest["has_more"]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x"])
async def test_a_page_has_bounds(client: httpx.AsyncClient, query: str) -> None:
    reply = await client.get(f"{ENDPOINTS}?{query}")
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "limit")


async def test_an_account_has_no_more_than_fifty(client: httpx.AsyncClient) -> None:
    for _ in range(50):
        await an_endpoint(client)
    assert "at most 50" in (await refused(client, WISH))["message"]


async def test_a_change_is_partial_and_dated(client: httpx.AsyncClient, house: House) -> None:
    made = await an_endpoint(client)
    path = f"{ENDPOINTS}/{made['id']}"
    house.clock.move(60)
    same = (await client.post(path, json={"name": "Films"})).json()
    changed = (await client.post(path, json={"event_types": ["video.failed"]})).json()
    assert same["updated_at"] == made["updated_at"]
    assert (changed["event_types"], changed["name"]) == (["video.failed"], "Films")
    assert changed["updated_at"] == made["updated_at"] + 60
    assert (await refused(client, {"url": "http://10.0.0.1/"}, path))["param"] == "url"


async def test_a_rotation_makes_another_secret_and_may_keep_the_old_one(
    client: httpx.AsyncClient, house: House
) -> None:
    made = await an_endpoint(client)
    path = f"{ENDPOINTS}/{made['id']}/rotate_secret"
    kept = (await client.post(path, json={"keep_old_secret_active_for_24_hours": True})).json()
    endpoint = await house.webhooks.get(LOCAL_ACCOUNT, made["id"])
    during = endpoint.secret_numbers(house.clock.now())
    house.clock.move(24 * 3600)
    after = endpoint.secret_numbers(house.clock.now())
    only = (await client.post(path)).json()
    assert (during, after) == ((2, 1), (2,))
    assert len({each["signing_secret"] for each in (made, kept, only)}) == 3
    last = await house.webhooks.get(LOCAL_ACCOUNT, made["id"])
    assert last.secret_numbers(house.clock.now()) == (3,)


async def test_a_deleted_endpoint_is_gone(client: httpx.AsyncClient) -> None:
    made = await an_endpoint(client)
    path = f"{ENDPOINTS}/{made['id']}"
    gone = (await client.delete(path)).json()
    assert gone == {"id": made["id"], "object": "webhook_endpoint.deleted", "deleted": True}
    assert (await client.get(path)).status_code == 404


async def test_a_sample_to_nobody_is_an_error_in_words(client: httpx.AsyncClient) -> None:
    made = await an_endpoint(client)
    path = f"{ENDPOINTS}/{made['id']}/test"
    error = await refused(client, {"event_type": "video.completed"}, path)
    assert error["code"] == "receiver_unreachable"
    assert (await refused(client, {}, path))["param"] == "event_type"
    assert (await refused(client, {"event_type": "batch.failed"}, path))["param"] == "event_type"


async def test_another_account_s_endpoint_answers_as_an_unknown_one_does(house: House) -> None:
    alice, bob = [(await house.access.create_key(name)).secret for name in ("alice", "bob")]
    async with house.client(**{"api-key": alice}) as client:
        theirs = (await an_endpoint(client))["id"]
    unknown = theirs[:-1] + ("0" if theirs[-1] != "0" else "1")
    asked = [
        ("GET", f"{ENDPOINTS}/{{}}"),
        ("POST", f"{ENDPOINTS}/{{}}"),
        ("DELETE", f"{ENDPOINTS}/{{}}"),
        ("POST", f"{ENDPOINTS}/{{}}/rotate_secret"),
        ("POST", f"{ENDPOINTS}/{{}}/test"),
        ("GET", f"{ENDPOINTS}/{{}}/deliveries"),
    ]
    async with house.client(**{"api-key": bob, "x-request-id": "r"}) as client:
        for method, path in asked:
            replies = [
                await client.request(method, path.format(each), json={})
                for each in (theirs, unknown)
            ]
            assert [reply.status_code for reply in replies] == [404, 404], path
            assert replies[0].content.replace(theirs.encode(), b"ID") == replies[1].content.replace(
                unknown.encode(), b"ID"
            )
        assert (await client.get(ENDPOINTS)).json()["data"] == []


async def test_the_first_account_takes_over_the_endpoints_made_without_a_key(
    house: House, client: httpx.AsyncClient
) -> None:
    made = await an_endpoint(client)
    key = (await house.access.create_key("alice")).secret
    listed = (await client.get(ENDPOINTS, headers={"api-key": key})).json()
    assert [each["id"] for each in listed["data"]] == [made["id"]]


async def test_nobody_gets_an_endpoint_that_no_key_could_find(house: House) -> None:
    await house.access.create_key("alice")
    with pytest.raises(AuthenticationFailed):
        await house.webhooks.create(
            LOCAL_ACCOUNT, name="Films", url="http://127.0.0.1:9/", event_types=["video.failed"]
        )


async def test_dead_deliveries_are_listed_and_sent_again(
    house: House, client: httpx.AsyncClient
) -> None:
    made = await house.webhooks.get(LOCAL_ACCOUNT, (await an_endpoint(client))["id"])
    dead = replace(
        a_delivery(1, account_id=LOCAL_ACCOUNT, state=DeliveryState.DEAD, attempts=17),
        endpoint_id=made.id,
        last_error="The receiver answered 500.",
        last_status=500,
    )
    await house.store.write(lambda transaction: transaction.webhooks.add_delivery(dead))
    path = f"{ENDPOINTS}/we_{made.id}/deliveries"
    (listed,) = (await client.get(path, params={"state": "dead"})).json()["data"]
    waiting = (await client.get(path, params={"state": "waiting"})).json()["data"]
    again = (await client.post(f"/v1/webhook_deliveries/{listed['id']}/resend")).json()
    (everywhere,) = (await client.get("/v1/webhook_deliveries")).json()["data"]
    assert (listed["object"], listed["attempts"]) == ("webhook_delivery", 17)
    assert (listed["last_status_code"], listed["webhook_endpoint_id"]) == (500, f"we_{made.id}")
    assert waiting == []
    assert (again["state"], again["attempts"], again["id"]) == ("waiting", 0, listed["id"])
    assert again["next_attempt_at"] == int(house.clock.now().timestamp())
    assert everywhere == again


@pytest.mark.parametrize(
    ("path", "param"),
    [("?state=lost", "state"), ("?limit=0", "limit")],
)
async def test_a_list_of_deliveries_says_what_it_can_not_read(
    client: httpx.AsyncClient, path: str, param: str
) -> None:
    reply = await client.get(f"/v1/webhook_deliveries{path}")
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, param)


async def test_another_account_s_delivery_is_unknown(house: House) -> None:
    delivery = a_delivery(1, account_id=LOCAL_ACCOUNT)
    await house.access.create_key("alice")
    await house.store.write(lambda transaction: transaction.webhooks.add_delivery(delivery))
    bob = (await house.access.create_key("bob")).secret
    async with house.client(**{"api-key": bob}) as client:
        reply = await client.post(f"/v1/webhook_deliveries/wh_{delivery.id}/resend")
        unreadable = await client.post("/v1/webhook_deliveries/x/resend")
    assert (reply.status_code, unreadable.status_code) == (404, 404)
    assert reply.json()["error"]["code"] == "webhook_delivery_not_found"


async def test_a_callback_is_admitted_or_refused_by_the_client_s_own_name(house: House) -> None:
    callback = await house.webhooks.admit_callback("http://127.0.0.1:9000/x", "https://f.example")
    assert callback.link_base == "https://f.example"
    with pytest.raises(MatineeError) as refused:
        await house.webhooks.admit_callback("http://10.0.0.1/", "", param="notify_hook")
    assert refused.value.param == "notify_hook"
