"""`/v1/video/generations`, `/v2/videos/generations` and OpenRouter's `/api/v1/videos`."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest

from matinee.core.errors import Cancelled, EngineError, MatineeError
from matinee.core.size import Size
from matinee.web.context import DialectSettings
from tests.fakes import a_png
from tests.houses import FILM, House, a_house

GENERATIONS, COMFLY = "/v1/video/generations", "/v2/videos/generations"
OPENROUTER = "/api/v1/videos"
PATHS = (GENERATIONS, COMFLY, OPENROUTER)
UNKNOWN = "task_01kav3m5n7p9q1r3s5t7v9w1x3"


async def create(client: httpx.AsyncClient, path: str, **values: Any) -> dict[str, Any]:
    reply = await client.post(path, json={"prompt": "a cat"} | values)
    assert reply.status_code == (202 if path == OPENROUTER else 200), reply.text
    created: dict[str, Any] = reply.json()
    return created | {"id": created.get("id") or created["task_id"]}


async def get(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    reply = await client.get(path)
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


async def test_a_generation_is_read_flat(client: httpx.AsyncClient, house: House) -> None:
    task = await create(client, GENERATIONS, width=1280, height=720, duration=5.0, fps=30, n=1)
    assert (task["status"], task["video_url"]) == ("processing", None)
    await house.complete(task["task_id"])
    task = await get(client, f"{GENERATIONS}/{task['task_id']}")
    assert (task["status"], task["format"]) == ("succeeded", "mp4")
    assert task["url"] == task["video_url"]
    assert task["url"].endswith(".mp4")
    assert task["metadata"] == {
        "duration": 5,
        "fps": 24,
        "width": 1280,
        "height": 720,
        "seed": task["metadata"]["seed"],
    }
    assert "error" not in task


@pytest.mark.parametrize("asked", [True, None])
async def test_a_generation_is_wrapped_if_asked_for_or_set(
    tmp_path: Path, asked: bool | None
) -> None:
    settings = DialectSettings(version="0.1.0", wrap_generations=asked is None)
    query = "?wrapped=1" if asked else ""
    async with a_house(tmp_path, settings) as house, house.client() as client:
        reply = await client.post(GENERATIONS + query, json={"prompt": "a cat"})
        record = reply.json()["data"]
        assert (reply.json()["code"], record["status"]) == ("success", "QUEUED")
        await house.start(record["task_id"])
        await house.progress(record["task_id"], 36)
        record = (await get(client, f"{GENERATIONS}/{record['task_id']}{query}"))["data"]
        assert (record["status"], record["progress"]) == ("IN_PROGRESS", "36%")
        await house.complete(record["task_id"])
        record = (await get(client, f"{GENERATIONS}/{record['task_id']}{query}"))["data"]
        flat = await get(client, f"{GENERATIONS}/{record['task_id']}?wrapped=no")
    assert (record["status"], record["progress"], record["fail_reason"]) == ("SUCCESS", "100%", "")
    assert record["result_url"] == record["data"]["url"] == flat["url"]


@pytest.mark.parametrize(
    "metadata",
    [{"style": "anime", "aspect_ratio": "16:9"}, '{"style": "anime", "aspect_ratio": "16:9"}'],
)
async def test_what_a_generation_has_no_field_for_stands_in_its_metadata(
    client: httpx.AsyncClient, house: House, metadata: object
) -> None:
    # Go clients send zeros for what they were not told.
    task = await create(client, GENERATIONS, metadata=metadata, duration=0, width=0, height=0)
    spec = (await house.video(task["id"])).spec
    assert (spec.style, spec.size, spec.seconds) == ("anime", Size(1280, 720), 10)


@pytest.mark.parametrize(
    ("values", "param"),
    [
        ({"n": 2}, "n"),
        ({"response_format": "b64_json"}, "response_format"),
        ({"metadata": "{broken"}, "metadata"),
        ({"metadata": [1]}, "metadata"),
        ({"metadata": {"style": "cubist"}}, "metadata.style"),
        ({"prompt": ""}, "prompt"),
    ],
)
async def test_what_a_generation_can_not_be_is_refused_by_its_field(
    client: httpx.AsyncClient, values: dict[str, object], param: str
) -> None:
    reply = await client.post(GENERATIONS, json={"prompt": "a cat"} | values)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, param)
    assert reply.json()["message"] == reply.json()["error"]["message"]


async def test_a_node_reads_words_in_capitals_and_percent_as_text(
    client: httpx.AsyncClient, house: House
) -> None:
    image = base64.b64encode(a_png()).decode()
    said = {"model": "sora-2-pro", "aspect_ratio": "16:9", "duration": "15", "hd": True}
    task = await create(client, COMFLY, images=[image], private=False, **said)
    assert (task["status"], task["progress"]) == ("NOT_START", "0%")
    await house.start(task["id"])
    await house.progress(task["id"], 45)
    task = await get(client, f"{COMFLY}/{task['task_id']}")
    assert (task["status"], task["progress"], task["fail_reason"]) == ("IN_PROGRESS", "45%", "")
    assert "data" not in task
    await house.complete(task["task_id"])
    task = await get(client, f"{COMFLY}/{task['task_id']}")
    spec = (await house.video(task["task_id"])).spec
    assert (task["status"], task["progress"]) == ("SUCCESS", "100%")
    assert (await client.get(task["data"]["output"])).content == FILM
    assert (spec.size, spec.seconds, len(spec.references)) == (Size(1920, 1080), 15, 1)


async def test_openrouter_s_life_of_a_job(client: httpx.AsyncClient, house: House) -> None:
    said = {"model": "openai/sora-2-pro", "resolution": "1080p", "aspect_ratio": "9:16", "seed": 42}
    job = await create(client, OPENROUTER, duration=8, generate_audio=True, **said)
    assert job.keys() == {"id", "polling_url", "status", "progress"}
    assert (job["status"], job["polling_url"][-len(job["id"]) :]) == ("pending", job["id"])
    await house.start(job["id"])
    assert (await get(client, job["polling_url"]))["status"] == "in_progress"
    await house.complete(job["id"])
    job = await get(client, job["polling_url"])
    spec = (await house.video(job["id"])).spec
    assert job["status"] == "completed"
    assert job["usage"] == {"cost": 0.0, "is_byok": False}
    assert (await client.get(job["unsigned_urls"][0])).content == FILM
    assert (await client.get(f"{OPENROUTER}/{job['id']}/content?index=0")).content == FILM
    assert (spec.model, spec.size, spec.seconds, spec.seed) == (
        "openai/sora-2-pro",
        Size(1080, 1920),
        8,
        42,
    )


async def test_openrouter_s_images_are_frames_then_references(
    client: httpx.AsyncClient, house: House
) -> None:
    first = f"data:image/png;base64,{base64.b64encode(a_png(640, 480)).decode()}"
    house.pages.by_url["https://e.org/b.png"] = a_png(100, 300)
    parts: dict[str, Any] = {
        "frame_images": [
            {"type": "image_url", "image_url": {"url": first}, "frame_type": "first_frame"}
        ],
        "input_references": [
            {"type": "video_url", "video_url": {"url": "https://e.org/v.mp4"}},
            {"type": "image_url", "image_url": {"url": "https://e.org/b.png"}},
        ],
    }
    job = await create(client, OPENROUTER, prompt="", **parts)
    spec = (await house.video(job["id"])).spec
    assert [each.width_px for each in spec.references] == [640, 100]
    assert spec.prompt.startswith("The picture comes to life")


@pytest.mark.parametrize(
    ("values", "param"),
    [
        (
            {"frame_images": [{"frame_type": "last_frame", "image_url": {"url": "x"}}]},
            "frame_images[0].frame_type",
        ),
        ({"frame_images": [7]}, "frame_images"),
        ({"input_references": "[broken"}, "input_references"),
        ({"previous_job_id": "job-1"}, "previous_job_id"),
        ({"duration": 99}, "duration"),
    ],
)
async def test_openrouter_s_errors_have_the_status_as_their_code(
    client: httpx.AsyncClient, values: dict[str, object], param: str
) -> None:
    reply = await client.post(OPENROUTER, json={"prompt": "a cat"} | values)
    error = reply.json()["error"]
    assert (reply.status_code, error["code"]) == (400, 400)
    assert error["metadata"]["param"].startswith(param)
    assert error["message"]


async def test_openrouter_s_models_say_what_they_can_make(client: httpx.AsyncClient) -> None:
    models = (await get(client, f"{OPENROUTER}/models"))["data"]
    model = next(each for each in models if each["id"] == "sora-2")
    assert model["supported_sizes"][:2] == ["720x1280", "1280x720"]
    assert model["supported_aspect_ratios"] == ["9:16", "16:9"]
    assert model["supported_resolutions"] == ["720p", "1080p"]
    assert model["supported_durations"] == list(range(4, 26))
    assert model["supported_frame_images"] == ["first_frame"]
    assert model["pricing_skus"] == {}


async def test_openrouter_s_content_has_one_film_and_only_when_it_is_there(
    client: httpx.AsyncClient,
) -> None:
    job = await create(client, OPENROUTER)
    early = await client.get(f"{OPENROUTER}/{job['id']}/content")
    other = await client.get(f"{OPENROUTER}/{job['id']}/content?index=1")
    assert (early.status_code, other.status_code) == (404, 400)


@pytest.mark.parametrize(
    ("error", "word"), [(EngineError("It broke."), "failed"), (Cancelled("Away."), "cancelled")]
)
async def test_every_sibling_says_why_a_film_failed(
    client: httpx.AsyncClient, house: House, error: MatineeError, word: str
) -> None:
    job = await create(client, OPENROUTER)
    await house.fail(job["id"], error)
    flat = await get(client, f"{GENERATIONS}/{job['id']}")
    node = await get(client, f"{COMFLY}/{job['id']}")
    job = await get(client, f"{OPENROUTER}/{job['id']}")
    assert (job["status"], job["error"]) == (word, str(error))
    assert (flat["status"], flat["error"]["message"]) == ("failed", str(error))
    assert isinstance(flat["error"]["code"], int)
    assert (node["status"], node["fail_reason"]) == ("FAILURE", str(error))


async def test_a_film_whose_time_is_over_is_lost_to_every_sibling(
    client: httpx.AsyncClient, house: House
) -> None:
    job = await create(client, OPENROUTER)
    await house.complete(job["id"])
    await house.expire(job["id"])
    assert (await get(client, f"{GENERATIONS}/{job['id']}"))["status"] == "failed"
    assert (await get(client, f"{COMFLY}/{job['id']}"))["status"] == "FAILURE"
    job = await get(client, f"{OPENROUTER}/{job['id']}")
    assert (job["status"], job.keys() & {"unsigned_urls", "usage"}) == ("expired", set())


@pytest.mark.parametrize("path", PATHS)
async def test_every_sibling_takes_forms(
    client: httpx.AsyncClient, house: House, path: str
) -> None:
    form = {"prompt": "a cat", "duration": "5", "private": "true"}
    image = {"image": ("a.jpg", a_png(), "application/octet-stream")}
    reply = await client.post(path, data=form, files=image)
    spec = (
        await house.video(
            reply.json()["polling_url" if path == OPENROUTER else "task_id"].rpartition("/")[2]
        )
    ).spec
    assert (spec.seconds, spec.private, len(spec.references)) == (5, True, 1)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("maker", [*PATHS, "/v1/video/create", "/v1/videos"])
async def test_a_film_of_any_format_is_found_in_every_sibling(
    client: httpx.AsyncClient, maker: str, path: str
) -> None:
    made = (await client.post(maker, json={"prompt": "a cat"})).json()
    ulid = (made.get("id") or made["task_id"]).rpartition("_")[2]
    for spelled in (
        f"task_{ulid}",
        f"video_{ulid}",
        f"sora-2:task_{ulid}",
        f"sora-2%3Atask_{ulid}",
    ):
        reply = await client.get(f"{path}/{spelled}")
        assert reply.status_code == 200
        assert ulid in reply.text
    assert (await client.get(f"/v1/videos/{ulid}")).status_code == 200
    assert (await client.get(f"/v1/video/query?id={ulid}")).status_code == 200


@pytest.mark.parametrize("path", PATHS)
async def test_an_unknown_id_is_404_in_every_sibling(client: httpx.AsyncClient, path: str) -> None:
    reply = await client.get(f"{path}/{UNKNOWN}")
    head = await client.head(f"{path}/{UNKNOWN}")
    assert (reply.status_code, head.status_code, head.content) == (404, 404, b"")
    assert UNKNOWN in reply.json()["error"]["message"]
