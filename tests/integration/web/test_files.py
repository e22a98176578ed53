"""The Files API, and what requests name by `file_id`."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.fakes import a_png
from tests.houses import MAX_FILE_BYTES, House


async def store(client: httpx.AsyncClient, data: bytes = b"abc", **values: Any) -> dict[str, Any]:
    files = {"file": ("notes.txt", data, "text/plain")}
    reply = await client.post("/v1/files", data={"purpose": "user_data"} | values, files=files)
    assert reply.status_code == 200, reply.text
    stored: dict[str, Any] = reply.json()
    return stored


def refused(reply: httpx.Response) -> tuple[int, str, str | None]:
    error: dict[str, Any] = reply.json()["error"]
    return reply.status_code, error["code"], error["param"]


async def test_a_file_is_stored_shown_and_given_back(
    house: House, client: httpx.AsyncClient
) -> None:
    stored = await store(client)
    assert stored == {
        "id": stored["id"],
        "object": "file",
        "bytes": 3,
        "created_at": int(house.clock.now().timestamp()),
        "filename": "notes.txt",
        "purpose": "user_data",
        "status": "processed",
    }
    assert stored["id"].startswith("file-")
    path = f"/v1/files/{stored['id']}"
    content = await client.get(f"{path}/content")
    assert (await client.get(path)).json() == stored
    assert (content.content, content.headers["content-type"]) == (b"abc", "text/plain")
    assert content.headers["content-disposition"] == 'attachment; filename="notes.txt"'
    assert content.headers["x-content-type-options"] == "nosniff"


async def test_a_large_file_goes_through_the_disk_and_comes_back_whole(
    house: House, client: httpx.AsyncClient
) -> None:
    data = bytes(range(256)) * 10_000
    stored = await store(client, data)
    part = await client.get(
        f"/v1/files/{stored['id']}/content", headers={"range": "bytes=1000000-1000003"}
    )
    assert stored["bytes"] == len(data)
    assert (part.status_code, part.content) == (206, data[1_000_000:1_000_004])
    assert house.uploads == []


async def test_a_deleted_file_is_gone_with_its_bytes(
    house: House, client: httpx.AsyncClient
) -> None:
    stored = await store(client)
    path = f"/v1/files/{stored['id']}"
    reply = await client.delete(path)
    assert reply.json() == {"id": stored["id"], "object": "file", "deleted": True}
    for method, each in (("GET", path), ("GET", f"{path}/content"), ("DELETE", path)):
        assert refused(await client.request(method, each)) == (404, "file_not_found", None)
    assert house.blob_files == set()


async def test_files_are_listed_page_by_page(client: httpx.AsyncClient) -> None:
    made = [(await store(client, purpose=purpose))["id"] for purpose in ("vision", "a", "vision")]
    whole = (await client.get("/v1/files")).json()
    assert [file["id"] for file in whole["data"]] == made[::-1]
    assert (whole["object"], whole["has_more"]) == ("list", False)
    first = (await client.get("/v1/files?limit=2&order=asc")).json()
    rest = (await client.get(f"/v1/files?order=asc&after={first['last_id']}")).json()
    assert [file["id"] for file in first["data"] + rest["data"]] == made
    assert first["has_more"]
    some = (await client.get("/v1/files?purpose=vision")).json()
    assert [file["id"] for file in some["data"]] == [made[2], made[0]]


@pytest.mark.parametrize(
    ("query", "param"), [("limit=0", "limit"), ("limit=10001", "limit"), ("order=x", "order")]
)
async def test_a_list_asked_for_wrongly_says_so(
    client: httpx.AsyncClient, query: str, param: str
) -> None:
    assert refused(await client.get(f"/v1/files?{query}")) == (400, "invalid_value", param)


async def test_a_list_behind_what_is_no_id_says_so(client: httpx.AsyncClient) -> None:
    assert refused(await client.get("/v1/files?after=x")) == (404, "file_not_found", "after")


async def test_a_page_of_expired_files_is_not_taken_for_the_last(
    house: House, client: httpx.AsyncClient
) -> None:
    lasting = await store(client)
    life: dict[str, Any] = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}
    for _ in range(2):
        await store(client, **life)
    house.clock.move(3601)
    page = (await client.get("/v1/files", params={"limit": 1})).json()
    assert ([file["id"] for file in page["data"]], page["has_more"]) == ([lasting["id"]], False)


async def test_an_expired_file_is_gone_and_its_bytes_are_swept(
    house: House, client: httpx.AsyncClient
) -> None:
    life: dict[str, Any] = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}
    stored, other = await store(client, **life), await store(client)
    assert stored["expires_at"] == stored["created_at"] + 3600
    house.clock.move(3600)
    gone = await client.get(f"/v1/files/{stored['id']}")
    listed = (await client.get("/v1/files")).json()["data"]
    assert refused(gone) == (404, "file_not_found", None)
    assert [file["id"] for file in listed] == [other["id"]]
    assert (await house.files.sweep(), await house.files.sweep()) == (1, 0)
    assert len(house.blob_files) == 1


@pytest.mark.parametrize(
    ("values", "code", "param"),
    [
        ({"purpose": ""}, "missing_required_parameter", "purpose"),
        ({"purpose": "x" * 65}, "invalid_value", "purpose"),
        ({"expires_after[seconds]": "9999"}, "invalid_value", "expires_after.anchor"),
        ({"expires_after[anchor]": "now"}, "invalid_value", "expires_after.anchor"),
        ({"expires_after": "soon"}, "malformed_body", "expires_after"),
        ({"expires_after": '{"anchor": "created_at"}'}, "invalid_value", "expires_after.seconds"),
    ],
)
async def test_what_can_not_be_stored_names_the_field(
    client: httpx.AsyncClient, values: dict[str, str], code: str, param: str
) -> None:
    data = {"purpose": "vision"} | values
    reply = await client.post("/v1/files", data=data, files={"file": b"abc"})
    assert refused(reply) == (400, code, param), reply.text


async def test_no_file_an_empty_one_and_too_large_a_one_are_refused(
    house: House, client: httpx.AsyncClient
) -> None:
    data = {"purpose": "vision"}
    missing = await client.post("/v1/files", data=data)
    empty = await client.post("/v1/files", data=data, files={"file": b""})
    large = await client.post("/v1/files", data=data, files={"file": bytes(MAX_FILE_BYTES + 1)})
    as_text = await client.post("/v1/files", json=data | {"file": "abc"})
    assert refused(missing) == (400, "missing_required_parameter", "file")
    assert refused(empty) == (400, "missing_required_parameter", "file")
    assert refused(large) == (413, "file_too_large", "file")
    assert refused(as_text) == (400, "invalid_type", "file")
    assert (house.blob_files, house.uploads) == (set(), [])


@pytest.mark.parametrize("form", ["object", "brackets", "text"])
async def test_an_image_is_named_by_the_id_of_a_file(
    house: House, client: httpx.AsyncClient, form: str
) -> None:
    file_id = (await store(client, a_png(64, 48)))["id"]
    requests: dict[str, Any] = {
        "object": {"json": {"prompt": "x", "input_reference": {"file_id": file_id}}},
        "brackets": {"data": {"prompt": "x", "input_reference[file_id]": file_id}},
        "text": {"data": {"prompt": "x", "input_reference": f'{{"file_id": "{file_id}"}}'}},
    }
    reply = await client.post("/v1/videos", **requests[form])
    assert reply.status_code == 200, reply.text
    await client.delete(f"/v1/files/{file_id}")
    (reference,) = (await house.video(reply.json()["id"])).spec.references
    assert (reference.width_px, reference.height_px) == (64, 48)
    assert len(house.blob_files) == 1


async def test_a_file_that_is_no_image_is_refused_by_the_name_of_its_field(
    client: httpx.AsyncClient,
) -> None:
    file_id = (await store(client))["id"]
    body = {"prompt": "x", "input_reference": {"file_id": file_id}}
    assert refused(await client.post("/v1/videos", json=body))[:2] == (400, "media_invalid")
    body = {"prompt": "x", "input_reference": {"file_id": "file-none"}}
    assert refused(await client.post("/v1/videos", json=body))[:2] == (404, "file_not_found")


async def test_another_accounts_files_do_not_exist(house: House) -> None:
    alice = (await house.access.create_key("alice")).secret
    bob = (await house.access.create_key("bob")).secret
    async with house.client(authorization=f"Bearer {alice}") as client:
        file_id = (await store(client, a_png()))["id"]
    async with house.client(authorization=f"Bearer {bob}") as client:
        for path in (f"/v1/files/{file_id}", f"/v1/files/{file_id}/content"):
            assert (await client.get(path)).status_code == 404
        assert (await client.delete(f"/v1/files/{file_id}")).status_code == 404
        assert (await client.get("/v1/files")).json()["data"] == []
        body = {"prompt": "x", "input_reference": {"file_id": file_id}}
        assert (await client.post("/v1/videos", json=body)).status_code == 404


async def test_a_name_never_breaks_out_of_its_header(client: httpx.AsyncClient) -> None:
    files = {"file": ('a"\r\nx: y;猫.png', b"abc", "text/html; charset=x")}
    reply = await client.post("/v1/files", data={"purpose": "vision"}, files=files)
    content = await client.get(f"/v1/files/{reply.json()['id']}/content")
    assert content.status_code == 200
    assert "x" not in {name.lower() for name in content.headers}
    assert content.headers["content-disposition"].startswith("attachment")
