"""The videos resource of the OpenAI SDK: what each version can do must work."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import openai

from tests.clients.openai_stage import OpenAIStage
from tests.clients.stage import PROMPT, SECONDS, SIZE, expect, expect_that, has

_FIELDS = (
    *("id", "object", "created_at", "status", "completed_at", "error", "expires_at", "model"),
    *("progress", "prompt", "remixed_from_video_id", "seconds", "size"),
)
_JSON = {"Content-Type": "application/json"}


def create(stage: OpenAIStage) -> None:
    """Create from text: a form since 2.27.0, JSON before. Every field is there."""
    video = stage.videos.create(**stage.wish)
    expect([name for name in _FIELDS if not hasattr(video, name)], [], "missing fields")
    found = (video.object, video.model, video.seconds, video.size)
    expect(found, ("video", stage.set_up.model, SECONDS, SIZE), "the video")
    expect_that(video.status in ("queued", "in_progress", "completed"), video.status)
    expect_that(type(video.progress) is int, f"progress is {video.progress!r}")
    expect_that(video._request_id, "no x-request-id")
    stage.drop(video)


def create_with_defaults(stage: OpenAIStage) -> None:
    """Nothing but a prompt."""
    video = stage.videos.create(prompt=PROMPT)
    expect((video.model, video.seconds, video.size), ("sora-2", "4", "720x1280"), "defaults")
    stage.drop(video)


def create_with_whole_seconds(stage: OpenAIStage) -> None:
    """A number instead of text, as typed clients never send it and users do."""
    video = stage.videos.create(**{**stage.wish, "seconds": 4})
    expect(video.seconds, "4", "seconds")
    stage.drop(video)


def create_and_poll(stage: OpenAIStage) -> None:
    """Wait for the end with the SDK's own helper and its own pace."""
    video = stage.videos.create_and_poll(**stage.wish)
    expect((video.status, video.progress, video.error), ("completed", 100, None), "the end")
    expect_that(video.completed_at >= video.created_at, "completed before it was created")
    stage.drop(video)


def create_with_an_open_file(stage: OpenAIStage) -> None:
    """A first frame from `open`, labelled by its name."""
    with Path(stage.set_up.picture).open("rb") as picture:
        stage.drop(stage.videos.create(**stage.wish, input_reference=picture))


def create_with_nameless_bytes(stage: OpenAIStage) -> None:
    """A first frame as bytes: the part says `application/octet-stream`."""
    picture = stage.set_up.picture_bytes()
    stage.drop(stage.videos.create(**stage.wish, input_reference=picture))


def create_with_a_labelled_file(stage: OpenAIStage) -> None:
    """A first frame with a wrong label: PNG that is called JPEG."""
    labelled = ("first.jpg", stage.set_up.picture_bytes(), "image/jpeg")
    stage.drop(stage.videos.create(**stage.wish, input_reference=labelled))


def create_with_an_image_url(stage: OpenAIStage) -> None:
    """A reference object by `extra_body`, in the version's own encoding and as JSON."""
    extra = {"input_reference": {"image_url": stage.set_up.picture_url}}
    stage.drop(
        stage.videos.create(**stage.wish, extra_body=extra),
        stage.videos.create(**stage.wish, extra_body=extra, extra_headers=_JSON),
    )


def create_with_a_data_uri(stage: OpenAIStage) -> None:
    """A reference object that carries the image."""
    encoded = base64.b64encode(stage.set_up.picture_bytes()).decode()
    extra = {"input_reference": {"image_url": f"data:image/png;base64,{encoded}"}}
    stage.drop(stage.videos.create(**stage.wish, extra_body=extra))


def create_with_a_file_id(stage: OpenAIStage) -> None:
    """A reference to a file of the Files API."""
    file = stage.client.files.create(file=Path(stage.set_up.picture), purpose="vision")
    extra = {"input_reference": {"file_id": file.id}}
    stage.drop(stage.videos.create(**stage.wish, extra_body=extra))
    stage.client.files.delete(file.id)


