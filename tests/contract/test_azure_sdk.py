"""The OpenAI SDK's Azure class against a real server on loopback, one that wants keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI, AuthenticationError, NotFoundError

from tests.contract.test_openai_sdk import listening
from tests.houses import FILM, House, a_house

# The SDK still ships the videos resource, and marks every method deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

VERSION = "2025-04-01-preview"


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
async def azure(house: House, url: str) -> AsyncIterator[AsyncAzureOpenAI]:
    """The SDK's client, with a key of the server."""
    key = (await house.access.create_key("alice")).secret
    async with AsyncAzureOpenAI(azure_endpoint=url, api_key=key, api_version=VERSION) as client:
        yield client


async def test_a_video_is_created_read_downloaded_listed_and_deleted(
    house: House, azure: AsyncAzureOpenAI
) -> None:
    video = await azure.videos.create(model="sora-2", prompt="a cat", seconds="8")
    await house.complete(video.id)
    assert (await azure.videos.retrieve(video.id)).status == "completed"
    assert (await azure.videos.download_content(video.id)).content == FILM
    assert [listed.id async for listed in azure.videos.list()] == [video.id]
    assert (await azure.videos.delete(video.id)).deleted


async def test_models_are_listed(azure: AsyncAzureOpenAI) -> None:
    assert "sora-2" in [model.id async for model in azure.models.list()]


async def test_a_deployment_in_the_path_is_the_model_of_a_chat(
    house: House, azure: AsyncAzureOpenAI
) -> None:
    chat = await azure.chat.completions.create(
        model="sora-2-pro",
        messages=[{"role": "user", "content": "hi"}],
        max_tokens=16,
    )
    assert chat.model == "sora-2-pro"
    assert house.is_idle


async def test_a_deployment_that_is_no_model_is_404(azure: AsyncAzureOpenAI) -> None:
    with pytest.raises(NotFoundError, match="Models here") as caught:
        await azure.videos.create(model="my-deployment", prompt="a cat")
    assert caught.value.code == "model_not_found"


async def test_a_wrong_key_is_401(house: House, url: str) -> None:
    await house.access.create_key("alice")
    async with AsyncAzureOpenAI(azure_endpoint=url, api_key="x", api_version=VERSION) as client:
        with pytest.raises(AuthenticationError):
            await client.videos.retrieve("video_1")


async def test_the_v1_surface_is_used_with_the_plain_client(house: House, url: str) -> None:
    async with AsyncOpenAI(base_url=f"{url}/openai/v1/", api_key="any") as client:
        video = await client.videos.create(model="sora-2", prompt="a cat")
        assert (await client.videos.retrieve(video.id)).status == "queued"
