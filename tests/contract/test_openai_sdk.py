"""The OpenAI SDK against a real server on loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from openai import APIError, AsyncOpenAI, BadRequestError, NotFoundError

from matinee.core.errors import EngineError
from tests.fakes import a_png
from tests.houses import FILM, House, a_house

# The SDK still ships the videos resource, and marks every method deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@asynccontextmanager
async def listening(house: House) -> AsyncIterator[str]:
    """The house's site on a port of loopback; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(house.site, log_level="warning", proxy_headers=False, ws="none")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A server without engines."""
    async with a_house(tmp_path) as house:
        yield house


@pytest.fixture
async def openai(house: House) -> AsyncIterator[AsyncOpenAI]:
    """The SDK's client of it."""
    async with (
        listening(house) as url,
        AsyncOpenAI(base_url=f"{url}/v1", api_key="placeholder") as client,
    ):
        yield client


async def test_a_video_is_created_polled_downloaded_listed_and_deleted(
    house: House, openai: AsyncOpenAI
) -> None:
    video = await openai.videos.create(
        prompt="a cat", seconds="8", size="1280x720", input_reference=("a.png", a_png())
    )
    await house.complete(video.id)
    done = await openai.videos.poll(video.id)
    film = await openai.videos.download_content(video.id)
    picture = await openai.videos.download_content(video.id, variant="thumbnail")
    listed = [each.id async for each in openai.videos.list(limit=1)]
    deleted = await openai.videos.delete(video.id)
    assert (video.status, video.seconds, video.size) == ("queued", "8", "1280x720")
    assert (done.status, done.progress) == ("completed", 100)
    assert film.content == FILM
    assert picture.response.headers["content-type"] == "image/webp"
    assert listed == [video.id]
    assert deleted.deleted


async def test_every_page_of_a_list_is_walked(openai: AsyncOpenAI) -> None:
    made = [(await openai.videos.create(prompt="a cat")).id for _ in range(5)]
    listed = [video.id async for video in openai.videos.list(limit=2, order="asc")]
    assert listed == made


async def test_errors_are_those_that_the_sdk_knows(openai: AsyncOpenAI) -> None:
    with pytest.raises(BadRequestError) as bad:
        await openai.videos.create(prompt="a cat", size="1080x1080")  # type: ignore[arg-type]
    with pytest.raises(NotFoundError) as missing:
        await openai.videos.retrieve("video_unknown")
    assert (bad.value.param, bad.value.code) == ("size", "invalid_value")
    assert bad.value.request_id
    assert missing.value.code == "video_not_found"


async def test_a_chat_is_streamed_to_its_link(house: House, openai: AsyncOpenAI) -> None:
    stream = await openai.chat.completions.create(
        model="sora-2",
        messages=[{"role": "user", "content": "a cat"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    video_id = await house.delivered.get()
    await house.complete(video_id)
    chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert f"task_{video_id}.mp4" in text
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None


async def test_a_failed_stream_raises_what_went_wrong(house: House, openai: AsyncOpenAI) -> None:
    stream = await openai.chat.completions.create(
        model="sora-2", messages=[{"role": "user", "content": "a cat"}], stream=True
    )
    await house.fail(await house.delivered.get(), EngineError("It broke."))
    with pytest.raises(APIError, match="It broke"):
        async for _ in stream:
            pass


async def test_a_chat_that_waits_gets_the_whole_answer(house: House, openai: AsyncOpenAI) -> None:
    waiting = asyncio.create_task(
        openai.chat.completions.create(
            model="sora-2", messages=[{"role": "user", "content": "a cat"}]
        )
    )
    video_id = await house.delivered.get()
    await house.complete(video_id)
    completion = await waiting
    assert f"task_{video_id}.mp4" in (completion.choices[0].message.content or "")
    assert completion.system_fingerprint
