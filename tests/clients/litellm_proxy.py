"""Drives LiteLLM's proxy in front of Matinee, with the OpenAI SDK that it comes with.

`python -m tests.clients.litellm_proxy`
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai

from tests.clients import openai_others
from tests.clients.openai_stage import OpenAIStage
from tests.clients.stage import SetUp, drive, expect, expect_that

_START_S = 90.0
_PACE_S = 0.3
_MODEL = "film"
_MASTER_KEY = "sk-proxy"


class ProxyStage(OpenAIStage):
    """The SDK as a client of the proxy."""

    def finished(self, video: Any) -> Any:
        """The video at its end, under the id that it was created with.

        The proxy spells an id anew in each answer, and only the first spelling leads it back to
        the right upstream; the others it looks for at OpenAI's own address.
        """
        return super().finished(video).model_copy(update={"id": video.id})


def create(stage: ProxyStage) -> None:
    """A video from text, polled to its end."""
    expect(stage.film.object, "video", "the video")


def create_with_file(stage: ProxyStage) -> None:
    """A first frame through the proxy."""
    picture = ("first.png", stage.set_up.picture_bytes(), "image/png")
    video = stage.videos.create(**stage.wish, input_reference=picture)
    expect(video.object, "video", "the answer")


def download(stage: ProxyStage) -> None:
    """The film."""
    expect(stage.film_bytes[4:8], b"ftyp", "the film")


def remix(stage: ProxyStage) -> None:
    """The source with another prompt."""
    expect_that(stage.videos.remix(stage.film.id, prompt="At night.").id, "no id")


def edit(stage: ProxyStage) -> None:
    """By id, as JSON."""
    extra = {"video": {"id": stage.film.id}}
    video = stage.client.post(
        "/videos/edits", body={"prompt": "Golden light.", **extra}, cast_to=object
    )
    expect(video["object"], "video", "the answer")


def errors(stage: ProxyStage) -> None:
    """A bad field is a bad request that names it."""
    try:
        stage.videos.create(**{**stage.wish, "size": "1080x1080"})
    except openai.BadRequestError as error:
        expect_that("1080x1080" in str(error), str(error))
    else:
        raise AssertionError("no BadRequestError")


CHECKS = {
    "create and poll": create,
    "create: file": create_with_file,
    "download": download,
    "remix": remix,
    "edit by id": edit,
    "chat": openai_others.chat,
    "chat, streamed": openai_others.chat_streamed,
    "errors": errors,
}


@contextmanager
def proxy(set_up: SetUp) -> Iterator[str]:
    """LiteLLM's proxy on a free port, with one model that is Matinee's."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    model = {"model": f"openai/{set_up.model}", "api_base": f"{set_up.url}/v1"}
    config = {
        "model_list": [{"model_name": _MODEL, "litellm_params": {**model, "api_key": set_up.key}}],
        "general_settings": {"master_key": _MASTER_KEY},
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
        command = [str(Path(sys.executable).with_name("litellm")), "--config", str(path)]
        process = subprocess.Popen(
            [*command, "--port", str(port), "--host", "127.0.0.1"],
            stdout=sys.stderr,
            env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        )
        try:
            _wait(f"http://127.0.0.1:{port}/health/liveliness", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up_s = time.monotonic() + _START_S
    while time.monotonic() < give_up_s and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own address
            return
        time.sleep(_PACE_S)
    raise AssertionError("the proxy did not start")


def behind(set_up: SetUp, url: str) -> ProxyStage:
    """The stage with the proxy where the server stands otherwise."""
    return ProxyStage(replace(set_up, url=url, key=_MASTER_KEY, model=_MODEL))


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        drive(CHECKS, lambda set_up: behind(set_up, stack.enter_context(proxy(set_up))))
