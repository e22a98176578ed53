"""Everything of the OpenAI SDK besides videos that Matinee answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openai

from tests.clients.openai_stage import OpenAIStage
from tests.clients.stage import PROMPT, NotInThisClient, expect, expect_that, has

_AZURE_VERSIONS = ("preview", "2025-04-01-preview")


def chat(stage: OpenAIStage) -> None:
    """A film by chat, the reply awaited."""
    reply = stage.client.chat.completions.create(**_chat_wish(stage))
    choice = reply.choices[0]
    expect((reply.object, reply.model), ("chat.completion", stage.set_up.model), "the reply")
    expect((choice.finish_reason, choice.message.role), ("stop", "assistant"), "the choice")
    expect_that(".mp4" in choice.message.content, choice.message.content)
    expect_that(reply.usage.total_tokens > 0, "no usage")


def chat_streamed(stage: OpenAIStage) -> None:
    """A film by chat, told as it is made, with usage at the end."""
    stream = stage.client.chat.completions.create(
        **_chat_wish(stage), stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    told = [chunk.choices[0] for chunk in chunks if chunk.choices]
    text = "".join(choice.delta.content or "" for choice in told)
    expect_that(".mp4" in text, text)
    expect_that("ID: `task_" in text, text)
    expect_that("stop" in [choice.finish_reason for choice in told], "no stop")
    expect(len({chunk.id for chunk in chunks}), 1, "ids of the chunks")
    expect_that(chunks[-1].usage.total_tokens > 0, "no usage")


def chat_error(stage: OpenAIStage) -> None:
    """A chat that can't be: the error has a code."""
    wish = {**_chat_wish(stage), "model": "nothing-like-it"}
    try:
        stage.client.chat.completions.create(**wish)
    except openai.NotFoundError as error:
        expect_that(error.code, "no code")
    else:
        raise AssertionError("no NotFoundError")


def models(stage: OpenAIStage) -> None:
    """The list, and one of it."""
    listed = [model.id for model in stage.client.models.list()]
    expect_that({"sora-2", "sora-2-pro"} <= set(listed), f"models: {listed}")
    model = stage.client.models.retrieve("sora-2")
    expect((model.id, model.object), ("sora-2", "model"), "the model")


def files(stage: OpenAIStage) -> None:
    """Upload, read, list, download, delete."""
    resource = stage.client.files
    with Path(stage.set_up.picture).open("rb") as picture:
        file = resource.create(file=picture, purpose="vision")
    size = len(stage.set_up.picture_bytes())
    expect((file.object, file.bytes, file.purpose), ("file", size, "vision"), "the file")
    expect(resource.retrieve(file.id).filename, Path(stage.set_up.picture).name, "its name")
    expect_that(file.id in [each.id for each in resource.list()], "not in the list")
    expect(resource.content(file.id).read(), stage.set_up.picture_bytes(), "its bytes")
    expect(resource.delete(file.id).deleted, True, "deleted")
    try:
        resource.retrieve(file.id)
    except openai.NotFoundError as error:
        expect_that(error.code, "a 404 without a code")
    else:
        raise AssertionError("a deleted file is still there")


def azure(stage: OpenAIStage) -> None:
    """`AzureOpenAI` with an endpoint: `/openai/videos?api-version=`, key in `api-key`."""
    for version in _AZURE_VERSIONS:
        client: Any = openai.AzureOpenAI(
            azure_endpoint=stage.set_up.keyed_url,
            api_key=stage.set_up.good_key,
            api_version=version,
            max_retries=0,
        )
        video = client.videos.create(**stage.wish)
        video = client.videos.poll(video.id, poll_interval_ms=200)
        expect(video.status, "completed", "the end")
        film = client.videos.download_content(video.id)
        expect(film.read()[4:8], b"ftyp", "the film")
        expect(client.videos.delete(video.id).deleted, True, "deleted")


def azure_v1(stage: OpenAIStage) -> None:
    """The plain client on Azure's new base URL."""
    client: Any = openai.OpenAI(
        base_url=f"{stage.set_up.keyed_url}/openai/v1/",
        api_key=stage.set_up.good_key,
        max_retries=0,
    )
    video = client.videos.create(**stage.wish)
    expect(client.videos.retrieve(video.id).id, video.id, "the video")
    expect(client.videos.delete(video.id).deleted, True, "deleted")


