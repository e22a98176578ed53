"""What OpenAI's SDK sends for remixes, edits, extensions, characters and files, and what it reads.

The rows are those of the measured table of encodings; releases that no package installs beside the
newest are sent by hand, byte for byte.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import openai as sdk
import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError

from matinee.core.size import Size
from matinee.core.video import Relation
from tests.contract.test_openai_sdk import listening
from tests.fakes import a_film, a_png
from tests.houses import House, a_house

# The SDK still ships the videos resource, and marks every method deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A server without engines."""
    async with a_house(tmp_path) as house:
        yield house


@pytest.fixture
async def url(house: House) -> AsyncIterator[str]:
    """Where it listens."""
    async with listening(house) as url:
        yield url


@pytest.fixture
async def openai(url: str) -> AsyncIterator[AsyncOpenAI]:
    """The SDK's client of it."""
    async with AsyncOpenAI(base_url=f"{url}/v1", api_key="placeholder") as client:
        yield client


@pytest.fixture
async def source(house: House, openai: AsyncOpenAI) -> str:
    """The id of a finished film."""
    video = await openai.videos.create(prompt="a cat", seconds="8", size="1280x720")
    await house.complete(video.id, a_film())
    return video.id


async def test_a_remix_comes_out_of_its_source(openai: AsyncOpenAI, source: str) -> None:
    video = await openai.videos.remix(source, prompt="at night")
    assert (video.remixed_from_video_id, video.seconds, video.size) == (source, "8", "1280x720")


@pytest.mark.parametrize("headers", [{}, JSON], ids=["form", "json"])
async def test_an_edit_by_id_is_sent_by_its_known_workaround(
    openai: AsyncOpenAI, source: str, headers: dict[str, str]
) -> None:
    video = await openai.videos.edit(
        prompt="golden light",
        video=sdk.omit,  # type: ignore[arg-type]  # the typed argument refuses objects
        extra_body={"video": {"id": source}},
        extra_headers=headers,
    )
    assert video.remixed_from_video_id == source


async def test_an_edit_of_a_file_uploads_it(house: House, openai: AsyncOpenAI) -> None:
    video = await openai.videos.edit(
        prompt="golden light",
        video=("a.mp4", a_film(1920, 1080, 6)),
        extra_body={"model": "sora-2-pro"},
    )
    spec = (await house.video(video.id)).spec
    assert (video.model, video.seconds, video.size) == ("sora-2-pro", "6", "1920x1080")
    assert spec.source is not None
    assert (spec.source.relation, spec.source.spec) == (Relation.EDIT, None)


@pytest.mark.parametrize("headers", [{}, JSON], ids=["form", "json"])
async def test_an_extension_tells_the_whole_length(
    openai: AsyncOpenAI, source: str, headers: dict[str, str]
) -> None:
    video = await openai.videos.extend(
        prompt="on it goes",
        seconds="8",
        video=sdk.omit,  # type: ignore[arg-type]  # the typed argument refuses objects
        extra_body={"video": {"id": source}},
        extra_headers=headers,
    )
    assert (video.seconds, video.remixed_from_video_id) == ("16", source)


async def test_an_extension_of_bytes_without_a_name_uploads_them(openai: AsyncOpenAI) -> None:
    film = io.BytesIO(a_film(1280, 720, 4))
    video = await openai.videos.extend(prompt="on", seconds="4", video=film)
    assert (video.seconds, video.size) == ("8", "1280x720")


async def test_a_character_is_made_found_and_cast(house: House, openai: AsyncOpenAI) -> None:
    made = await openai.videos.create_character(name="Mossy", video=a_film())
    assert made.id is not None
    found = await openai.videos.get_character(made.id)
    video = await openai.videos.create(
        prompt="Mossy dances.", extra_body={"characters": [{"id": made.id}]}
    )
    assert (found.id, found.name) == (made.id, "Mossy")
    assert [role.name for role in (await house.video(video.id)).spec.roles] == ["Mossy"]


async def test_files_are_managed_and_named_in_requests(house: House, openai: AsyncOpenAI) -> None:
    stored = await openai.files.create(
        file=("a.png", a_png(64, 48)),
        purpose="vision",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )
    video = await openai.videos.create(
        prompt="a cat", extra_body={"input_reference": {"file_id": stored.id}}
    )
    (reference,) = (await house.video(video.id)).spec.references
    content = await openai.files.content(stored.id)
    listed = [each.id async for each in openai.files.list(purpose="vision")]
    deleted = await openai.files.delete(stored.id)
    assert (reference.width_px, stored.status, stored.bytes) == (64, "processed", len(a_png()))
    assert (content.content, listed, deleted.deleted) == (a_png(64, 48), [stored.id], True)
    with pytest.raises(NotFoundError):
        await openai.files.retrieve(stored.id)


