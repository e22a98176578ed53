"""Films out of other films, from the request to the row and the blobs."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from matinee.core.errors import ModerationBlocked
from matinee.core.size import Size
from matinee.core.video import Relation
from tests.fakes import a_film, a_png
from tests.houses import FILM, MAX_FILE_BYTES, House

WAYS = [
    ("/v1/videos/{}/remix", {}, Relation.REMIX),
    ("/v1/videos/{}/edits", {}, Relation.EDIT),
    ("/v1/videos/{}/extensions", {"seconds": "4"}, Relation.EXTEND),
]


@pytest.fixture
async def source(house: House, client: httpx.AsyncClient) -> str:
    """The id of a finished film."""
    body = {"prompt": "a cat", "size": "1280x720", "seconds": 8, "style": "comic", "seed": 5}
    reply = await client.post("/v1/videos", json=body)
    await house.complete(reply.json()["id"])
    spelled: str = reply.json()["id"]
    return spelled


async def bytes_of(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


def refused(reply: httpx.Response) -> tuple[int, str, str | None]:
    error: dict[str, Any] = reply.json()["error"]
    return reply.status_code, error["code"], error["param"]


@pytest.mark.parametrize(("path", "more", "relation"), WAYS)
@pytest.mark.parametrize("encoding", ["json", "form", "multipart"])
async def test_a_film_comes_out_of_the_one_in_the_path(
    house: House,
    client: httpx.AsyncClient,
    source: str,
    path: str,
    more: dict[str, str],
    relation: Relation,
    encoding: str,
) -> None:
    values = {"prompt": "at night"} | more
    forms: dict[str, dict[str, Any]] = {
        "json": {"json": values},
        "form": {"data": values},
        "multipart": {"files": {name: (None, text) for name, text in values.items()}},
    }
    reply = await client.post(path.format(source), **forms[encoding])
    assert reply.status_code == 200, reply.text
    assert reply.json()["remixed_from_video_id"] == source
    video = await house.video(reply.json()["id"])
    assert video.spec.source is not None
    assert (video.spec.source.relation, video.spec.size) == (relation, Size(1280, 720))
    assert (video.spec.style, video.spec.seed, video.spec.prompt) == ("comic", 5, "at night")
    assert reply.json()["seconds"] == ("12" if relation is Relation.EXTEND else "8")


@pytest.mark.parametrize("form", ["object", "bare", "brackets", "text", "link", "task", "list"])
async def test_an_edit_names_its_film_in_every_form(
    house: House, client: httpx.AsyncClient, source: str, form: str
) -> None:
    link = (await client.get(f"/v1/videos/{source}")).json()["video_url"]
    requests: dict[str, Any] = {
        "object": {"json": {"prompt": "x", "video": {"id": source}}},
        "bare": {"json": {"prompt": "x", "video": source}},
        "brackets": {"files": {"prompt": (None, "x"), "video[id]": (None, source)}},
        "text": {"data": {"prompt": "x", "video": json.dumps({"id": source})}},
        "link": {"json": {"prompt": "x", "video": {"url": link}}},
        "task": {"json": {"prompt": "x", "video": source.replace("video_", "task_")}},
        "list": {"json": {"prompt": "x", "video": [{"id": source}]}},
    }
    reply = await client.post("/v1/videos/edits", **requests[form])
    assert reply.status_code == 200, reply.text
    assert reply.json()["remixed_from_video_id"] == source


@pytest.mark.parametrize("form", ["file", "url", "data", "stored", "bare"])
async def test_an_edit_takes_a_film_from_elsewhere_in_every_form(
    house: House, client: httpx.AsyncClient, form: str
) -> None:
    film = a_film(1920, 1080, 6)
    house.pages.by_url["https://films.example.org/a.mp4"] = film
    reply = await client.post("/v1/files", data={"purpose": "user_data"}, files={"file": film})
    stored = reply.json()["id"]
    data_uri = "data:video/mp4;base64," + base64.b64encode(film).decode()
    requests: dict[str, dict[str, Any]] = {
        "file": {"data": {"prompt": "x"}, "files": {"video": ("a.bin", film)}},
        "url": {"json": {"prompt": "x", "video": {"url": "https://films.example.org/a.mp4"}}},
        "data": {"json": {"prompt": "x", "video": data_uri}},
        "stored": {"json": {"prompt": "x", "video": {"file_id": stored}}},
        "bare": {"json": {"prompt": "x", "video": stored}},
    }
    reply = await client.post("/v1/videos/edits", **requests[form])
    assert reply.status_code == 200, reply.text
    video = await house.video(reply.json()["id"])
    source = video.spec.source
    assert source is not None
    assert (source.spec, source.size, source.seconds) == (None, Size(1920, 1080), 6)
    assert (video.spec.size, video.spec.seconds, video.remixed_from) == (source.size, 6, None)
    assert await bytes_of(house.blobs.open(source.blob_key, 0, 10_000)) == film


async def test_an_uploaded_film_larger_than_memory_likes_is_kept_whole(
    house: House, client: httpx.AsyncClient
) -> None:
    film = a_film() + b" " * 3_000_000
    reply = await client.post("/v1/videos/edits", data={"prompt": "x"}, files={"video": film})
    assert reply.status_code == 200, reply.text
    source = (await house.video(reply.json()["id"])).spec.source
    assert source is not None
    assert await bytes_of(house.blobs.open(source.blob_key, 0, 4_000_000)) == film
    assert house.uploads == []


async def test_a_link_that_only_looks_like_ours_is_fetched(
    house: House, client: httpx.AsyncClient
) -> None:
    link = "https://films.example.org/f/token/task_01kzzzzzzzzzzzzzzzzzzzzzzz.mp4"
    house.pages.by_url[link] = a_film(1280, 720, 5)
    body = {"prompt": "x", "video": {"url": link}}
    reply = await client.post("/v1/videos/edits", json=body)
    assert (reply.json()["seconds"], reply.json()["remixed_from_video_id"]) == ("5", None)


async def test_an_image_larger_than_memory_likes_is_an_image_all_the_same(
    house: House, client: httpx.AsyncClient
) -> None:
    picture = a_png(64, 48) + bytes(2_000_000)
    files = {"input_reference": ("a.png", picture)}
    reply = await client.post("/v1/videos", data={"prompt": "x"}, files=files)
    (reference,) = (await house.video(reply.json()["id"])).spec.references
    assert await bytes_of(house.blobs.open(reference.blob_key, 0, 3_000_000)) == picture


async def test_an_extension_of_an_uploaded_film_is_longer_than_it(
    house: House, client: httpx.AsyncClient
) -> None:
    files = {"video": ("a.mp4", a_film(1280, 720, 5.4))}
    reply = await client.post(
        "/v1/videos/extensions", data={"prompt": "x", "seconds": "8"}, files=files
    )
    assert (reply.json()["seconds"], reply.json()["size"]) == ("14", "1280x720")


async def test_extensions_add_up_until_they_may_not(
    house: House, client: httpx.AsyncClient, source: str
) -> None:
    body = {"prompt": "on", "seconds": "4"}
    for seconds in (12, 16, 20, 24, 28, 32):
        reply = await client.post("/v1/videos/extensions", json={**body, "video": {"id": source}})
        assert reply.json()["seconds"] == str(seconds)
        source = reply.json()["id"]
        await house.complete(source)
    reply = await client.post("/v1/videos/extensions", json={**body, "video": {"id": source}})
    assert refused(reply) == (400, "invalid_value", "video.id")


async def test_the_source_may_be_deleted_at_any_time(
    house: House, client: httpx.AsyncClient, source: str
) -> None:
    reply = await client.post(f"/v1/videos/{source}/remix", json={"prompt": "at night"})
    await house.start(reply.json()["id"])
    await client.delete(f"/v1/videos/{source}")
    video = await house.video(reply.json()["id"])
    assert video.spec.source is not None
    assert await bytes_of(house.blobs.open(video.spec.source.blob_key, 0, len(FILM))) == FILM
    assert (await house.complete(video.id)).job.progress == 100
    again = await client.post(f"/v1/videos/{video.id}/remix", json={"prompt": "at noon"})
    assert again.status_code == 200


async def test_a_remix_keeps_the_image_that_its_source_began_with(
    house: House, client: httpx.AsyncClient
) -> None:
    files = {"input_reference": ("a.png", a_png())}
    first = await client.post("/v1/videos", data={"prompt": "a cat"}, files=files)
    await house.complete(first.json()["id"])
    remix = await client.post(f"/v1/videos/{first.json()['id']}/remix", json={"prompt": "x"})
    await client.delete(f"/v1/videos/{first.json()['id']}")
    (reference,) = (await house.video(remix.json()["id"])).spec.references
    assert await bytes_of(house.blobs.open(reference.blob_key, 0, 1000)) == a_png()


@pytest.mark.parametrize(("path", "more", "relation"), WAYS)
async def test_a_film_that_is_not_finished_says_what_to_wait_for(
    house: House,
    client: httpx.AsyncClient,
    path: str,
    more: dict[str, str],
    relation: Relation,
) -> None:
    waiting = (await client.post("/v1/videos", json={"prompt": "a cat"})).json()["id"]
    reply = await client.post(path.format(waiting), json={"prompt": "x"} | more)
    assert refused(reply) == (400, "source_not_ready", "video_id")
    assert "until its status is 'completed'" in reply.json()["error"]["message"]


async def test_a_failed_film_and_an_expired_one_are_no_source(
    house: House, client: httpx.AsyncClient, source: str
) -> None:
    failed = (await client.post("/v1/videos", json={"prompt": "a cat"})).json()["id"]
    await house.fail(failed, ModerationBlocked("No."))
    await house.expire(source)
    body = {"prompt": "x"}
    replies = [
        await client.post(f"/v1/videos/{each}/remix", json=body) for each in (failed, source)
    ]
    assert refused(replies[0]) == (400, "source_not_ready", "video_id")
    assert refused(replies[1]) == (410, "video_expired", "video_id")


@pytest.mark.parametrize(
    ("body", "status", "code", "param"),
    [
        ({"prompt": "x"}, 400, "missing_required_parameter", "video"),
        ({"video": {"id": "video_1"}}, 400, "missing_required_parameter", "prompt"),
        ({"prompt": "x", "video": {}}, 400, "missing_required_parameter", "video.id"),
        ({"prompt": "x", "video": 7}, 400, "invalid_type", "video"),
        ({"prompt": "x", "video": {"id": 7}}, 400, "invalid_type", "video.id"),
        ({"prompt": "x", "video": ["a", "b"]}, 400, "invalid_value", "video"),
        ({"prompt": "x", "video": "{"}, 400, "malformed_body", "video"),
        ({"prompt": "x", "video": {"id": "video_1"}}, 404, "video_not_found", "video.id"),
        ({"prompt": "x", "video": "nobody"}, 404, "video_not_found", "video"),
        ({"prompt": "x", "video": {"file_id": "file-1"}}, 404, "file_not_found", "video.file_id"),
        ({"prompt": "x", "video": {"url": "https://nowhere/"}}, 400, "url_refused", "video.url"),
        ({"prompt": "x", "video": "data:video/mp4;base64,AAAA"}, 400, "media_invalid", "video"),
    ],
)
async def test_a_source_that_can_not_be_used_is_named(
    client: httpx.AsyncClient, body: dict[str, Any], status: int, code: str, param: str
) -> None:
    reply = await client.post("/v1/videos/edits", json=body)
    assert refused(reply) == (status, code, param), reply.text


async def test_another_accounts_film_is_as_unknown_as_any(house: House) -> None:
    alice = (await house.access.create_key("alice")).secret
    bob = (await house.access.create_key("bob")).secret
    async with house.client(authorization=f"Bearer {alice}") as client:
        body = {"prompt": "a cat", "private": True}
        made = (await client.post("/v1/videos", json=body)).json()["id"]
        await house.complete(made)
        own = await client.post(f"/v1/videos/{made}/remix", json={"prompt": "x"})
        assert (await house.video(own.json()["id"])).spec.private
    async with house.client(authorization=f"Bearer {bob}") as client:
        unknown = made[:-4] + "zzzz"
        replies = [
            await client.post(f"/v1/videos/{each}/remix", json={"prompt": "x"})
            for each in (made, unknown)
        ]
    assert [reply.status_code for reply in replies] == [404, 404]
    texts = [
        reply.text.replace(each, "ID") for reply, each in zip(replies, (made, unknown), strict=True)
    ]
    assert texts[0] == texts[1]


async def test_a_film_above_the_limit_is_413_and_names_its_field(
    house: House, client: httpx.AsyncClient
) -> None:
    film = a_film() + bytes(MAX_FILE_BYTES)
    reply = await client.post("/v1/videos/edits", data={"prompt": "x"}, files={"video": film})
    assert refused(reply) == (413, "file_too_large", "video")
    assert "4 MiB" in reply.json()["error"]["message"]
    assert house.uploads == []


async def test_a_repeated_edit_makes_one_film(
    house: House, client: httpx.AsyncClient, source: str
) -> None:
    await house.delivered.get()
    body = {"prompt": "x", "video": {"id": source}}
    keyed = [
        await client.post("/v1/videos/edits", json=body, headers={"idempotency-key": "k"})
        for _ in range(2)
    ]
    retried = []
    for count in "012":
        headers = {"x-stainless-retry-count": count}
        retried.append(await client.post("/v1/videos/edits", json=body, headers=headers))
    await client.delete(f"/v1/videos/{source}")
    headers = {"idempotency-key": "k"}
    keyed.append(await client.post("/v1/videos/edits", json=body, headers=headers))
    assert len({reply.json()["id"] for reply in keyed}) == 1
    assert len({reply.json()["id"] for reply in retried}) == 1
    assert house.delivered.qsize() == 2


async def test_what_was_kept_for_a_refused_film_is_gone(
    house: House, client: httpx.AsyncClient, source: str
) -> None:
    for _ in range(100):
        await client.post("/v1/videos", json={"prompt": "a cat"})
    before = house.blob_files
    reply = await client.post(f"/v1/videos/{source}/remix", json={"prompt": "x"})
    assert reply.status_code == 429
    assert house.blob_files == before


@pytest.mark.parametrize(("full", "status"), [(True, 507), (False, 503)])
async def test_a_film_that_can_not_be_put_down_is_no_defect(
    house: House, client: httpx.AsyncClient, *, full: bool, status: int
) -> None:
    house.pages.by_url["https://films.example.org/a.mp4"] = a_film()
    uploads = house.folder / "uploads"
    if full:
        uploads.mkdir()
        (uploads / "film-0").symlink_to("/dev/full")
    else:
        uploads.write_bytes(b"in the way")
    body = {"prompt": "x", "video": "https://films.example.org/a.mp4"}
    reply = await client.post("/v1/videos/edits", json=body)
    assert reply.status_code == status, reply.text
    assert house.is_idle