def retrieve(stage: OpenAIStage) -> None:
    """The video by its id, with the header that `poll` obeys while it isn't final."""
    video = stage.videos.retrieve(stage.film.id)
    expect((video.id, video.status), (stage.film.id, "completed"), "the video")
    waiting = stage.videos.create(**{**stage.wish, "model": "sora-2"})
    raw = stage.videos.with_raw_response.retrieve(waiting.id)
    if raw.parse().status in ("queued", "in_progress"):
        expect_that(int(raw.headers["openai-poll-after-ms"]) > 0, "no pace for polling")
    stage.drop(waiting)


def list_all_pages(stage: OpenAIStage) -> None:
    """Auto-paging in both orders over more than three pages."""
    made = [stage.videos.create(**stage.wish).id for _ in range(7)]
    newest = [video.id for video, _ in zip(stage.videos.list(limit=2), made, strict=False)]
    expect(newest, made[::-1], "the newest")
    oldest = [video.id for video in stage.videos.list(limit=2, order="asc")]
    expect(oldest[-7:], made, "the last of the oldest first")
    expect(len(oldest), len(set(oldest)), "ids in the list")
    page = stage.videos.list(limit=3, after=made[3])
    expect([video.id for video in page.data][:3], made[2::-1], "after the fourth")
    for video_id in made:
        stage.videos.delete(video_id)


def delete(stage: OpenAIStage) -> None:
    """Gone, with everything that hangs on it."""
    video = stage.videos.create(**stage.wish)
    gone = stage.videos.delete(video.id)
    expect((gone.id, gone.object, gone.deleted), (video.id, "video.deleted", True), "the answer")
    _raises(openai.NotFoundError, lambda: stage.videos.retrieve(video.id))


def download(stage: OpenAIStage) -> None:
    """All variants, each in its format."""
    film = stage.videos.download_content(stage.film.id)
    expect(film.response.headers["content-type"], "video/mp4", "type of the film")
    expect(stage.film_bytes[4:8], b"ftyp", "the film")
    thumbnail = stage.videos.download_content(stage.film.id, variant="thumbnail").read()
    expect((thumbnail[:4], thumbnail[8:12]), (b"RIFF", b"WEBP"), "the thumbnail")
    sheet = stage.videos.download_content(stage.film.id, variant="spritesheet").read()
    expect(sheet[:3], b"\xff\xd8\xff", "the spritesheet")


def remix(stage: OpenAIStage) -> None:
    """The source with another prompt."""
    video = stage.videos.remix(stage.film.id, prompt="The same boat, at night.")
    expect(video.remixed_from_video_id, stage.film.id, "the source")
    stage.drop(stage.finished(video))


def edit_by_id(stage: OpenAIStage) -> None:
    """Two ways around the SDK's refusal of `video={"id": …}`: a form field, and JSON."""
    has(stage.videos, "edit")
    wish = {"prompt": "Make the light golden.", "video": openai.omit}
    extra = {"video": {"id": stage.film.id}}
    as_form = stage.videos.edit(**wish, extra_body=extra)
    as_json = stage.videos.edit(**wish, extra_body=extra, extra_headers=_JSON)
    expect((as_form.object, as_json.object), ("video", "video"), "the answers")
    stage.drop(as_form, stage.finished(as_json))


def edit_by_file(stage: OpenAIStage) -> None:
    """An uploaded film."""
    has(stage.videos, "edit")
    video = stage.videos.edit(
        prompt="Make the light golden.",
        video=stage.film_file(),
        extra_body={"model": stage.set_up.model},
    )
    stage.drop(stage.finished(video))


def extend_by_id(stage: OpenAIStage) -> None:
    """The film goes on: `seconds` is the length of the whole."""
    has(stage.videos, "extend")
    video = stage.videos.extend(
        prompt="The boat passes under a grate.",
        seconds="4",
        video=openai.omit,
        extra_body={"video": {"id": stage.film.id}},
    )
    video = stage.finished(video)
    expect(video.seconds, "8", "the stitched total")
    stage.drop(video)


def extend_by_file(stage: OpenAIStage) -> None:
    """An uploaded film goes on, made by the model that is named."""
    has(stage.videos, "extend")
    video = stage.videos.extend(
        prompt="The boat passes under a grate.",
        seconds="4",
        video=stage.film_file(),
        extra_body={"model": stage.set_up.model},
    )
    video = stage.finished(video)
    expect(video.seconds, "8", "the stitched total")
    stage.drop(video)


