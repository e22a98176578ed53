"""What may stand in a chat request, from the request to the stored film."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from matinee.core.video import Scene, VideoSpec
from tests.exchanges import a_json_scope, an_exchange, json_bytes
from tests.fakes import a_png
from tests.houses import House

PATH = "/v1/chat/completions"
EVERY_FIELD: dict[str, Any] = {
    "temperature": 1,
    "top_p": 0.5,
    "n": 1,
    "stream": True,
    "stop": ["\n", 7],
    "max_tokens": 1000,
    "max_completion_tokens": None,
    "presence_penalty": -2.5,
    "frequency_penalty": "high",
    "logit_bias": {"50256": -100},
    "logprobs": True,
    "top_logprobs": 20,
    "user": "user-1234",
    "metadata": {"ticket": "42"},
    "store": False,
    "service_tier": "flex",
    "parallel_tool_calls": True,
    "response_format": {"type": "text"},
    "seen": 417,
    "tools": [{"type": "function", "function": {"name": "f"}}, "g"],
    "tool_choice": "auto",
    "reasoning_effort": "high",
    "stream_options": {"include_usage": False, "include_obfuscation": False},
}


async def spec_of(
    house: House, content: Any = "a cat", query: str = "", **values: Any
) -> VideoSpec:
    """The film that a request makes."""
    messages = [{"role": "user", "content": content}]
    body = {"model": "sora-2", "stream": True, "messages": messages, **values}
    async with an_exchange(house.site, a_json_scope(PATH + query), json_bytes(body)) as exchange:
        status, _ = await exchange.head()
        assert status == 200, await exchange.piece()
        return (await house.video(await house.delivered.get())).spec


async def test_every_field_of_the_usual_clients_is_taken(house: House) -> None:
    spec = await spec_of(house, **EVERY_FIELD)
    assert (spec.prompt, spec.seed, spec.freedom) == ("a cat", 417, 0.25)


async def test_options_may_stand_in_the_address(house: House) -> None:
    spec = await spec_of(house, query="?watermark=true&size=1280x720&duration=8&style=anime")
    assert (str(spec.size), spec.seconds, spec.style) == ("1280x720", 8, "anime")
    assert spec.watermark is True


async def test_a_storyboard_in_the_text_gives_the_film_its_length(house: House) -> None:
    spec = await spec_of(house, "at dusk [5.0s]a boat drifts [3.5s]it sinks")
    assert spec.storyboard[0] == Scene(prompt="a boat drifts", seconds=5.0)
    assert (len(spec.storyboard), spec.seconds, spec.prompt) == (2, 9, "at dusk")


async def test_a_storyboard_may_be_a_field(house: House) -> None:
    spec = await spec_of(house, "at dusk", storyboard=["a boat drifts", "it sinks"], seconds=8)
    assert [scene.seconds for scene in spec.storyboard] == [4.0, 4.0]


@pytest.mark.parametrize(
    ("content", "param"),
    [("[1s]a [1s]b", "messages"), ("[9s]a [99s]b", "messages"), ("", "messages")],
)
async def test_what_is_wrong_in_the_text_is_called_messages(
    client: httpx.AsyncClient, content: str, param: str
) -> None:
    reply = await client.post(PATH, json={"messages": [{"role": "user", "content": content}]})
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == param


async def test_a_chat_may_be_a_form_with_its_image_as_a_file(
    client: httpx.AsyncClient, house: House
) -> None:
    messages = json.dumps([{"role": "user", "content": "it wakes up"}])
    form = {"model": "sora-2", "messages": messages, "stream": "true", "n": "1"}
    files = {"image": ("a.png", a_png(1600, 900), "application/octet-stream")}
    scope = httpx.Request("POST", f"http://localhost{PATH}", data=form, files=files)
    body = scope.read()
    headers = {"content_type": scope.headers["content-type"]}
    async with an_exchange(house.site, a_json_scope(PATH, **headers), body) as exchange:
        status, _ = await exchange.head()
        assert status == 200, await exchange.piece()
        spec = (await house.video(await house.delivered.get())).spec
    assert (spec.prompt, str(spec.size), len(spec.references)) == ("it wakes up", "1280x720", 1)


async def test_an_unknown_character_is_named_by_its_place(client: httpx.AsyncClient) -> None:
    body = {
        "messages": [{"role": "user", "content": "she waves"}],
        "characters": [{"id": "char_01kcast0000000000000000001"}],
    }
    reply = await client.post(PATH, json=body)
    assert reply.status_code in (400, 404)
    assert reply.json()["error"]["param"] == "characters[0].id"


async def test_several_films_have_seeds_of_their_own(house: House) -> None:
    messages = [{"role": "user", "content": "a cat"}]
    body = json_bytes({"messages": messages, "stream": True, "n": 3, "seed": 5})
    async with an_exchange(house.site, a_json_scope(PATH), body) as exchange:
        await exchange.head()
        films = [await house.video(await house.delivered.get()) for _ in range(3)]
    assert [film.spec.seed for film in films] == [5, 6, 7]
