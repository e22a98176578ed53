"""What every dialect is given: the use cases, and how HTTP is spoken around them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from matinee.core.errors import MissingParameter
from matinee.core.ids import AccountId
from matinee.core.video import Video
from matinee.core.wish import WishDefaults
from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock
from matinee.services.videos import Videos
from matinee.web.auth import Gate
from matinee.web.body import BodyLimits, read_body, request_key
from matinee.web.errors import PLAIN_FORM, ErrorForm
from matinee.web.fields import Fields
from matinee.web.links import Links
from matinee.web.wishes import FILM_FIELDS, parse_model, parse_wish

Handler = Callable[[Request, AccountId], Awaitable[ASGIApp]]
"""Answers a request of an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialectSettings:
    """The operator's choices that shape the wire formats."""

    version: str
    """The server's own, told in `system_fingerprint`."""

    default_model: str = "sora-2"
    poll_after_ms: int = 2000
    """How long the SDKs' poll helpers wait; they obey the first value of a video's life."""

    keepalive_s: float = 10.0
    """The longest silence on a stream: proxies cut after 60 s, some clients sooner."""

    silence_s: float = 20.0
    """The longest time without data on a stream: clients' own timers pass over comments."""

    progress_every_s: float = 2.0
    """The least time between two lines of progress in a chat."""

    chat_progress: Literal["content", "reasoning", "none"] = "content"
    chat_video_tag: bool = True
    chat_auxiliary_filter: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DialectContext:
    """The use cases, the gate in front of them, and the ways to send what they give."""

    videos: Videos
    gate: Gate
    links: Links
    blobs: Blobs
    clock: Clock
    settings: DialectSettings
    limits: BodyLimits = field(default_factory=BodyLimits)

    async def accept(
        self, request: Request, account_id: AccountId, defaults: WishDefaults
    ) -> Video:
        """Accept the film that the fields of `request` describe, in body or query.

        What they are silent about comes from `defaults`. Raises an InvalidRequest that names the
        field as the client spelled it, and whatever else `Videos.create` raises.
        """
        body = await read_body(request, self.limits)
        fields = Fields(body.values, query=request.query_params, aliases=FILM_FIELDS)
        with fields.as_spelled():
            prompt = fields.text("prompt")
            if prompt is None:
                raise MissingParameter("Missing required parameter: 'prompt'.", param="prompt")
            route = self.videos.routes.find(parse_model(fields) or defaults.model)
            wish = parse_wish(fields, prompt=prompt, capabilities=route.capabilities)
            return await self.videos.create(account_id, wish, defaults, request_key(request, body))

    def endpoint(self, handler: Handler, form: ErrorForm = PLAIN_FORM) -> Endpoint:
        """`handler` behind the gate, its errors written as `form` says."""
        return Endpoint(self.gate, handler, form)


class Endpoint:
    """An ASGI application: lets the request in, then sends what the handler answers."""

    def __init__(self, gate: Gate, handler: Handler, form: ErrorForm) -> None:
        self._gate = gate
        self._handler = handler
        self._form = form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["matinee.error_form"] = self._form
        account_id = await self._gate.account_of(scope)
        reply = await self._handler(Request(scope, receive, send), account_id)
        await reply(scope, receive, send)
