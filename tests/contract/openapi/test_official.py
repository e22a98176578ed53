"""Ours holds OpenAI's: every path, method, field and enum of theirs is taken, every key given."""

from __future__ import annotations

from typing import Any

import httpx
import jsonschema_rs
import pytest

from tests.contract.openapi import official
from tests.contract.openapi.official import OfficialOperation
from tests.contract.openapi.readings import Document
from tests.houses import House

BY_NAME = {f"{each.method} {each.path}": each for each in official.OPERATIONS}


@pytest.fixture(params=list(BY_NAME.values()), ids=list(BY_NAME))
def wanted(request: pytest.FixtureRequest) -> OfficialOperation:
    """One of the official operations."""
    operation: OfficialOperation = request.param
    return operation


async def test_every_operation_takes_the_official_fields(
    document: Document, wanted: OfficialOperation
) -> None:
    ours = document.operation(wanted.method, wanted.path)
    for encoding in wanted.encodings:
        schema = ours.bodies[encoding]
        assert set(wanted.fields) <= document.properties(schema).keys()
        assert set(document.resolve(schema)["required"]) <= wanted.needed
    assert set(wanted.query) <= {each["name"] for each in ours.parameters if each["in"] == "query"}


async def test_every_reply_has_the_official_keys(
    document: Document, wanted: OfficialOperation
) -> None:
    ours = document.operation(wanted.method, wanted.path)
    if wanted.keys:
        assert wanted.keys <= set(document.resolve(ours.reply())["required"])


async def test_an_error_has_the_official_keys(document: Document) -> None:
    ours = document.operation("POST", "/v1/videos").reply(400)
    body = document.properties(ours)["error"]
    assert set(document.resolve(body)["required"]) == official.ERROR_KEYS


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("model", model) for model in official.MODELS),
        *(("size", size) for size in official.SIZES),
        *(("seconds", seconds) for seconds in official.SECONDS),
    ],
)
async def test_every_official_value_is_described_and_makes_a_video(
    client: httpx.AsyncClient, document: Document, field: str, value: str
) -> None:
    body = {"prompt": "A cat plays the piano.", field: value}
    schema = document.operation("POST", "/v1/videos").bodies[official.JSON]
    assert is_valid(document, schema, body)
    reply = await client.post("/v1/videos", json=body)
    assert reply.status_code == 200, reply.text
    assert reply.json()[field] == value


@pytest.mark.parametrize("seconds", official.EXTENSION_SECONDS)
async def test_every_official_length_of_an_extension_is_described(
    document: Document, seconds: str
) -> None:
    body = {"prompt": "It goes on.", "video": {"id": "video_1"}, "seconds": seconds}
    schema = document.operation("POST", "/v1/videos/extensions").bodies[official.JSON]
    assert is_valid(document, schema, body)


@pytest.mark.parametrize("order", official.ORDERS)
async def test_every_official_order_lists(client: httpx.AsyncClient, order: str) -> None:
    assert (await client.get("/v1/videos", params={"order": order})).status_code == 200


@pytest.mark.parametrize("variant", official.VARIANTS)
async def test_every_official_variant_is_known(
    client: httpx.AsyncClient, house: House, variant: str
) -> None:
    made = (await client.post("/v1/videos", json={"prompt": "A cat."})).json()["id"]
    await house.complete(made)
    reply = await client.get(f"/v1/videos/{made}/content", params={"variant": variant})
    # This house's films have no spritesheet, which is gone then, and not unknown.
    assert reply.status_code == (410 if variant == "spritesheet" else 200)


async def test_our_statuses_are_the_official_ones(document: Document) -> None:
    video = document.resolve(document.operation("GET", "/v1/videos/{id}").reply())
    status = document.resolve(video["properties"]["status"])
    assert set(status["enum"]) == official.STATUSES


def is_valid(document: Document, schema: dict[str, Any], body: dict[str, Any]) -> bool:
    """Whether `body` fits `schema` of `document`."""
    whole = {**schema, "components": document.value["components"]}
    return jsonschema_rs.validator_for(whole).is_valid(body)