def characters(stage: OpenAIStage) -> None:
    """Taken from a film, read again, and cast."""
    has(stage.videos, "create_character")
    made = stage.videos.create_character(name="Mossy", video=stage.film_file())
    read = stage.videos.get_character(made.id)
    expect((read.id, read.name), (made.id, "Mossy"), "the character")
    expect_that(type(read.created_at) is int, f"created_at is {read.created_at!r}")
    cast = stage.videos.create(
        **{**stage.wish, "prompt": "Mossy crosses a bridge."},
        extra_body={"characters": [{"id": made.id}]},
    )
    stage.drop(cast)
    _raises(openai.NotFoundError, lambda: stage.videos.get_character("char_unknown"))


def errors(stage: OpenAIStage) -> None:
    """The right class, with a code, and the field that was wrong."""
    for fields in ({"seconds": "5000"}, {"size": "1080x1080"}, {"prompt": ""}, {"seconds": "long"}):
        wish = {**stage.wish, "model": "sora-2", **fields}
        error = _raises(openai.BadRequestError, lambda wish=wish: stage.videos.create(**wish))
        expect([error.param], list(fields), "param")
        expect_that(error.code and error.type and error.request_id, f"empty: {error!r}")
    for call in (
        lambda: stage.videos.retrieve("video_unknown"),
        lambda: stage.videos.delete("video_unknown"),
        lambda: stage.videos.download_content("video_unknown"),
        lambda: stage.videos.remix("video_unknown", prompt=PROMPT),
        lambda: stage.videos.create(prompt=PROMPT, model="nothing-like-it"),
    ):
        expect_that(_raises(openai.NotFoundError, call).code, "a 404 without a code")
    error = _raises(
        openai.BadRequestError, lambda: stage.videos.download_content(stage.film.id, variant="gif")
    )
    expect(error.param, "variant", "param")


def not_ready(stage: OpenAIStage) -> None:
    """The film before its end: a 404 that no SDK retries."""
    video = stage.videos.create(**{**stage.wish, "model": "sora-2"})
    error = _raises(openai.NotFoundError, lambda: stage.videos.download_content(video.id))
    expect_that("not ready" in str(error), str(error))
    stage.drop(video)


def asynchronous(stage: OpenAIStage) -> None:
    """The client for asyncio."""

    async def use() -> None:
        url, key = f"{stage.set_up.url}/v1", stage.set_up.key
        async with openai.AsyncOpenAI(base_url=url, api_key=key, max_retries=0) as client:
            videos: Any = client.videos
            video = await videos.create_and_poll(**stage.wish, poll_interval_ms=200)
            expect(video.status, "completed", "the end")
            film = await videos.download_content(video.id)
            expect(film.content[4:8], b"ftyp", "the film")
            listed = [each.id async for each in videos.list(limit=2)]
            expect_that(video.id in listed, "not in the list")
            expect_that((await videos.delete(video.id)).deleted, "not deleted")

    asyncio.run(use())


def _raises(kind: type[Any], call: Any) -> Any:
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


CHECKS = {
    "create": create,
    "create: defaults": create_with_defaults,
    "create: seconds a number": create_with_whole_seconds,
    "create and poll": create_and_poll,
    "create: open file": create_with_an_open_file,
    "create: nameless bytes": create_with_nameless_bytes,
    "create: wrong label": create_with_a_labelled_file,
    "create: image URL": create_with_an_image_url,
    "create: data URI": create_with_a_data_uri,
    "create: file id": create_with_a_file_id,
    "retrieve": retrieve,
    "list, all pages": list_all_pages,
    "delete": delete,
    "download, three variants": download,
    "remix": remix,
    "edit by id": edit_by_id,
    "edit by file": edit_by_file,
    "extend by id": extend_by_id,
    "extend by file": extend_by_file,
    "characters": characters,
    "errors": errors,
    "content not ready": not_ready,
    "asynchronous client": asynchronous,
}
