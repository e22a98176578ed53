"""Every field that relays' clients were seen to send is taken, and means what it says.

Source: relay-dialects, the tables of sections 2.1, 2.6, 2.8 and 3.1.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from matinee.core.size import Size
from matinee.core.video import VideoSpec
from tests.fakes import a_png
from tests.houses import House, a_house

PATHS = (
    "/v1/video/create",
    "/v1/videos",
    "/v1/video/generations",
    "/v2/videos/generations",
    "/api/v1/videos",
)
IMAGE = "https://e.org/a.png"

Fact = Callable[[VideoSpec], bool]


def is_size(*sizes: tuple[int, int]) -> Fact:
    return lambda spec: spec.size in [Size(*each) for each in sizes]


LARGE = is_size((1080, 1920), (1920, 1080))
SMALL = is_size((720, 1280), (1280, 720))
WIDE, TALL = is_size((1280, 720)), is_size((720, 1280))

FIELDS: list[tuple[dict[str, Any], Fact]] = [
    ({"model": "sora-2-pro"}, lambda spec: spec.model == "sora-2-pro"),
    ({"images": []}, lambda spec: not spec.references),
    ({"images": [IMAGE]}, lambda spec: len(spec.references) == 1),
    ({"image": IMAGE}, lambda spec: len(spec.references) == 1),
    ({"image_url": IMAGE}, lambda spec: len(spec.references) == 1),
    ({"input_reference": IMAGE}, lambda spec: len(spec.references) == 1),
    ({"orientation": "portrait"}, TALL),
    ({"orientation": "landscape"}, WIDE),
    ({"aspect_ratio": "16:9"}, WIDE),
    ({"aspect_ratio": "9:16"}, TALL),
    ({"aspect_ratio": "3:2"}, WIDE),
    ({"aspect_ratio": "2:3"}, TALL),
    ({"aspect_ratio": "4:3"}, WIDE),
    ({"aspect_ratio": "1:1"}, SMALL),
    ({"size": "small"}, SMALL),
    ({"size": "large"}, LARGE),
    ({"size": "hd"}, LARGE),
    ({"size": "720P"}, SMALL),
    ({"size": "1080P"}, LARGE),
    ({"size": "720x1280"}, TALL),
    ({"size": "1792x1024"}, is_size((1792, 1024))),
    ({"size": "16x9"}, WIDE),
    ({"size": "9x16"}, TALL),
    ({"size": "21x9"}, WIDE),
    ({"size": "1920x1080"}, is_size((1920, 1080))),
    ({"duration": 15}, lambda spec: spec.seconds == 15),
    ({"duration": "25"}, lambda spec: spec.seconds == 25),
    ({"seconds": "4"}, lambda spec: spec.seconds == 4),
    ({"seconds": 10}, lambda spec: spec.seconds == 10),
    ({"watermark": True}, lambda spec: spec.watermark is True),
    ({"watermark": "false"}, lambda spec: spec.watermark is False),
    ({"private": "true"}, lambda spec: spec.private),
    ({"private": False}, lambda spec: not spec.private),
    ({"seed": 417}, lambda spec: spec.seed == 417),
    ({"hd": True}, LARGE),
    ({"enable_upsample": "true"}, LARGE),
    ({"style": "Anime"}, lambda spec: spec.style == "anime"),
    ({"style_id": "retro"}, lambda spec: spec.style == "nostalgic"),
    ({"storyboard": ["it wakes", "it runs"]}, lambda spec: len(spec.storyboard) == 2),
    ({"shots": [{"scene": "it wakes", "duration": 7}]}, lambda spec: spec.seconds == 7),
    ({"metadata": {}}, lambda spec: True),
    ({"metadata": "{}"}, lambda spec: True),
    ({"enhance_prompt": True}, lambda spec: spec.prompt == "a cat"),
    ({"enableFallback": "yes"}, lambda spec: True),
    ({"async_mode": True}, lambda spec: True),
    ({"image_mode": "first"}, lambda spec: True),
    ({"fps": 30, "user": "user-1", "response_format": "url"}, lambda spec: spec.fps == 24),
    ({"something": {"unheard": ["of"]}}, lambda spec: True),
]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A server without engines, and one image in the web."""
    async with a_house(tmp_path) as house:
        house.pages.by_url[IMAGE] = a_png(64, 64)
        yield house


async def spec_of(house: House, reply: httpx.Response) -> VideoSpec:
    assert reply.status_code in (200, 202), reply.text
    made = reply.json()
    return (await house.video(made.get("id") or made["task_id"])).spec


@pytest.mark.parametrize("path", PATHS)
async def test_every_field_is_taken_and_obeyed_in_json(house: House, path: str) -> None:
    async with house.client() as client:
        for values, is_obeyed in FIELDS:
            reply = await client.post(path, json={"prompt": "a cat"} | values)
            assert is_obeyed(await spec_of(house, reply)), (path, values)


@pytest.mark.parametrize("path", PATHS)
async def test_every_field_of_one_text_is_taken_and_obeyed_in_a_form(
    house: House, path: str
) -> None:
    async with house.client() as client:
        for values, is_obeyed in FIELDS:
            if not all(isinstance(value, str | int | bool) for value in values.values()):
                continue
            form = {"prompt": "a cat"} | {
                name: str(value).lower() if isinstance(value, bool) else str(value)
                for name, value in values.items()
            }
            reply = await client.post(path, files={name: (None, form[name]) for name in form})
            assert is_obeyed(await spec_of(house, reply)), (path, values)


@pytest.mark.parametrize("path", PATHS)
async def test_a_film_is_remixed_by_any_spelling_of_its_id(house: House, path: str) -> None:
    async with house.client() as client:
        made = (await client.post("/v1/video/create", json={"prompt": "a cat"})).json()
        await house.complete(made["id"])
        body = {"prompt": "now a dog", "remix_target_id": made["id"]}
        spec = await spec_of(house, await client.post(path, json=body))
        body = {"prompt": "now a dog", "remix_target_id": "s_" + "0f" * 16}
        refused = await client.post(path, json=body)
    assert spec.source is not None
    assert refused.status_code == 400
    assert "remix_target_id" in refused.text


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("field", ["callback_url", "notify_hook", "callBackUrl"])
async def test_a_callback_that_is_no_address_is_refused_by_its_name(
    house: House, path: str, field: str
) -> None:
    async with house.client() as client:
        reply = await client.post(path, json={"prompt": "a cat", field: "not a url"})
    assert reply.status_code == 400
    assert field in reply.text
