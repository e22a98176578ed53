"""How a model is to draw, said in every format, as it stands in the stored film."""

from __future__ import annotations

import pytest

from matinee.core.video import Lora, SamplingOptions
from tests.exchanges import a_json_scope, an_exchange, json_bytes
from tests.houses import House

SAID = {
    "negative_prompt": "fog",
    "num_inference_steps": "30",
    "guidance_scale": 5.5,
    "loras": ["ink:0.8"],
}
MEANT = SamplingOptions(
    negative_prompt="fog", steps=30, guidance=5.5, loras=(Lora(name="ink", weight=0.8),)
)
CREATING = [
    "/v1/videos",
    "/v1/video/create",
    "/v1/video/generations",
    "/v2/videos/generations",
    "/api/v1/videos",
]


@pytest.mark.parametrize("path", CREATING)
async def test_every_format_takes_them(house: House, path: str) -> None:
    async with house.client() as client:
        reply = await client.post(path, json={"model": "sora-2", "prompt": "a cat", **SAID})
    assert reply.is_success, reply.text
    assert (await house.video(await house.delivered.get())).spec.options == MEANT


async def test_a_chat_takes_them(house: House) -> None:
    body = {"model": "sora-2", "messages": [{"role": "user", "content": "a cat"}], "stream": True}
    scope = a_json_scope("/v1/chat/completions")
    async with an_exchange(house.site, scope, json_bytes(body | SAID)) as exchange:
        status, _ = await exchange.head()
        assert status == 200, await exchange.piece()
        assert (await house.video(await house.delivered.get())).spec.options == MEANT


async def test_a_form_takes_them_too(house: House) -> None:
    form = {"prompt": "a cat", "negative_prompt": "fog", "steps": "30", "loras": '{"ink": 0.8}'}
    async with house.client() as client:
        reply = await client.post("/v1/videos", data=form | {"cfg_scale": "5.5"})
    assert reply.is_success, reply.text
    assert (await house.video(await house.delivered.get())).spec.options == MEANT


async def test_what_makes_no_sense_is_refused_as_the_client_spelled_it(house: House) -> None:
    async with house.client() as client:
        reply = await client.post("/v1/videos", json={"prompt": "a cat", "infer_steps": 0})
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == "infer_steps"
    assert house.is_idle


async def test_a_frame_rate_that_the_model_lacks_becomes_its_own(house: House) -> None:
    async with house.client() as client:
        await client.post("/v1/videos", json={"prompt": "a cat", "fps": 60})
    assert (await house.video(await house.delivered.get())).spec.fps == 24
