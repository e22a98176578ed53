"""Names of models, as requests and the list of models know them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from matinee.web.context import DialectSettings
from tests.houses import House, a_house


async def test_a_model_is_found_by_any_name_that_leads_to_it(client: httpx.AsyncClient) -> None:
    for name in ("sora-2", "SORA-2", "sora-2-landscape-15s", "sora_video2-xyz", "openai/sora-2"):
        found = (await client.get(f"/v1/models/{name}")).json()
        assert (found["id"], found["object"], found["root"]) == (name, "model", "sora-2")


async def test_what_a_model_s_document_says_is_what_requests_are_checked_against(
    client: httpx.AsyncClient,
) -> None:
    listed = (await client.get("/v1/models")).json()["data"]
    able = next(model for model in listed if model["id"] == "sora-2")["capabilities"]
    most = able["seconds"]["max"]
    for size in able["sizes"]:
        wish = {"prompt": "a cat", "size": size, "seconds": str(most)}
        assert (await client.post("/v1/videos", json=wish)).status_code == 200
    too_long = await client.post("/v1/videos", json={"prompt": "a cat", "seconds": most + 1})
    assert too_long.status_code == 400
    assert str(most) in too_long.json()["error"]["message"]


async def test_names_with_parts_are_listed_and_mean_what_they_preset(
    client: httpx.AsyncClient,
) -> None:
    listed = {model["id"]: model for model in (await client.get("/v1/models")).json()["data"]}
    offered = {name for name, model in listed.items() if model["root"] != name}
    assert "sora-2-landscape-10s" in offered
    for name in offered:
        video = (await client.post("/v1/videos", json={"model": name, "prompt": "a"})).json()
        assert video["seconds"] == str(listed[name]["preset"]["seconds"])
        width_px, height_px = map(int, video["size"].split("x"))
        wide = listed[name]["preset"]["orientation"] == "landscape"
        assert (width_px > height_px) == wide
        assert video["model"] == name


async def test_names_with_parts_need_not_be_listed(tmp_path: Path) -> None:
    settings = DialectSettings(version="0.1.0", model_variants=False)
    async with a_house(tmp_path, settings) as house, house.client() as client:
        listed = (await client.get("/v1/models")).json()["data"]
        assert [model["id"] for model in listed] == ["sora-2", "sora-2-pro"]
        assert (await client.get("/v1/models/sora-2-landscape-10s")).status_code == 200


@pytest.mark.parametrize("name", ["sora-99", "gpt-4o", "sora-2-99", "sora-turbo"])
async def test_an_unknown_model_is_404_everywhere(
    client: httpx.AsyncClient, house: House, name: str
) -> None:
    messages = [{"role": "user", "content": "a cat"}]
    replies = [
        await client.get(f"/v1/models/{name}"),
        await client.post("/v1/videos", json={"model": name, "prompt": "a cat"}),
        await client.post("/v1/video/create", json={"model": name, "prompt": "a cat"}),
        await client.post("/v1/chat/completions", json={"model": name, "messages": messages}),
    ]
    for reply in replies:
        error = reply.json()["error"]
        assert (reply.status_code, error["code"]) == (404, "model_not_found")
        assert "'sora-2'" in error["message"]
    assert house.is_idle


async def test_a_model_of_characters_leads_to_where_they_are_made(
    client: httpx.AsyncClient,
) -> None:
    reply = await client.post("/v1/videos", json={"model": "sora-2-characters", "prompt": "a"})
    error = reply.json()["error"]
    assert (reply.status_code, error["param"]) == (400, "model")
    assert "POST /v1/videos/characters" in error["message"]
