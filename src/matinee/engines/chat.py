"""The chat format as an upstream: a film as the answer of `/v1/chat/completions`.

Source: relay-dialects 1.1 to 1.4 and 1.7, after the seeds and the three families of servers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from matinee.core.errors import EngineError, SettingsInvalid
from matinee.core.route import Capabilities
from matinee.net.chat_text import (
    failure_in,
    id_in,
    is_queued_in,
    link_in,
    percent_in,
    without_echo,
)
from matinee.net.relay import USUAL, code_of, failure, read_relay, reason_of
from matinee.net.templates import check_template, fill_text, values_of
from matinee.net.upstream import UpstreamEngine
from matinee.net.upstream_options import UpstreamOptions, capabilities_of
from matinee.net.wire import Call, Failed, Order, Ready, Reply, Standing, Waiting, Wire
from matinee.ports.engine import Engine
from matinee.ports.engine_kind import EngineKind, EngineSetup, Place

_DONE = "[DONE]"
_SILENCE_S = 300.0
"""How long a stream may say nothing; the slowest known speak every 30 seconds."""

_MOST_TEXT = 256 * 1024
"""How many characters an answer may have; the longest known have a tenth of it."""

_NEWS_SHARE = 256
"""A text is searched again when so large a part of it is new: one that comes letter by letter would
keep the server busy with nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions(UpstreamOptions):
    """The settings of a server that answers chats with films."""

    is_matinee: bool = False
    """Whether it is a Matinee: the same request again is the same film there, and it can be told
    to stop."""

    stream: bool = True
    """Whether the answer is asked for as a stream, which tells progress and outlives proxies."""

    film_fields: bool = True
    """Whether the request names size, length and seed beside the prompt. Off for servers that
    refuse unknown fields; a model's name can say it then: `served_as =
    "sora_video2-{orientation}-{seconds}s"`."""

    query: str = "/v1/video/query?id={id}"
    """Where a film is asked for whose stream was cut after its id was told; empty: nowhere."""


class ChatReader:
    """Reads an answer piece by piece. `with_ids` is whether a film can be asked for by its id."""

    def __init__(self, *, with_ids: bool = True) -> None:
        self._with_ids = with_ids
        self._text = ""
        self._link: str | None = None
        self._id: str | None = None
        self._failure: Failed | None = None
        self._is_whole = False
        self._told = Standing(outcome=Waiting())
        self._searched = 0

    def take(self, data: str) -> Standing:
        """How the film stands after an event; the end of the text is waited for."""
        if data.strip() == _DONE:
            self._is_whole = True
            return self.end()
        event = _decoded(data)
        if event is None:
            return self._told
        self.read(event)
        if self._failure is not None:
            return self.end()
        is_named = self._with_ids and self._id not in (None, self._told.upstream_id)
        if is_named or len(self._text) - self._searched > len(self._text) // _NEWS_SHARE:
            self._searched, self._told = len(self._text), self._standing()
        return self._told

    def read(self, event: Mapping[str, Any]) -> None:
        """Take in an event, or a whole answer."""
        problem = event.get("error")
        if problem:
            reason = reason_of(event, "The upstream failed and did not say why.")
            self._failure = Failed(error=failure(reason, code_of(event)))
        self._id = self._id or _text_at(event, "task_id")
        self._link = _text_at(event, "video_url") or self._link
        for choice in _choices(event):
            said = choice.get("delta") or choice.get("message") or {}
            self._text += "".join(_said(said)) if isinstance(said, Mapping) else ""
            self._is_whole = self._is_whole or bool(choice.get("finish_reason"))
        if len(self._text) > _MOST_TEXT:
            raise EngineError("The upstream's answer does not end.")

    def end(self) -> Standing:
        """How the film stands by all that was said."""
        text = without_echo(self._text)
        link = self._link or link_in(text)
        if self._failure is not None:
            return self._standing(self._failure)
        if link is not None:
            return self._standing(Ready(call=Call.link(link)))
        if not self._is_whole:
            return self._standing()
        reason = failure_in(text)
        # An answer that came to its end and shows no film: the upstream is through with it.
        words = reason or "The upstream answered, and without a film."
        return self._standing(Failed(error=failure(words)))

    def _standing(self, outcome: Ready | Failed | None = None) -> Standing:
        text = without_echo(self._text)
        waiting = Waiting(progress=percent_in(text), is_queued=is_queued_in(text))
        upstream_id = (self._id or id_in(text)) if self._with_ids else None
        return Standing(outcome=outcome or waiting, upstream_id=upstream_id)