async def test_refusals_are_errors_that_the_sdk_knows(openai: AsyncOpenAI, source: str) -> None:
    waiting = await openai.videos.create(prompt="a cat")
    with pytest.raises(BadRequestError) as early:
        await openai.videos.remix(waiting.id, prompt="x")
    with pytest.raises(NotFoundError) as missing:
        await openai.videos.remix("video_unknown", prompt="x")
    with pytest.raises(NotFoundError) as nobody:
        await openai.videos.get_character("char_unknown")
    with pytest.raises(BadRequestError) as long:
        await openai.videos.extend(
            prompt="x",
            seconds="99",  # type: ignore[arg-type]
            video=sdk.omit,  # type: ignore[arg-type]
            extra_body={"video": {"id": source}},
        )
    assert (early.value.code, missing.value.code) == ("source_not_ready", "video_not_found")
    assert (nobody.value.code, long.value.param) == ("character_not_found", "seconds")


ROWS: dict[str, tuple[str, dict[str, str]]] = {
    "create, object reference (Node)": ("", {"input_reference[image_url]": "IMAGE"}),
    "create, stored reference (Node)": ("", {"input_reference[file_id]": "FILE"}),
    "create, characters of both SDKs": ("", {"characters[][id]": "CHARACTER"}),
    "edit by id (Node)": ("/edits", {"video[id]": "VIDEO"}),
    "extend by id (Node)": ("/extensions", {"video[id]": "VIDEO", "seconds": "4"}),
    "remix as a form (Ruby)": ("/VIDEO/remix", {}),
    "edit with JSON text (curl)": ("/edits", {"video": '{"id": "VIDEO"}'}),
}


@pytest.mark.parametrize("row", ROWS)
async def test_a_form_without_a_file_is_understood_as_every_sdk_writes_it(
    house: House, url: str, openai: AsyncOpenAI, source: str, row: str
) -> None:
    path, fields = ROWS[row]
    image = "https://pictures.example.org/a.png"
    house.pages.by_url[image] = a_png()
    stored = await openai.files.create(file=("a.png", a_png()), purpose="vision")
    character = await openai.videos.create_character(name="Mossy", video=a_film())
    known = {"IMAGE": image, "FILE": stored.id, "CHARACTER": character.id or "", "VIDEO": source}

    def filled(text: str) -> str:
        for word, value in known.items():
            text = text.replace(word, value)
        return text

    values = {"prompt": "x"} | {name: filled(text) for name, text in fields.items()}
    async with httpx.AsyncClient() as client:
        parts = {name: (None, text) for name, text in values.items()}
        reply = await client.post(f"{url}/v1/videos{filled(path)}", files=parts)
    assert reply.status_code == 200, reply.text


@pytest.mark.parametrize("row", ["edit", "extend", "character", "create"])
async def test_a_file_of_any_label_may_come_in_chunks_without_a_length(
    house: House, url: str, row: str
) -> None:
    name, path, data, more = {
        "edit": ("video", "/videos/edits", a_film(), {}),
        "extend": ("video", "/videos/extensions", a_film(), {"seconds": "4"}),
        "character": ("video", "/videos/characters", a_film(), {"name": "Mossy"}),
        "create": ("input_reference", "/videos", a_png(), {"seconds": "4"}),
    }[row]
    fields: Any = {"prompt": "x"} | more
    label = 'filename="anonymous_file"\r\nContent-Type: application/octet-stream'
    body = b"".join(
        f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n'.encode()
        for key, text in fields.items()
    )
    body += f'--b\r\nContent-Disposition: form-data; name="{name}"; {label}\r\n\r\n'.encode()
    body += data + b"\r\n--b--\r\n"

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 7):
            yield body[start : start + 7]

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    async with httpx.AsyncClient() as client:
        reply = await client.post(f"{url}/v1{path}", content=pieces(), headers=headers)
    assert reply.status_code == 200, reply.text
    assert "transfer-encoding" in reply.request.headers


async def test_numbers_arrive_as_json_numbers_from_older_releases(
    house: House, url: str, source: str
) -> None:
    body = {"prompt": "x", "seconds": 4, "video": {"id": source}}
    async with httpx.AsyncClient() as client:
        reply = await client.post(f"{url}/v1/videos/extensions", json=body)
    assert reply.json()["seconds"] == "12"
    assert (await house.video(reply.json()["id"])).spec.size == Size(1280, 720)
