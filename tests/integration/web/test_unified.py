"""`/v1/video/create` and every way to ask what became of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from matinee.core.size import Size
from tests.houses import House


async def create(client: httpx.AsyncClient, **values: Any) -> dict[str, Any]:
    reply = await client.post("/v1/video/create", json={"prompt": "make animate"} | values)
    assert reply.status_code == 200, reply.text
    task: dict[str, Any] = reply.json()
    return task


async def test_ten_seconds_upright_are_the_defaults(client: httpx.AsyncClient) -> None:
    task = await create(client)
    assert (task["duration"], task["width"], task["height"]) == (10, 720, 1280)


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ({"orientation": "landscape"}, Size(1280, 720)),
        ({"orientation": "portrait", "size": "large"}, Size(1080, 1920)),
        ({"aspect_ratio": "16:9", "size": "1080p"}, Size(1920, 1080)),
        ({"aspect_ratio": "16:9", "orientation": "portrait"}, Size(1280, 720)),
        ({"size": "1024x1792", "orientation": "landscape"}, Size(1024, 1792)),
        ({"model": "sora-2-landscape-hd"}, Size(1920, 1080)),
    ],
)
async def test_pixels_go_before_shape_before_orientation_before_name(
    client: httpx.AsyncClient, values: dict[str, str], size: Size
) -> None:
    task = await create(client, **values)
    assert (task["width"], task["height"]) == (size.width_px, size.height_px)


async def test_every_way_to_ask_gives_the_same_answer(
    client: httpx.AsyncClient, house: House
) -> None:
    task = await create(client, model="sora-2-pro")
    await house.complete(task["task_id"])
    spelled, encoded = task["id"], task["id"].replace(":", "%3A")
    replies = [
        await client.get(f"/v1/video/query?id={spelled}"),
        await client.get(f"/v1/video/query?id={encoded}&model=anything"),
        await client.get(f"/v1/video/query?task_id={task['task_id']}"),
        await client.get(f"/v1/video/query/{encoded}"),
        await client.get(f"/v1/video/{spelled}"),
        await client.post("/v1/video/query", json={"id": spelled}),
        await client.post("/v1/video/query", json={"task_id": task["task_id"]}),
        await client.post(f"/v1/video/query?id={spelled}"),
    ]
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.content for reply in replies}) == 1
    assert replies[0].json()["id"] == spelled
    assert replies[0].json()["video_url"].endswith(".mp4")


async def test_an_unknown_id_is_404_with_the_text_at_the_top_too(
    client: httpx.AsyncClient,
) -> None:
    reply = await client.get("/v1/video/query?id=sora-2:task_01kav3m5n7p9q1r3s5t7v9w1x3")
    body = reply.json()
    assert reply.status_code == 404
    assert body["message"] == body["error"]["message"]
    assert body["code"] == body["error"]["code"] == "video_not_found"


async def test_a_query_without_an_id_says_what_is_missing(client: httpx.AsyncClient) -> None:
    reply = await client.get("/v1/video/query")
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "id")


async def test_the_create_path_is_not_taken_for_an_id(client: httpx.AsyncClient) -> None:
    reply = await client.get("/v1/video/create")
    assert reply.status_code == 404
    assert "POST /v1/video/create" in reply.json()["message"]


@pytest.mark.parametrize("path", ["/v1/video/query?id=sora-2:task_{0}", "/v1/videos/video_{0}"])
async def test_what_will_pass_is_never_told_to_a_poller_as_json(
    house: House, client: httpx.AsyncClient, path: str
) -> None:
    task = await create(client)
    path = path.format(task["task_id"].removeprefix("task_"))
    await house.store.close()
    reply = await client.get(path)
    assert reply.status_code == 503
    assert reply.headers["content-type"].startswith("text/plain")