def wire_of(options: ChatOptions) -> Wire:
    """The format as this upstream speaks it."""
    return Wire(
        submit=partial(submit, options=options),
        read=read,
        follow=partial(ChatReader, with_ids=bool(options.query)),
        poll=options.query,
        cancel=("DELETE", "/v1/videos/{id}") if options.is_matinee else None,
        is_idempotent=options.is_matinee,
        submit_timeout_s=_SILENCE_S if options.stream else options.timeout_s,
    )


def submit(order: Order, *, options: ChatOptions) -> Call:
    """The call that submits `order`; a model's name may hold `{orientation}` and `{seconds}`."""
    spec = order.spec
    fields: dict[str, Any] = {
        "model": fill_text(order.model, values_of(order)),
        "messages": [{"role": "user", "content": _content(order)}],
        "stream": options.stream,
    }
    if options.film_fields:
        fields |= {
            "size": str(spec.size),
            "orientation": "portrait" if spec.size.is_portrait else "landscape",
            "seconds": str(spec.seconds),
            "seed": spec.seed,
            "private": spec.private,
        }
        # True is a wish for a clean film in one format, and for a mark in a family of servers.
        if spec.watermark is False or (spec.watermark and options.is_matinee):
            fields["watermark"] = spec.watermark
        fields |= {} if spec.style is None else {"style": spec.style}
    if options.is_matinee:
        # Its operator may have chosen otherwise; and what a prompt says of a film is for us.
        fields |= {"progress": "content", "remix": False}
    return Call(
        method="POST",
        path="/v1/chat/completions",
        json=fields,
        headers={"idempotency-key": order.submit_key},
    )


def read(reply: Reply) -> Standing:
    """How the film stands by an answer that is no stream, or by the unified query's reply."""
    body = reply.body
    if reply.is_good and isinstance(body, Mapping) and (_choices(body) or "status" not in body):
        reader = ChatReader()
        reader.read(body)
        return reader.end()
    return read_relay(reply)


def models_of(setup: EngineSetup) -> Mapping[str, Capabilities]:
    """What the upstream makes, by its settings. Raises SettingsInvalid."""
    options: ChatOptions = setup.options
    check_template(setup, [each.served_as or name for name, each in options.models.items()])
    if options.query and "{id}" not in options.query:
        raise SettingsInvalid(
            f"The engine '{setup.name}' has query = '{options.query}', which needs the film's id: "
            "'/v1/video/query?id={id}'. Empty, no film is asked for.",
            param=f"engines.{setup.name}.query",
        )
    return capabilities_of(setup, usual=USUAL)


def make(setup: EngineSetup) -> Engine:
    """The engine of a server that answers chats with films."""
    return UpstreamEngine(setup, wire_of(setup.options))


def _content(order: Order) -> str | list[dict[str, Any]]:
    if not order.images:
        return order.spec.prompt
    images = [{"type": "image_url", "image_url": {"url": each.data_uri}} for each in order.images]
    return [{"type": "text", "text": order.spec.prompt}, *images]


def _decoded(data: str) -> Mapping[str, Any] | None:
    """The event's JSON; None for what is none, which some servers send to keep a line open."""
    try:
        event = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _choices(event: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    choices = event.get("choices")
    return [each for each in choices if isinstance(each, dict)] if isinstance(choices, list) else []


def _said(message: Mapping[str, Any]) -> Iterator[str]:
    """The texts of a delta or a message: thoughts first, as one family tells progress there."""
    for name in ("reasoning_content", "reasoning", "content"):
        yield from _texts(message.get(name))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        # One fork's reasoning is an object.
        yield from (text for text in value.values() if isinstance(text, str))
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part.get("text") if isinstance(part, Mapping) else part)


def _text_at(event: Mapping[str, Any], name: str) -> str | None:
    value = event.get(name)
    return value if isinstance(value, str) and value else None


KIND = EngineKind(
    name="chat",
    summary="A server that answers /v1/chat/completions with a film; a Matinee, too.",
    options=ChatOptions,
    models=models_of,
    place=Place.SERVER,
    factory="matinee.engines.chat:make",
    slots=8,
)
