"""Drives LiteLLM's SDK with Matinee as its OpenAI: `python -m tests.clients.litellm_sdk`."""

from __future__ import annotations

import io
import time
from functools import cached_property
from typing import Any

import litellm  # type: ignore[import-not-found]  # only its own environment has it

from tests.clients.stage import PROMPT, SECONDS, SIZE, SetUp, drive, expect, expect_that

_END_S = 120.0
_PACE_S = 0.3


class LiteLLMStage:
    """How each call reaches the server, and one finished film."""

    def __init__(self, set_up: SetUp) -> None:
        self.set_up = set_up
        self.to: dict[str, Any] = {"api_base": f"{set_up.url}/v1", "api_key": set_up.key}
        self.model = f"openai/{set_up.model}"

    def create(self, **fields: Any) -> Any:
        """A video, its id as LiteLLM spells it."""
        wish = {"model": self.model, "prompt": PROMPT, "seconds": SECONDS, "size": SIZE}
        return litellm.video_generation(**{**wish, **fields}, **self.to)

    def finished(self, video: Any) -> Any:
        """The video at its end, which must be a good one."""
        give_up_s = time.monotonic() + _END_S
        while video.status in ("queued", "in_progress") and time.monotonic() < give_up_s:
            time.sleep(_PACE_S)
            video = litellm.video_status(video_id=video.id, **self.to)
        expect((video.status, video.error), ("completed", None), "the end")
        return video

    @cached_property
    def film(self) -> Any:
        """A finished video."""
        return self.finished(self.create())

    def film_file(self) -> io.BytesIO:
        """Its film, with a name."""
        file = io.BytesIO(litellm.video_content(video_id=self.film.id, **self.to))
        file.name = "film.mp4"
        return file


def create(stage: LiteLLMStage) -> None:
    """A video from text, polled to its end."""
    expect((stage.film.object, stage.film.seconds), ("video", SECONDS), "the video")


def create_with_file(stage: LiteLLMStage) -> None:
    """A first frame."""
    picture = stage.set_up.picture_bytes()
    expect(stage.create(input_reference=picture).object, "video", "the answer")


def download(stage: LiteLLMStage) -> None:
    """The film and its thumbnail."""
    expect(stage.film_file().getvalue()[4:8], b"ftyp", "the film")
    thumbnail = litellm.video_content(video_id=stage.film.id, variant="thumbnail", **stage.to)
    expect(thumbnail[8:12], b"WEBP", "the thumbnail")


def list_videos(stage: LiteLLMStage) -> None:
    """A page of the list."""
    page = litellm.video_list(custom_llm_provider="openai", limit=2, **stage.to)
    expect_that(1 <= len(page["data"]) <= 2, f"listed {page!r}")


def remix(stage: LiteLLMStage) -> None:
    """The source with another prompt."""
    video = litellm.video_remix(video_id=stage.film.id, prompt="At night.", **stage.to)
    expect_that(video.remixed_from_video_id, "no source")


def edit(stage: LiteLLMStage) -> None:
    """By id."""
    video = litellm.video_edit(video_id=stage.film.id, prompt="Golden light.", **stage.to)
    expect(video.object, "video", "the answer")


def extend(stage: LiteLLMStage) -> None:
    """By id: `seconds` is the length of the whole."""
    video = litellm.video_extension(
        video_id=stage.film.id, prompt="On it goes.", seconds="4", **stage.to
    )
    expect(video.seconds, "8", "the stitched total")


def characters(stage: LiteLLMStage) -> None:
    """Made and read again."""
    made = litellm.video_create_character(
        name="Mossy", video=stage.film_file(), custom_llm_provider="openai", **stage.to
    )
    read = litellm.video_get_character(character_id=made.id, **stage.to)
    expect(read.name, "Mossy", "the character")


def chat(stage: LiteLLMStage) -> None:
    """A film by chat, streamed."""
    stream = litellm.completion(
        model=stage.model,
        messages=[{"role": "user", "content": PROMPT}],
        stream=True,
        extra_body={"seconds": SECONDS, "size": SIZE},
        **stage.to,
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    expect_that(".mp4" in text, text)


def errors(stage: LiteLLMStage) -> None:
    """A bad field is a bad request that names it."""
    try:
        stage.create(model="openai/sora-2", size="1080x1080")
    except litellm.BadRequestError as error:
        expect_that("size" in str(error).lower(), str(error))
    else:
        raise AssertionError("no BadRequestError")


CHECKS = {
    "create and poll": create,
    "create: file": create_with_file,
    "download, two variants": download,
    "list": list_videos,
    "remix": remix,
    "edit by id": edit,
    "extend by id": extend,
    "characters": characters,
    "chat, streamed": chat,
    "errors": errors,
}

if __name__ == "__main__":
    drive(CHECKS, LiteLLMStage)
