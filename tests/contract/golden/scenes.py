"""One play for each wire format: what its clients send, from the first request to the last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from matinee.core.errors import ModerationBlocked
from tests.contract.golden.stage import Hands, Stage
from tests.fakes import a_film, a_png
from tests.houses import House

PROMPT = "A calico cat plays the piano on a small stage."
SEED = 7
HOOK = "http://127.0.0.1:9000/hooks"

Scene = Callable[[Stage], Awaitable[None]]


async def openai_videos(stage: Stage) -> None:
    """Create, poll, download, list, remix, extend, delete."""
    asked = {"model": "sora-2", "prompt": PROMPT, "seconds": "8", "size": "1280x720", "seed": SEED}
    made = (await stage.ask("POST", "/v1/videos", asked)).json()["id"]
    await stage.ask("GET", f"/v1/videos/{made}/content")
    await stage.house.start(made)
    await stage.house.progress(made, 36)
    await stage.ask("GET", f"/v1/videos/{made}")
    stage.house.clock.move(79)
    await stage.house.complete(made)
    await stage.ask("GET", f"/v1/videos/{made}")
    await stage.ask("GET", f"/v1/videos/{made}/content", headers={"range": "bytes=0-3"})
    await stage.ask("GET", f"/v1/videos/{made}/content?variant=thumbnail")
    await stage.ask("POST", f"/v1/videos/{made}/remix", {"prompt": "At night.", "seed": SEED})
    longer = {"prompt": "It bows.", "video": {"id": made}, "seconds": "4", "seed": SEED}
    await stage.ask("POST", "/v1/videos/extensions", longer)
    edited = {"prompt": "Golden light.", "video": {"id": made}, "seed": SEED}
    await stage.ask("POST", "/v1/videos/edits", edited)
    await stage.ask("GET", "/v1/videos?limit=1&order=asc")
    await stage.ask("DELETE", f"/v1/videos/{made}")
    await stage.ask("GET", f"/v1/videos/{made}")


async def openai_forms(stage: Stage) -> None:
    """What the SDKs send as forms: a film with its first frame, a character."""
    parts = [
        ("prompt", (None, PROMPT)),
        ("seconds", (None, "4")),
        ("seed", (None, str(SEED))),
        ("input_reference", ("first.png", a_png(), "image/png")),
    ]
    await stage.ask("POST", "/v1/videos", parts=parts)
    film = [
        ("name", (None, "Mossy")),
        ("video", ("mossy.mp4", a_film(seconds=3), "video/mp4")),
    ]
    made = (await stage.ask("POST", "/v1/videos/characters", parts=film)).json()["id"]
    await stage.ask("GET", f"/v1/videos/characters/{made}")


async def openai_errors(stage: Stage) -> None:
    """How the format says no."""
    await stage.ask("POST", "/v1/videos", {})
    await stage.ask("POST", "/v1/videos", {"prompt": PROMPT, "size": "123x456"})
    await stage.ask("POST", "/v1/videos", {"prompt": PROMPT, "seconds": [1, 2]})
    await stage.ask("POST", "/v1/videos", {"prompt": PROMPT, "model": "gpt-4"})
    named = {"idempotency-key": "one"}
    await stage.ask("POST", "/v1/videos", {"prompt": PROMPT, "seed": SEED}, headers=named)
    await stage.ask("POST", "/v1/videos", {"prompt": "Another."}, headers=named)
    await stage.ask("PUT", "/v1/videos")
    failed = (await stage.ask("POST", "/v1/videos", {"prompt": PROMPT, "seed": SEED})).json()["id"]
    await stage.house.fail(failed, ModerationBlocked("The prompt was refused."))
    await stage.ask("GET", f"/v1/videos/{failed}")
    await stage.house.access.create_key("alice")
    await stage.ask("GET", "/v1/videos")


async def models(stage: Stage) -> None:
    """A model with what it can make."""
    await stage.ask("GET", "/v1/models/sora-2")
    await stage.ask("GET", "/v1/models/sora-2-landscape-10s")
    await stage.ask("GET", "/v1/models/unknown")


async def files(stage: Stage) -> None:
    """Store a file, name it, remove it."""
    parts = [("purpose", (None, "vision")), ("file", ("boat.png", a_png(), "image/png"))]
    made = (await stage.ask("POST", "/v1/files", parts=parts)).json()["id"]
    asked = {"prompt": PROMPT, "seed": SEED, "input_reference": {"file_id": made}}
    await stage.ask("POST", "/v1/videos", asked)
    await stage.ask("GET", f"/v1/files/{made}")
    await stage.ask("GET", "/v1/files")
    await stage.ask("DELETE", f"/v1/files/{made}")
    await stage.ask("GET", f"/v1/files/{made}")


async def unified(stage: Stage) -> None:
    """Create and query, by path, query and body."""
    asked = {
        **{"model": "sora-2", "prompt": PROMPT, "orientation": "landscape", "size": "large"},
        **{"duration": 15, "watermark": False, "private": True, "seed": SEED, "images": []},
    }
    made = (await stage.ask("POST", "/v1/video/create", asked)).json()["id"]
    await stage.ask("GET", f"/v1/video/query?id={made}")
    await stage.house.start(made)
    await stage.house.progress(made, 36)
    await stage.ask("POST", "/v1/video/query", {"task_id": made})
    stage.house.clock.move(79)
    await stage.house.complete(made)
    await stage.ask("GET", f"/v1/video/query/{made}")
    failed = (await stage.ask("POST", "/v1/video/create", asked)).json()["id"]
    await stage.house.fail(failed, ModerationBlocked("The prompt was refused."))
    await stage.ask("GET", f"/v1/video/get?ids={made},{failed},task_unknown")
    await stage.ask("POST", "/v1/video/create", {"model": "sora-2"})
    await stage.ask("GET", "/v1/video/query?id=task_unknown")


async def generations(stage: Stage) -> None:
    """new-api's two shapes."""
    asked = {"model": "sora-2", "prompt": PROMPT, "metadata": {"seed": SEED}, "duration": 10}
    made = (await stage.ask("POST", "/v1/video/generations", asked)).json()["task_id"]
    await stage.house.complete(made)
    await stage.ask("GET", f"/v1/video/generations/{made}")
    await stage.ask("GET", f"/v1/video/generations/{made}?wrapped=true")
    await stage.ask("POST", "/v1/video/generations", {"prompt": PROMPT, "n": 2})


