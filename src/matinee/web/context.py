"""What every dialect is given: the use cases, and how HTTP is spoken around them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Literal

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from matinee.core.ids import AccountId
from matinee.core.video import Video
from matinee.core.wish import SourceWish, WishDefaults
from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock
from matinee.services.answers import Answers
from matinee.services.videos import Videos
from matinee.web.auth import Gate
from matinee.web.body import BodyLimits, discard_uploads, read_body
from matinee.web.connection import refuse_departed
from matinee.web.errors import PLAIN_FORM, ErrorForm
from matinee.web.fields import Fields
from matinee.web.links import Links
from matinee.web.repeats import parse_asked
from matinee.web.sources import parse_characters, parse_clip
from matinee.web.watching import StreamRules
from matinee.web.wishes import (
    log_unread,
    parse_model,
    parse_prompt,
    parse_wish,
    read_film_fields,
)

Handler = Callable[[Request, AccountId], Awaitable[ASGIApp]]
"""Answers a request of an account."""

Admit = Callable[[Scope], Awaitable[AccountId]]
"""Says whose request it is, or raises because it may not come in."""

SourceReader = Callable[[Fields], SourceWish]
"""Finds the source of a film among the fields of a request."""

FieldReader = Callable[[Mapping[str, Any], Mapping[str, str]], Fields]
"""Makes the fields of a film out of a body's values and the query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialectSettings:
    """The operator's choices that shape the wire formats."""

    version: str
    """The server's own, told in `system_fingerprint`."""

    default_model: str = "sora-2"
    model_variants: bool = True
    """Whether names with parts, such as `sora-2-landscape-10s`, are listed among the models."""

    keepalive_s: float = 10.0
    """The longest silence on a stream: proxies cut after 60 s, some clients sooner."""

    silence_s: float = 20.0
    """The longest time without data on a stream: clients' own timers pass over comments."""

    progress_every_s: float = 2.0
    """The least time between two lines of progress in a chat."""

    departure_s: float = 0.5
    """How long a chat request that is just being answered to somebody waits for that one to go."""

    chat_progress: Literal["content", "reasoning", "none"] = "content"
    chat_video_tag: bool = True
    chat_auxiliary_filter: bool = True
    chat_auxiliary_prompts: tuple[str, ...] = ()
    chat_remix: bool = True
    chat_language: Literal["both", "en"] = "both"
    wrap_generations: bool = False
    """Whether `/v1/video/generations` answers in new-api's wrapping unless asked otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialectContext:
    """The use cases, the gate in front of them, and the ways to send what they give."""

    videos: Videos
    answers: Answers
    gate: Gate
    links: Links
    blobs: Blobs
    clock: Clock
    settings: DialectSettings
    limits: BodyLimits = field(default_factory=BodyLimits)
    stream_rules: StreamRules = field(default_factory=StreamRules)

    async def accept(
        self,
        request: Request,
        account_id: AccountId,
        defaults: WishDefaults,
        *,
        exact: bool = True,
        read: FieldReader = read_film_fields,
        find_source: SourceReader | None = None,
    ) -> Video:
        """Accept the film that the fields of `request` describe, in body or query.

        What they are silent about comes from `defaults`. `read` makes fields of the body, and
        `exact` says whether a size that the model does not make is refused; see `parse_wish`.
        `find_source` finds the film that this one is to come out of, where the format has one.
        Raises an InvalidRequest that names the field as the client spelled it, and whatever else
        `Videos.create` raises.
        """
        body = await read_body(request, self.limits)
        fields = read(body.values, request.query_params)
        with fields.as_spelled():
            prompt = parse_prompt(fields)
            route = self.videos.routes.find(parse_model(fields) or defaults.model)
            wish = parse_wish(fields, prompt=prompt, capabilities=route.capabilities, exact=exact)
            wish = replace(
                wish, characters=parse_characters(fields), character_clip=parse_clip(fields)
            )
            if find_source is not None:
                wish = replace(wish, source=find_source(fields))
            log_unread(fields)
            asked = replace(
                parse_asked(request, body, received_at(request)),
                link_base=self.links.base(request.scope),
            )
            if asked.may_be_overtaken:
                await refuse_departed(request.scope)
            return await self.videos.create(account_id, wish, defaults, asked)

    def requirement(self, scope: Scope, account_id: AccountId) -> Callable[[], Awaitable[None]]:
        """What raises AuthenticationFailed once the request would not be let in any more."""
        return partial(self.gate.admission(scope, account_id).require, self.stream_rules.trust_s)

    def endpoint(self, handler: Handler, form: ErrorForm = PLAIN_FORM) -> Endpoint:
        """`handler` behind the gate, its errors written as `form` says."""
        return Endpoint(self.clock, self.gate.account_of, handler, form)

    def admin_endpoint(self, handler: Handler) -> Endpoint:
        """`handler` behind the gate for those who look after the server."""
        return Endpoint(self.clock, self.gate.admin_of, handler, PLAIN_FORM)


class Endpoint:
    """An ASGI application: lets the request in, then sends what the handler answers."""

    def __init__(self, clock: Clock, admit: Admit, handler: Handler, form: ErrorForm) -> None:
        self._clock = clock
        self._admit = admit
        self._handler = handler
        self._form = form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["matinee.error_form"] = self._form
        # First of all: while rows can't be read, its own repeat may overtake it elsewhere.
        scope["matinee.received_at"] = self._clock.now()
        account_id = await self._admit(scope)
        try:
            reply = await self._handler(Request(scope, receive, send), account_id)
        finally:
            await discard_uploads(scope)
        await reply(scope, receive, send)


def received_at(request: Request) -> datetime:
    """When `request` came in, before anything was asked for it."""
    moment: datetime = request.scope["matinee.received_at"]
    return moment
