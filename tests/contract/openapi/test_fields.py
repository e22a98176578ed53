"""Every field that is described is read: nonsense in it is an error that names it."""

from __future__ import annotations

from typing import Any

import httpx

from tests.contract.openapi.official import JSON
from tests.contract.openapi.readings import DescribedOperation, Document
from tests.houses import House

NONSENSE: list[dict[str, Any]] = [{}, {}]
"""Two objects without a key: no field of any format is that."""

HOOK = "http://127.0.0.1:9000/hooks"

TAKES_ANYTHING = {
    *("max_tokens", "max_completion_tokens", "stop", "presence_penalty", "frequency_penalty"),
    *("logit_bias", "response_format", "user", "tools", "tool_choice", "stream_options"),
    *("temperature", "top_p"),
}
"""Clients of chats fill these with what they like; a film has no use for most of them."""

PASSED_OVER = {
    ("createVideoJob", "input_references"): "parts of an unknown type are passed over",
    ("createGeneration", "response_format"): "only what can't be given is refused",
}


async def test_nonsense_in_any_described_field_is_an_error_that_names_it(
    client: httpx.AsyncClient, house: House, document: Document
) -> None:
    ids = await some_ids(client, house)
    unread = [
        f"{operation.operation_id}.{name}"
        for operation in document.operations
        for name in fields_of(operation, document)
        if not await is_named(client, operation, name, ids)
    ]
    assert unread == []


async def test_every_described_parameter_of_the_query_is_read(
    client: httpx.AsyncClient, house: House, document: Document
) -> None:
    ids = await some_ids(client, house)
    unread = []
    for operation in document.operations:
        for parameter in operation.parameters:
            if parameter["in"] == "query" and parameter["schema"] != {"type": "string"}:
                url = f"{address(operation.path, ids)}?{parameter['name']}=%00nonsense"
                reply = await client.request(operation.method, url, json={})
                if reply.status_code not in (400, 404):
                    unread.append(f"{operation.operation_id}.{parameter['name']}")
    assert unread == []


def fields_of(operation: DescribedOperation, document: Document) -> list[str]:
    """The fields of its JSON that must be of some form."""
    if JSON not in operation.bodies:
        return []
    passed_over = {name for named, name in PASSED_OVER if named == operation.operation_id}
    names = document.properties(operation.bodies[JSON]).keys()
    chatty = TAKES_ANYTHING if operation.operation_id == "createChatCompletion" else set()
    return [name for name in names if name not in passed_over | chatty]


async def is_named(
    client: httpx.AsyncClient, operation: DescribedOperation, name: str, ids: dict[str, str]
) -> bool:
    """Whether nonsense in the field `name` is an error that names it."""
    body = without_fault(operation, ids) | {name: NONSENSE}
    if name == "duration":
        # Of two names of one field the first counts.
        body.pop("seconds", None)
    reply = await client.request(operation.method, address(operation.path, ids), json=body)
    assert reply.status_code < 500, reply.text
    if reply.status_code != 400:
        return False
    error: dict[str, Any] = reply.json()["error"]
    param = error["metadata"]["param"] if "metadata" in error else error["param"]
    return str(param).startswith(name)


def without_fault(operation: DescribedOperation, ids: dict[str, str]) -> dict[str, Any]:
    """A body that is right, and does nothing that lasts."""
    match operation.operation_id:
        case "createChatCompletion":
            return {"messages": [{"role": "user", "content": "A cat."}], "stream": True}
        case "editVideo" | "extendVideo":
            return {"prompt": "A cat.", "video": {"id": ids["v1/videos"]}, "seconds": "4"}
        case "createWebhookEndpoint":
            return {"name": "x", "url": HOOK, "event_types": ["video.completed"]}
        case "queryTaskByBody" | "testWebhookEndpoint" | "updateWebhookEndpoint":
            return {}
        case "createCharacter":
            return {"name": "mossy", "video": {"id": ids["v1/videos"]}}
        case "createRelayCharacter" | "createSoraCharacter":
            return {"from_task": ids["v1/videos"]}
        case _:
            return {"prompt": "A cat.", "seconds": "4"}


async def some_ids(client: httpx.AsyncClient, house: House) -> dict[str, str]:
    """Ids of what there is, by the beginning of the path that they stand in."""
    made = (await client.post("/v1/videos", json={"prompt": "A cat."})).json()["id"]
    await house.complete(made)
    endpoint = {
        "name": "x",
        "url": HOOK,
        "event_types": ["video.completed"],
    }
    hook = (await client.post("/v1/webhook_endpoints", json=endpoint)).json()["id"]
    return {"v1/videos": made, "v1/webhook_endpoints": hook}


def address(path: str, ids: dict[str, str]) -> str:
    """`path` with an id in it that leads to something."""
    start = "/".join(path.split("/")[1:3])
    return path.replace("{id}", ids.get(start, ids["v1/videos"]))
