"""Characters: made of films, called in prompts, in OpenAI's words and in relays'."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from matinee.core.ids import parse_character_id
from tests.fakes import a_film
from tests.houses import House


async def make(client: httpx.AsyncClient, name: str = "Mossy") -> str:
    files = {"video": ("clip.mp4", a_film(640, 360, 3))}
    reply = await client.post("/v1/videos/characters", data={"name": name}, files=files)
    assert reply.status_code == 200, reply.text
    spelled: str = reply.json()["id"]
    return spelled


async def film(client: httpx.AsyncClient, prompt: str, **values: Any) -> str:
    reply = await client.post("/v1/videos", json={"prompt": prompt} | values)
    assert reply.status_code == 200, reply.text
    spelled: str = reply.json()["id"]
    return spelled


async def bytes_of(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


def refused(reply: httpx.Response) -> tuple[int, str, str | None]:
    error: dict[str, Any] = reply.json()["error"]
    return reply.status_code, error["code"], error["param"]


async def test_a_character_has_three_keys_and_is_found_again(
    house: House, client: httpx.AsyncClient
) -> None:
    files = {"video": ("clip.mp4", a_film())}
    made = await client.post("/v1/videos/characters", data={"name": " @Mossy "}, files=files)
    again = await client.get(f"/v1/videos/characters/{made.json()['id']}")
    created_at = int(house.clock.now().timestamp())
    assert made.json() == {"id": made.json()["id"], "name": "Mossy", "created_at": created_at}
    assert made.json()["id"].startswith("char_")
    assert again.json() == made.json()


@pytest.mark.parametrize("form", ["json url", "json id", "bracketed file", "stored file"])
async def test_the_film_of_a_character_comes_in_every_form(
    house: House, client: httpx.AsyncClient, form: str
) -> None:
    house.pages.by_url["https://films.example.org/a.mp4"] = a_film()
    upload = {"data": {"purpose": "vision"}, "files": {"file": a_film()}}
    stored = (await client.post("/v1/files", **upload)).json()["id"]  # type: ignore[arg-type]
    own = await film(client, "a cat")
    await house.complete(own, a_film())
    requests: dict[str, dict[str, Any]] = {
        "json url": {"json": {"name": "A", "video": "https://films.example.org/a.mp4"}},
        "json id": {"json": {"name": "A", "video": {"id": own}}},
        "bracketed file": {"data": {"name": "A"}, "files": {"video[]": a_film()}},
        "stored file": {"json": {"name": "A", "video": {"file_id": stored}}},
    }
    reply = await client.post("/v1/videos/characters", **requests[form])
    assert (reply.status_code, reply.json().get("name")) == (200, "A"), reply.text


@pytest.mark.parametrize(
    ("data", "files", "code", "param"),
    [
        ({}, {"video": a_film()}, "missing_required_parameter", "name"),
        ({"name": "A"}, {}, "missing_required_parameter", "video"),
        ({"name": "x" * 81}, {"video": a_film()}, "invalid_value", "name"),
        ({"name": "A"}, {"video": b"no film"}, "media_invalid", "video"),
        ({"name": "A"}, {"video": b""}, "missing_required_parameter", "video"),
        ({"name": "A", "timestamps": "0,9"}, {"video": a_film()}, "invalid_value", "timestamps"),
    ],
)
async def test_what_makes_no_character_names_the_field(
    client: httpx.AsyncClient, data: Any, files: Any, code: str, param: str
) -> None:
    reply = await client.post("/v1/videos/characters", data=data, files=files or None)
    assert refused(reply) == (400, code, param), reply.text


@pytest.mark.parametrize("form", ["json", "form", "indexed", "text", "bare"])
async def test_a_character_is_cast_by_its_id_in_every_form(
    house: House, client: httpx.AsyncClient, form: str
) -> None:
    first, second = await make(client, "Mossy"), await make(client, "Ada")
    prompt = {"prompt": "They dance."}
    requests: dict[str, Any] = {
        "json": {"json": prompt | {"characters": [{"id": first}, {"id": second}]}},
        "form": {"data": prompt | {"characters[][id]": [first, second]}},
        "indexed": {"data": prompt | {"characters[0][id]": first, "characters[1][id]": second}},
        "text": {"data": prompt | {"characters": f'[{{"id": "{first}"}}, {{"id": "{second}"}}]'}},
        "bare": {"json": prompt | {"characters": [first, second]}},
    }
    reply = await client.post("/v1/videos", **requests[form])
    assert reply.status_code == 200, reply.text
    roles = (await house.video(reply.json()["id"])).spec.roles
    assert [role.name for role in roles] == ["Mossy", "Ada"]
    assert await bytes_of(house.blobs.open(roles[0].poster.blob_key, 0, 99)) == b"still 0-3"


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("@Mossy waves.", ["Mossy"]),
        ("Mossy waves to Ada.", ["Mossy", "Ada"]),
        ("mossy stones, Adagio", []),
    ],
)
async def test_a_character_is_called_by_name(
    house: House, client: httpx.AsyncClient, prompt: str, names: list[str]
) -> None:
    await make(client, "Mossy")
    await make(client, "Ada")
    spec = (await house.video(await film(client, prompt))).spec
    assert [role.name for role in spec.roles] == names
    assert spec.prompt == prompt


async def test_a_name_means_whoever_got_it_last(house: House, client: httpx.AsyncClient) -> None:
    old = await make(client)
    files = {"video": a_film(1280, 720, 2)}
    await client.post("/v1/videos/characters", data={"name": "Mossy"}, files=files)
    (by_name,) = (await house.video(await film(client, "@Mossy"))).spec.roles
    (by_id,) = (
        await house.video(await film(client, "@Mossy", characters=[{"id": old}]))
    ).spec.roles
    assert await bytes_of(house.blobs.open(by_name.poster.blob_key, 0, 99)) == b"still 0-2"
    assert await bytes_of(house.blobs.open(by_id.poster.blob_key, 0, 99)) == b"still 0-3"


async def test_an_unknown_character_is_a_400_that_names_it(client: httpx.AsyncClient) -> None:
    known = await make(client)
    body = {"prompt": "x", "characters": [{"id": known}, {"id": "char_nobody"}]}
    reply = await client.post("/v1/videos", json=body)
    assert refused(reply) == (400, "invalid_value", "characters[1].id")
    body = {"prompt": "x", "characters": [{"id": known}] * 3}
    reply = await client.post("/v1/videos", json=body)
    assert refused(reply) == (400, "invalid_value", "characters[2].id")
    reply = await client.post("/v1/videos", json={"prompt": "x", "characters": [7]})
    assert refused(reply) == (400, "invalid_type", "characters[0]")


async def test_more_names_than_the_model_takes_are_told(client: httpx.AsyncClient) -> None:
    for name in ("Mossy", "Ada", "Bo"):
        await make(client, name)
    reply = await client.post("/v1/videos", json={"prompt": "Mossy, Ada and Bo"})
    assert refused(reply) == (400, "invalid_value", "prompt")
    assert "'Mossy', 'Ada', 'Bo'" in reply.json()["error"]["message"]


async def test_another_accounts_characters_do_not_exist(house: House) -> None:
    alice = (await house.access.create_key("alice")).secret
    bob = (await house.access.create_key("bob")).secret
    async with house.client(authorization=f"Bearer {alice}") as client:
        made = await make(client)
    async with house.client(authorization=f"Bearer {bob}") as client:
        missing = await client.get(f"/v1/videos/characters/{made}")
        reply = await client.post("/v1/videos", json={"prompt": "x", "characters": [{"id": made}]})
        spec = (await house.video(await film(client, "@Mossy"))).spec
    assert refused(missing) == (404, "character_not_found", None)
    assert refused(reply) == (400, "invalid_value", "characters[0].id")
    assert spec.roles == ()


async def test_a_remix_keeps_the_cast_of_its_source(
    house: House, client: httpx.AsyncClient
) -> None:
    await make(client)
    source = await film(client, "@Mossy waves.")
    await house.complete(source)
    reply = await client.post(f"/v1/videos/{source}/remix", json={"prompt": "at night"})
    await client.delete(f"/v1/videos/{source}")
    (role,) = (await house.video(reply.json()["id"])).spec.roles
    assert role.name == "Mossy"
    assert await bytes_of(house.blobs.open(role.poster.blob_key, 0, 99)) == b"still 0-3"


@pytest.mark.parametrize("path", ["/v1/characters", "/sora/v1/characters"])
async def test_relays_make_characters_of_urls_and_earlier_films(
    house: House, client: httpx.AsyncClient, path: str
) -> None:
    house.pages.by_url["https://films.example.org/a.mp4"] = a_film()
    own = await film(client, "a cat")
    await house.complete(own, a_film())
    sent = [
        {"url": "https://films.example.org/a.mp4", "timestamps": "1,3"},
        {"from_task": own.replace("video_", "task_"), "timestamps": "0.5,2", "model": "sora-2"},
    ]
    for body in sent:
        made = (await client.post(path, json=body)).json()
        assert made.keys() >= {"id", "username", "permalink", "profile_picture_url"}
        assert made["name"] == made["username"]
        async with house.client() as stranger:
            picture = await stranger.get(made["profile_picture_url"])
        start, end = body["timestamps"].split(",")
        assert picture.content == f"still {start}-{end}".encode()
        assert picture.headers["content-type"] == "image/webp"
        assert (await client.get(made["permalink"])).json() == made
        spec = (await house.video(await film(client, f"@{made['username']} dances"))).spec
        assert [role.name for role in spec.roles] == [made["username"]]


@pytest.mark.parametrize(
    ("body", "status", "code", "param"),
    [
        ({}, 400, "missing_required_parameter", "url"),
        ({"url": "https://nowhere/"}, 400, "url_refused", "url"),
        ({"from_task": "task_1"}, 404, "video_not_found", "from_task"),
        ({"url": "x://y", "from_task": "task_1"}, 400, "invalid_value", "from_task"),
        ({"from_task": "task_1", "timestamps": "3"}, 400, "invalid_value", "timestamps"),
        ({"from_task": "task_1", "timestamps": [3, 1]}, 400, "invalid_value", "timestamps"),
    ],
)
async def test_relays_are_told_what_is_missing(
    client: httpx.AsyncClient, body: dict[str, Any], status: int, code: str, param: str
) -> None:
    assert refused(await client.post("/v1/characters", json=body)) == (status, code, param)


async def test_a_picture_needs_the_whole_link(house: House, client: httpx.AsyncClient) -> None:
    body = {"video": "https://films.example.org/a.mp4", "name": "A"}
    house.pages.by_url[body["video"]] = a_film()
    made = (await client.post("/v1/characters", json=body)).json()
    link = made["profile_picture_url"]
    token = link.split("/")[-2]
    for broken in (link.replace(token, "x" * 22), link[:-5] + ".png", link.replace("char_", "x")):
        assert (await client.get(broken)).status_code == 404


@pytest.mark.parametrize("kept", [False, True])
async def test_a_film_may_bring_its_character_along(
    house: House, client: httpx.AsyncClient, *, kept: bool
) -> None:
    house.pages.by_url["https://films.example.org/a.mp4"] = a_film()
    said = {"character_url": "https://films.example.org/a.mp4", "character_timestamps": "1,3"}
    made = await film(client, "@pip runs", **said, character_create=kept)
    (role,) = (await house.video(made)).spec.roles
    assert role.name == "pip"
    assert await bytes_of(house.blobs.open(role.poster.blob_key, 0, 99)) == b"still 1-3"
    later = (await house.video(await film(client, "@pip sleeps"))).spec
    assert [role.name for role in later.roles] == (["pip"] if kept else [])


async def test_a_character_of_an_earlier_film_has_a_plain_name_if_none_is_said(
    house: House, client: httpx.AsyncClient
) -> None:
    own = await film(client, "a cat")
    await house.complete(own, a_film())
    made = await film(client, "the character runs", character_from_task=own)
    (role,) = (await house.video(made)).spec.roles
    assert role.name == "character"


async def test_characters_keep_their_owner_when_the_first_key_is_made(house: House) -> None:
    async with house.client() as client:
        made = await make(client)
    secret = (await house.access.create_key("alice")).secret
    async with house.client(authorization=f"Bearer {secret}") as client:
        assert (await client.get(f"/v1/videos/characters/{made}")).status_code == 200
    assert parse_character_id(made) is not None
