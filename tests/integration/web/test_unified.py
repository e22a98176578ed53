"""`/v1/video/create` and every way to ask what became of it."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest

from matinee.core.errors import ModerationBlocked
from matinee.core.size import Size
from tests.fakes import a_png
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


async def test_a_waiting_film_tells_its_place_and_its_time(
    client: httpx.AsyncClient, house: House
) -> None:
    await create(client)
    task = await create(client)
    pending = task["detail"]["pending_info"]
    assert (task["status"], task["video_url"]) == ("pending", None)
    assert (pending["progress_pct"], pending["progress_pos_in_queue"]) == (0, 1)
    assert pending["estimated_queue_wait_time"] > 0
    await house.start(task["task_id"])
    await house.progress(task["task_id"], 36)
    task = (await client.get(f"/v1/video/query?id={task['id']}")).json()
    assert (task["status"], task["progress"]) == ("processing", 36)
    assert task["detail"]["pending_info"]["progress_pct"] == 0.36


async def test_a_failed_film_says_why_wherever_clients_look(
    client: httpx.AsyncClient, house: House
) -> None:
    task = await create(client)
    await house.fail(task["task_id"], ModerationBlocked("The prompt was refused."))
    task = (await client.get(f"/v1/video/query?id={task['id']}")).json()
    pending = task["detail"]["pending_info"]
    assert task["status"] == "failed"
    assert task["error"] == {"message": "The prompt was refused.", "code": "moderation_blocked"}
    assert {task["error_message"], task["fail_reason"], pending["failure_reason"]} == {
        "The prompt was refused."
    }
    assert pending["moderation_result"] == {"code": "moderation_blocked", "type": "blocked"}


async def test_a_film_whose_time_is_over_is_completed_without_a_link(
    client: httpx.AsyncClient, house: House
) -> None:
    task = await create(client)
    await house.complete(task["task_id"])
    await house.expire(task["task_id"])
    task = (await client.get(f"/v1/video/query?id={task['id']}")).json()
    assert (task["status"], task["video_url"]) == ("completed", None)
    assert not task.keys() & {"url", "thumbnail_url", "gif_url", "error"}


@pytest.mark.parametrize(
    ("values", "echo"),
    [
        ({"watermark": "true", "private": "1"}, {"watermark": True, "private": True}),
        ({"watermark": False}, {"watermark": False, "private": False}),
        ({}, {"private": False}),
    ],
)
async def test_watermark_and_private_are_told_back_and_stamp_nothing(
    client: httpx.AsyncClient, house: House, values: dict[str, object], echo: dict[str, object]
) -> None:
    task = await create(client, **values)
    told = task["detail"]["input"]
    assert {name: told[name] for name in ("watermark", "private") if name in told} == echo
    assert (await house.video(task["task_id"])).spec.prompt == "make animate"


async def test_several_films_are_asked_for_at_once(client: httpx.AsyncClient) -> None:
    first, second = await create(client), await create(client, model="sora-2-pro")
    unknown = "task_01kav3m5n7p9q1r3s5t7v9w1x3"
    ids = f"{first['id']},{second['task_id']}, {unknown}"
    reply = await client.get("/v1/video/get", params={"ids": ids})
    listed = reply.json()
    assert [task["id"] for task in listed["data"]] == [first["id"], second["id"]]
    assert listed["not_found"] == [unknown]
    assert (await client.get(f"/v1/video/get?ids={unknown}")).status_code == 404
    assert (await client.get(f"/v1/video/get?id={first['id']}")).json()["data"] == [first]


@pytest.mark.parametrize(("ids", "text"), [("", "'ids'"), (",", "'ids'"), ("a," * 101, "100")])
async def test_no_id_and_too_many_are_refused(
    client: httpx.AsyncClient, ids: str, text: str
) -> None:
    reply = await client.get("/v1/video/get", params={"ids": ids})
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "ids")
    assert text in reply.json()["message"]


@pytest.mark.parametrize("encoding", ["json", "data", "multipart"])
async def test_a_film_is_asked_for_in_any_encoding(
    client: httpx.AsyncClient, house: House, encoding: str
) -> None:
    values = {"prompt": "a cat", "duration": "15", "hd": "true", "style": "Golden"}
    encodings: dict[str, dict[str, Any]] = {
        "json": {"json": values},
        "data": {"data": values},
        "multipart": {"data": values, "files": {"images": ("a.png", a_png(), "text/plain")}},
    }
    reply = await client.post("/v1/video/create", **encodings[encoding])
    assert reply.status_code == 200, reply.text
    spec = (await house.video(reply.json()["id"])).spec
    assert (spec.seconds, spec.style, min(spec.size.width_px, spec.size.height_px)) == (
        15,
        None,
        1080,
    )
    assert "golden evening light" in spec.prompt
    assert len(spec.references) == (encoding == "multipart")


@pytest.mark.parametrize("form", ["url", "data", "base64", "object"])
@pytest.mark.parametrize("field", ["images", "image", "image_url", "input_reference"])
async def test_images_come_as_addresses_data_and_base64(
    client: httpx.AsyncClient, house: House, form: str, field: str
) -> None:
    house.pages.by_url["https://e.org/a.png"] = a_png(640, 480)
    encoded = base64.b64encode(a_png(640, 480)).decode()
    image = {
        "url": "https://e.org/a.png",
        "data": f"data:image/png;base64,{encoded}",
        "base64": encoded,
        "object": {"url": "https://e.org/a.png"},
    }[form]
    task = await create(client, **{field: [image, image]})
    spec = (await house.video(task["id"])).spec
    assert [each.width_px for each in spec.references] == [640, 640]
    assert (task["width"], task["height"]) == (1280, 720)


async def test_an_unknown_style_is_answered_with_all_there_are(client: httpx.AsyncClient) -> None:
    reply = await client.post("/v1/video/create", json={"prompt": "a cat", "style": "cubist"})
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "style")
    assert "'anime'" in reply.json()["message"]
    assert "'kakalaka'" in reply.json()["message"]


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ({"size": "704x1280"}, (720, 1280)),
        ({"size": "4:3"}, (1280, 720)),
        ({"aspect_ratio": "21x9", "size": "large"}, (1920, 1080)),
        ({"size": "1920x1080", "aspect_ratio": "9:16"}, (1920, 1080)),
    ],
)
async def test_a_size_that_is_not_made_becomes_the_nearest(
    client: httpx.AsyncClient, values: dict[str, str], size: tuple[int, int]
) -> None:
    task = await create(client, **values)
    assert (task["width"], task["height"]) == size


async def test_a_length_that_is_not_made_names_those_that_are(client: httpx.AsyncClient) -> None:
    reply = await client.post("/v1/video/create", json={"prompt": "a cat", "duration": "60"})
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "duration")
    assert "from 4 to 25" in reply.json()["message"]


SCENES: list[dict[str, Any]] = [
    {"scene": "a cat wakes", "duration": 5},
    {"scene": "it runs", "duration": "7.5"},
]


@pytest.mark.parametrize("path", ["/v1/video/create", "/v1/videos", "/v2/videos/generations"])
@pytest.mark.parametrize("form", ["array", "json", "text", "bracketed"])
async def test_a_storyboard_is_read_in_every_form(
    client: httpx.AsyncClient, house: House, path: str, form: str
) -> None:
    bracketed = {
        f"shots[{number}][{name}]": str(scene[name])
        for number, scene in enumerate(SCENES)
        for name in scene
    }
    sent: dict[str, Any] = {
        "array": {"json": {"storyboard": SCENES}},
        "json": {"data": {"storyboard": json.dumps(SCENES)}},
        "text": {"json": {"shots": "[5.0s]a cat wakes [7.5s]it runs", "prompt": "A day."}},
        "bracketed": {"data": bracketed},
    }
    reply = await client.post(path, **sent[form])
    assert reply.status_code == 200, reply.text
    spec = (await house.video(reply.json().get("id") or reply.json()["task_id"])).spec
    assert [(each.prompt, each.seconds) for each in spec.storyboard] == [
        ("a cat wakes", 5),
        ("it runs", 8),
    ]
    assert spec.seconds == 13
    assert spec.prompt == ("A day." if form == "text" else "a cat wakes\nit runs")


async def test_scenes_that_do_not_fit_their_film_are_refused_by_the_field(
    client: httpx.AsyncClient,
) -> None:
    reply = await client.post("/v1/video/create", json={"shots": SCENES, "duration": 10})
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "shots")
    assert "12.5 s together, and the film 10 s" in reply.json()["message"]