async def comfly(stage: Stage) -> None:
    """What the nodes send and read."""
    asked = {"model": "sora-2", "prompt": PROMPT, "aspect_ratio": "16:9", "duration": "10"}
    made = (await stage.ask("POST", "/v2/videos/generations", asked)).json()["task_id"]
    await stage.house.complete(made)
    await stage.ask("GET", f"/v2/videos/generations/{made}")


async def openrouter(stage: Stage) -> None:
    """A job, its errors, its models."""
    asked = {"model": "openai/sora-2", "prompt": PROMPT, "resolution": "720p", "seed": SEED}
    made = (await stage.ask("POST", "/api/v1/videos", asked)).json()["id"]
    await stage.house.complete(made)
    await stage.ask("GET", f"/api/v1/videos/{made}")
    await stage.ask("POST", "/api/v1/videos", {"model": "openai/sora-2"})
    await stage.ask("GET", "/api/v1/videos/models")


async def chat_streamed(stage: Stage) -> None:
    """A film told of from its id to its link, and one that fails."""
    said = {"model": "sora-2", "messages": [{"role": "user", "content": PROMPT}], "seed": SEED}
    made: list[str] = []

    def then(work: Callable[[House, str], Awaitable[object]]) -> Hands:
        async def hands(house: House) -> None:
            if not made:
                made.append(await house.delivered.get())
            await work(house, made[0])

        return hands

    await stage.stream(
        "/v1/chat/completions",
        said | {"stream": True, "stream_options": {"include_usage": True}},
        (3, then(lambda house, film: house.start(film))),
        (1, then(lambda house, film: house.progress(film, 36))),
        (1, then(lambda house, film: house.complete(film))),
    )
    made.clear()
    refused = ModerationBlocked("The prompt was refused.")
    await stage.stream(
        "/v1/chat/completions",
        said | {"stream": True},
        (3, then(lambda house, film: house.fail(film, refused))),
    )


async def chat_at_once(stage: Stage) -> None:
    """Housekeeping and errors, which make no film."""
    title = "Please generate a four to five word title summarizing our conversation"
    said = {"role": "user", "content": PROMPT}
    asked = {"model": "sora-2", "messages": [said, {"role": "user", "content": title}]}
    await stage.ask("POST", "/v1/chat/completions", asked)
    await stage.ask("POST", "/v1/chat/completions", {"messages": []})
    forced = {"messages": [said], "tool_choice": "required"}
    await stage.ask("POST", "/v1/chat/completions", forced)


async def webhook_endpoints(stage: Stage) -> None:
    """An endpoint from its creation to its end."""
    asked = {"name": "Films", "url": HOOK, "event_types": ["video.completed", "video.failed"]}
    made = (await stage.ask("POST", "/v1/webhook_endpoints", asked)).json()["id"]
    await stage.ask("GET", f"/v1/webhook_endpoints/{made}")
    await stage.ask("POST", f"/v1/webhook_endpoints/{made}", {"name": "All films"})
    await stage.ask("GET", "/v1/webhook_endpoints")
    await stage.ask("GET", f"/v1/webhook_endpoints/{made}/deliveries")
    await stage.ask("DELETE", f"/v1/webhook_endpoints/{made}")


SCENES: dict[str, Scene] = {
    "openai_videos/films": openai_videos,
    "openai_videos/forms": openai_forms,
    "openai_videos/errors": openai_errors,
    "openai_videos/models": models,
    "files/files": files,
    "unified/films": unified,
    "generations/films": generations,
    "comfly/films": comfly,
    "openrouter/films": openrouter,
    "chat/streamed": chat_streamed,
    "chat/at_once": chat_at_once,
    "webhook_endpoints/endpoints": webhook_endpoints,
}
"""Every play, by the file that holds its script."""
