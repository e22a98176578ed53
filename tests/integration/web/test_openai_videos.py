"""`/v1/videos` from the request to the row and back."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from matinee.core.errors import EngineUnavailable, ModerationBlocked
from matinee.core.size import Size
from tests.fakes import a_png
from tests.houses import FILM, PICTURE, House

KEYS = {
    "id",
    "object",
    "model",
    "status",
    "progress",
    "created_at",
    "completed_at",
    "expires_at",
    "prompt",
    "size",
    "seconds",
    "remixed_from_video_id",
    "error",
}


async def create(client: httpx.AsyncClient, **values: Any) -> dict[str, Any]:
    reply = await client.post("/v1/videos", json={"prompt": "a cat"} | values)
    assert reply.status_code == 200, reply.text
    video: dict[str, Any] = reply.json()
    return video


async def refused(client: httpx.AsyncClient, **request: Any) -> tuple[int, dict[str, Any]]:
    reply = await client.post("/v1/videos", **request)
    error: dict[str, Any] = reply.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    return reply.status_code, error


async def test_the_defaults_are_the_official_ones(client: httpx.AsyncClient) -> None:
    video = await create(client)
    assert video.keys() >= KEYS
    assert (video["seconds"], video["size"], video["model"]) == ("4", "720x1280", "sora-2")
    assert (video["status"], video["progress"]) == ("queued", 0)


async def test_json_and_multipart_mean_the_same(client: httpx.AsyncClient, house: House) -> None:
    values = {"prompt": "a cat", "seconds": "8", "size": "1280x720", "style": "anime"}
    first = await create(client, **values, watermark=False)
    reply = await client.post(
        "/v1/videos", data=values | {"watermark": "false"}, files={"unused": (None, b"")}
    )
    second = reply.json()
    specs = [(await house.video(video["id"])).spec for video in (first, second)]
    assert specs[0].size == specs[1].size == Size(1280, 720)
    assert specs[0].style == specs[1].style == "anime"
    assert specs[0].watermark is specs[1].watermark is False


@pytest.mark.parametrize("form", ["file", "url", "data", "object", "brackets", "text"])
async def test_a_reference_may_come_in_every_form(
    client: httpx.AsyncClient, house: House, form: str
) -> None:
    url = "https://pictures.example.org/a.png"
    house.pages.by_url[url] = a_png(64, 48)
    data_uri = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAA="
    requests: dict[str, dict[str, Any]] = {
        "file": {"files": {"input_reference": ("a.png", a_png(64, 48), "application/x")}},
        "url": {"json": {"prompt": "a cat", "input_reference": url}},
        "data": {"json": {"prompt": "a cat", "input_reference": data_uri}},
        "object": {"json": {"prompt": "a cat", "input_reference": {"image_url": url}}},
        "brackets": {"files": {"input_reference[image_url]": (None, url)}},
        "text": {"files": {"input_reference": (None, json.dumps({"image_url": url}))}},
    }
    request = requests[form]
    if "files" in request:
        request["data"] = {"prompt": "a cat"}
    reply = await client.post("/v1/videos", **request)
    assert reply.status_code == 200, reply.text
    (reference,) = (await house.video(reply.json()["id"])).spec.references
    assert (reference.width_px, reference.height_px) == (64, 48)


async def test_more_images_than_the_model_takes_are_refused(client: httpx.AsyncClient) -> None:
    files = [("input_reference", (f"{number}.png", a_png())) for number in range(3)]
    status, error = await refused(client, data={"prompt": "a cat"}, files=files)
    assert (status, error["param"]) == (400, "input_reference")
    assert "2 at most" in error["message"]


@pytest.mark.parametrize(
    ("values", "param", "code", "said"),
    [
        ({}, "prompt", "missing_required_parameter", "'prompt'"),
        ({"prompt": "  "}, "prompt", "missing_required_parameter", "'prompt'"),
        ({"prompt": 7}, "prompt", "invalid_type", "expected a string, but got an integer"),
        ({"prompt": "x" * 32001}, "prompt", "invalid_value", "32000"),
        ({"seconds": "99"}, "seconds", "invalid_value", "from 4 to 25"),
        ({"duration": 0}, "duration", "invalid_value", "from 4 to 25"),
        ({"seconds": [4, 8]}, "seconds", "invalid_type", "an array"),
        ({"size": "1080x1080"}, "size", "invalid_value", "'1024x1792'"),
        ({"size": "enormous"}, "size", "invalid_value", "'720x1280'"),
        ({"style": "cubist"}, "style", "invalid_value", "'anime'"),
        ({"model": "gpt-7"}, "model", "model_not_found", "'sora-2', 'sora-2-pro'"),
        ({"model": "sora-2-60s"}, "model", "invalid_value", "from 4 to 25"),
        ({"watermark": "perhaps"}, "watermark", "invalid_value", "true and false"),
        ({"input_reference": "https://nowhere/"}, "input_reference", "url_refused", "nowhere"),
        ({"image": "data:image/png;base64,AAAA"}, "image", "media_invalid", "no image"),
    ],
)
async def test_what_can_not_be_made_names_the_field_and_what_can(
    client: httpx.AsyncClient, values: dict[str, Any], param: str, code: str, said: str
) -> None:
    body = values if "prompt" in values or not values else {"prompt": "a cat"} | values
    status, error = await refused(client, json=body)
    assert status == (404 if code == "model_not_found" else 400)
    assert (error["param"], error["code"], error["type"]) == (param, code, "invalid_request_error")
    assert said in error["message"]


async def test_a_broken_body_is_refused_with_the_place(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    status, error = await refused(client, content=b'{"prompt": }', headers=headers)
    assert (status, error["code"]) == (400, "malformed_body")
    assert "byte 11" in error["message"]


async def test_a_status_tells_the_poll_helper_when_to_come_again(
    client: httpx.AsyncClient, house: House
) -> None:
    video = await create(client)
    waiting = await client.get(f"/v1/videos/{video['id']}")
    await house.complete(video["id"])
    done = await client.get(f"/v1/videos/{video['id']}")
    assert waiting.headers["openai-poll-after-ms"] == "1000"
    assert "openai-poll-after-ms" not in done.headers
    assert done.json()["status"] == "completed"


async def test_every_spelling_of_an_id_works_on_every_route(
    client: httpx.AsyncClient, house: House
) -> None:
    ulid = (await create(client))["id"].removeprefix("video_")
    await house.complete(ulid)
    spellings = [ulid, f"task_{ulid}", f"sora-2:task_{ulid}", f"chatcmpl-{ulid}", ulid.upper()]
    paths = ["/v1/videos/{}", "/v1/videos/{}/content", "/v1/video/query?id={}", "/v1/video/{}"]
    for spelling in spellings:
        for path in paths:
            reply = await client.get(path.format(spelling))
            assert reply.status_code == 200, (path, spelling)


async def test_a_list_is_paged_by_its_last_id(client: httpx.AsyncClient) -> None:
    made = [(await create(client))["id"] for _ in range(3)]
    first = (await client.get("/v1/videos?limit=2")).json()
    rest = (await client.get(f"/v1/videos?limit=2&after={first['last_id']}")).json()
    assert [video["id"] for video in first["data"]] == [made[2], made[1]]
    assert (first["has_more"], first["first_id"], first["last_id"]) == (True, made[2], made[1])
    assert [video["id"] for video in rest["data"]] == [made[0]]
    assert rest["has_more"] is False


async def test_a_list_may_begin_with_the_oldest(client: httpx.AsyncClient) -> None:
    made = [(await create(client))["id"] for _ in range(2)]
    listed = (await client.get("/v1/videos?order=asc")).json()
    assert [video["id"] for video in listed["data"]] == made


async def test_an_empty_list_is_whole(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/videos")).json() == {
        "object": "list",
        "data": [],
        "first_id": None,
        "last_id": None,
        "has_more": False,
    }


async def test_a_page_of_none_never_promises_more(client: httpx.AsyncClient) -> None:
    await create(client)
    listed = (await client.get("/v1/videos?limit=0")).json()
    assert (listed["data"], listed["has_more"]) == ([], False)


@pytest.mark.parametrize("query", ["limit=101", "limit=-1", "limit=all", "order=random"])
async def test_a_list_asked_for_wrongly_says_so(client: httpx.AsyncClient, query: str) -> None:
    reply = await client.get(f"/v1/videos?{query}")
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == query.partition("=")[0]


async def test_a_deleted_video_is_gone(client: httpx.AsyncClient) -> None:
    video = await create(client)
    reply = await client.delete(
        f"/v1/videos/{video['id']}", headers={"content-type": "application/json"}
    )
    assert reply.json() == {"id": video["id"], "object": "video.deleted", "deleted": True}
    gone = await client.get(f"/v1/videos/{video['id']}")
    assert gone.status_code == 404
    assert gone.json()["error"]["message"] == f"Video with id '{video['id']}' not found."


async def test_the_film_and_its_picture_are_downloaded(
    client: httpx.AsyncClient, house: House
) -> None:
    video = await create(client)
    await house.complete(video["id"])
    path = f"/v1/videos/{video['id']}/content"
    film = await client.get(path, headers={"accept": "application/binary"})
    picture = await client.get(f"{path}?variant=thumbnail")
    assert (film.content, film.headers["content-type"]) == (FILM, "video/mp4")
    assert (picture.content, picture.headers["content-type"]) == (PICTURE, "image/webp")
    assert f'attachment; filename="{video["id"]}.mp4"' == film.headers["content-disposition"]


async def test_a_film_that_is_not_ready_is_404_and_an_expired_one_410(
    client: httpx.AsyncClient, house: House
) -> None:
    video = await create(client)
    path = f"/v1/videos/{video['id']}/content"
    early = await client.get(path)
    await house.complete(video["id"])
    await house.expire(video["id"])
    late = await client.get(path)
    assert (early.status_code, early.json()["error"]["code"]) == (404, "video_not_ready")
    assert (late.status_code, late.json()["error"]["code"]) == (410, "video_expired")
    assert (await client.get(f"/v1/videos/{video['id']}")).json()["video_url"] is None


async def test_an_unknown_variant_names_those_there_are(client: httpx.AsyncClient) -> None:
    video = await create(client)
    reply = await client.get(f"/v1/videos/{video['id']}/content?variant=poster")
    assert reply.status_code == 400
    assert "'spritesheet'" in reply.json()["error"]["message"]


async def test_a_failure_is_told_in_band(client: httpx.AsyncClient, house: House) -> None:
    video = await create(client)
    await house.start(video["id"])
    await house.fail(video["id"], ModerationBlocked("The prompt was refused."))
    reply = await client.get(f"/v1/videos/{video['id']}")
    assert reply.status_code == 200
    assert reply.json()["error"] == {
        "code": "moderation_blocked",
        "message": "The prompt was refused.",
    }


async def test_a_full_queue_is_429_with_the_time_to_wait(
    client: httpx.AsyncClient, house: House
) -> None:
    for _ in range(100):
        await create(client)
    reply = await client.post("/v1/videos", json={"prompt": "a cat"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (429, "queue_full")
    assert int(reply.headers["retry-after"]) > 0


async def test_an_idempotency_key_makes_one_video(client: httpx.AsyncClient, house: House) -> None:
    headers = {"idempotency-key": "k1"}
    first, again, other = [
        await client.post("/v1/videos", json={"prompt": prompt}, headers=headers)
        for prompt in ("a cat", "a cat", "a dog")
    ]
    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
    await house.delivered.get()
    assert house.is_idle


async def test_a_key_whose_video_was_deleted_makes_a_new_one(client: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "k1"}
    first = await client.post("/v1/videos", json={"prompt": "a cat"}, headers=headers)
    await client.delete(f"/v1/videos/{first.json()['id']}")
    second = await client.post("/v1/videos", json={"prompt": "a cat"}, headers=headers)
    assert second.status_code == 200
    assert second.json()["id"] != first.json()["id"]


async def test_a_retryable_failure_of_the_engine_is_no_failure_yet(
    client: httpx.AsyncClient, house: House
) -> None:
    video = await create(client)
    await house.start(video["id"])
    await house.fail(video["id"], EngineUnavailable("Busy."))
    assert (await client.get(f"/v1/videos/{video['id']}")).json()["status"] == "queued"