def keys(stage: OpenAIStage) -> None:
    """A server with keys opens for a good one only."""
    good = stage.another(stage.set_up.keyed_url, stage.set_up.good_key)
    expect_that(list(good.models.list()), "no models for a good key")
    bad = stage.another(stage.set_up.keyed_url, "mat_wrong")
    for call in (bad.videos.list, lambda: bad.videos.create(prompt=PROMPT)):
        try:
            call()
        except openai.AuthenticationError as error:
            expect_that(error.code, "a 401 without a code")
        else:
            raise AssertionError("no AuthenticationError")


def unwrap(stage: OpenAIStage) -> None:
    """A webhook that arrived is verified and read; a changed one is refused."""
    has(stage.client, "webhooks.unwrap")
    delivery = stage.set_up.delivery
    expect_that(delivery, "no webhook was delivered")
    webhooks, headers = stage.client.webhooks, delivery["headers"]
    event = webhooks.unwrap(delivery["body"], headers, secret=delivery["secret"])
    expect((event.object, event.type), ("event", "video.completed"), "the event")
    expect(event.data.id, delivery["video_id"], "the video")
    expect_that(event.id.startswith("evt_"), event.id)
    try:
        webhooks.unwrap(delivery["body"] + " ", headers, secret=delivery["secret"])
    except openai.InvalidWebhookSignatureError:
        return
    raise AssertionError("a changed body was taken")


def webhook_endpoints(stage: OpenAIStage) -> None:
    """Made, listed, read, changed, tried, given a new secret, deleted."""
    webhooks = stage.client.webhooks
    if not hasattr(webhooks, "rotate_secret"):
        raise NotInThisClient("webhooks.create")
    wish = {"event_types": ["video.completed", "video.failed"], "name": "The matrix"}
    endpoint = webhooks.create(**wish, url=stage.set_up.receiver_url)
    expect((endpoint.object, endpoint.name), ("webhook_endpoint", "The matrix"), "the endpoint")
    expect_that(endpoint.signing_secret.startswith("whsec_"), "the secret")
    expect_that(endpoint.id in [each.id for each in webhooks.list()], "not in the list")
    read = webhooks.retrieve(endpoint.id)
    expect(read.event_types, wish["event_types"], "event types")
    expect_that(read.signing_secret_hint, "no hint of the secret")
    expect_that(not hasattr(read, "signing_secret"), "the secret is shown again")
    changed = webhooks.update(endpoint.id, name="Renamed")
    expect((changed.name, changed.url), ("Renamed", stage.set_up.receiver_url), "after a change")
    tried = webhooks.test(endpoint.id, event_type="video.completed")
    expect((tried.success, tried.status_code), (True, 200), "the test")
    rotated = webhooks.rotate_secret(endpoint.id, keep_old_secret_active_for_24_hours=True)
    expect_that(rotated.signing_secret != endpoint.signing_secret, "the old secret again")
    expect(webhooks.delete(endpoint.id).deleted, True, "deleted")


def webhook_event_types(stage: OpenAIStage) -> None:
    """Both events of videos are among the types."""
    has(stage.client, "webhooks.event_types")
    listed = stage.client.webhooks.event_types.list().data
    expect_that({"video.completed", "video.failed"} <= set(listed), f"types: {listed}")


def _chat_wish(stage: OpenAIStage) -> dict[str, Any]:
    return {
        "model": stage.set_up.model,
        "messages": [{"role": "user", "content": PROMPT}],
        "extra_body": {"seconds": "4", "size": "720x1280"},
    }


CHECKS = {
    "webhooks.unwrap": unwrap,
    "webhook endpoints": webhook_endpoints,
    "webhook event types": webhook_event_types,
    "chat": chat,
    "chat, streamed": chat_streamed,
    "chat: error": chat_error,
    "models": models,
    "files": files,
    "AzureOpenAI": azure,
    "Azure's v1 base URL": azure_v1,
    "keys": keys,
}
