"""The OpenAI SDK in any of its versions, with the one film that most checks look at."""

from __future__ import annotations

import io
from functools import cached_property
from typing import Any

import openai

from tests.clients.stage import PROMPT, SECONDS, SIZE, SetUp, expect


class OpenAIStage:
    """A client of the SDK. `Any` stands for it: its types differ from version to version."""

    def __init__(self, set_up: SetUp) -> None:
        self.set_up = set_up
        self.client: Any = self.another(set_up.url, set_up.key)
        self.wish: dict[str, Any] = {
            "model": set_up.model,
            "prompt": PROMPT,
            "seconds": SECONDS,
            "size": SIZE,
        }

    def another(self, url: str, key: str) -> Any:
        """A client of the server at `url`."""
        return openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)

    @property
    def videos(self) -> Any:
        """The resource that most checks use."""
        return self.client.videos

    @cached_property
    def film(self) -> Any:
        """A finished video."""
        return self.finished(self.videos.create(**self.wish))

    @cached_property
    def film_bytes(self) -> bytes:
        """Its film."""
        return bytes(self.videos.download_content(self.film.id).read())

    def film_file(self) -> io.BytesIO:
        """Its film as a file with a name, as `open` gives it."""
        file = io.BytesIO(self.film_bytes)
        file.name = "film.mp4"
        return file

    def finished(self, video: Any) -> Any:
        """The video at its end, which must be a good one."""
        video = self.videos.poll(video.id, poll_interval_ms=200)
        expect((video.status, video.error), ("completed", None), "the end")
        return video

    def drop(self, *videos: Any) -> None:
        """Delete videos that nobody waits for."""
        for video in videos:
            self.videos.delete(video.id)
