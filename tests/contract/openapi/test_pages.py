"""The pages of the reference: readable, self-contained, and their examples work."""

from __future__ import annotations

import hashlib
import html
import re
import shlex
from base64 import b64encode
from pathlib import Path
from typing import Any

import httpx
import pytest

from matinee.web.operations import EXAMPLE_BASE
from tests.contract.openapi.readings import Document
from tests.contract.openapi.serving import a_served_house
from tests.fakes import a_film, a_png
from tests.houses import House

PAGES = ("/", "/docs", "/openapi.json")
HOOK = "http://127.0.0.1:9000/hooks"
"""A house reaches nothing but loopback."""

UPLOADS = {"boat.png": a_png(), "mossy.mp4": a_film(seconds=3)}


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_needs_no_key(client: httpx.AsyncClient, house: House, path: str) -> None:
    await house.access.create_key("alice")
    assert (await client.get(path)).status_code == 200
    head = await client.head(path)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_sent_once(client: httpx.AsyncClient, path: str) -> None:
    etag = (await client.get(path)).headers["etag"]
    again = await client.get(path, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_a_page_asks_nobody_for_anything_and_runs_nothing(
    client: httpx.AsyncClient, path: str
) -> None:
    reply = await client.get(path)
    assert (
        re.search(r"<script|<link|<img|\ssrc=|\sstyle=|\son\w+=|@import|url\(", reply.text) is None
    )
    assert set(re.findall(r'href="(?![#/])([^"]+)', reply.text)) == set()
    style = re.search(r"<style>(.*?)</style>", reply.text, re.DOTALL)
    assert style is not None
    digest = b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    policy = reply.headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")


async def test_every_link_within_the_reference_leads_somewhere(client: httpx.AsyncClient) -> None:
    text = (await client.get("/docs")).text
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)


async def test_the_reference_shows_every_operation_and_every_field(
    client: httpx.AsyncClient, document: Document
) -> None:
    text = html.unescape((await client.get("/docs")).text)
    for operation in document.operations:
        assert operation.path in text
        assert operation.value["summary"] in text
    for schema in document.components.values():
        for name in schema.get("properties", {}):
            assert f"<code>{name}</code>" in text


async def test_examples_name_the_server_as_its_reader_reached_it(
    client: httpx.AsyncClient,
) -> None:
    reply = await client.get("/docs", headers={"host": "films.example.org:8000"})
    assert 'curl "http://films.example.org:8000/v1/videos"' in html.unescape(reply.text)
    assert EXAMPLE_BASE not in reply.text


async def test_every_curl_line_works(document: Document, tmp_path: Path) -> None:
    wrong = {}
    with a_served_house(tmp_path / "served") as served:
        headers = {"Authorization": f"Bearer {served.secret}"}
        async with httpx.AsyncClient(base_url=served.base, headers=headers) as client:
            for operation in document.operations:
                for source in samples(operation.value, "Shell"):
                    line = source.replace("VIDEO_ID", await a_finished_film(client))
                    reply = await run_curl(client, line)
                    if not reply.is_success:
                        wrong[operation.operation_id] = f"{reply.status_code} {reply.text}"
    assert wrong == {}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_every_python_example_works(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sources = [text for each in document.operations for text in samples(each.value, "Python")]
    assert sources
    with a_served_house(tmp_path / "served") as served:
        for source in sources:
            here = source.replace(EXAMPLE_BASE, served.base).replace('"any"', f'"{served.secret}"')
            exec(compile(here, "example", "exec"), {})  # noqa: S102  # our own words
    assert (tmp_path / "film.mp4").stat().st_size > 0


def samples(operation: dict[str, Any], language: str) -> list[str]:
    """The examples of an operation in that language."""
    return [
        each["source"] for each in operation.get("x-codeSamples", []) if each["lang"] == language
    ]


async def a_finished_film(client: httpx.AsyncClient) -> str:
    """The id of a film that is made; in a served house some fail."""
    asked = {"messages": [{"role": "user", "content": "A cat."}]}
    while True:
        reply = await client.post("/v1/chat/completions", json=asked)
        if reply.is_success:
            spelled_id: str = reply.json()["task_id"]
            return spelled_id


async def run_curl(client: httpx.AsyncClient, source: str) -> httpx.Response:
    """Send what the line of curl would."""
    program, url, *words = shlex.split(source.replace("\\\n", ""))
    assert program == "curl"
    is_stream = "-N" in words
    words = [word for word in words if word != "-N"]
    options = list(zip(words[::2], words[1::2], strict=True))
    headers = dict(text.split(": ", 1) for name, text in options if name == "-H")
    assert headers.pop("Authorization") == "Bearer $MATINEE_KEY"
    parts = [text.partition("=") for name, text in options if name == "-F"]
    data = next((text for name, text in options if name == "-d"), None)
    method = next((text for name, text in options if name == "-X"), None)
    request = client.build_request(
        method or ("POST" if data or parts else "GET"),
        url.removeprefix(EXAMPLE_BASE),
        headers=headers,
        content=data.replace("https://example.org/hooks", HOOK) if data else None,
        files=[(name, a_part(text)) for name, _, text in parts] or None,
    )
    reply = await client.send(request, stream=is_stream)
    # Some streams never end.
    await reply.aclose()
    return reply


def a_part(text: str) -> tuple[str | None, str | bytes]:
    """A part of a form as curl writes it: `@name` is a file."""
    return (text[1:], UPLOADS[text[1:]]) if text.startswith("@") else (None, text)
