"""Watching: what happens to a video, or to all of an account's, as server-sent events."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from matinee.core.errors import InvalidRequest, shown
from matinee.core.ids import AccountId
from matinee.core.job import JobState
from matinee.dialects.openai_videos.wire import DeletedVideo, VideoObject, render_video, spell_id
from matinee.services.updates import Update
from matinee.web.context import DialectContext
from matinee.web.replies import empty_reply
from matinee.web.sse import named_event
from matinee.web.watching import WatchStream

_LARGEST_SEQUENCE = 2**63 - 1
_MOST_RENDERED = 1024
"""Enough for all that one turn of the event loop may tell; more is made again."""

_encoder = msgspec.json.Encoder()


class VideoProgress(msgspec.Struct, kw_only=True):
    """How far a video is."""

    id: str
    object: Literal["video"] = "video"
    status: JobState
    progress: int


def event_routes(context: DialectContext) -> list[Route]:
    """Every route. They come before those of ids."""
    events = Events(context)
    return [
        Route("/v1/videos/events", context.endpoint(events.of_account), methods=["GET"]),
        Route("/v1/videos/{id}/events", context.endpoint(events.of_video), methods=["GET"]),
    ]


class Events:
    """The endpoints."""

    def __init__(self, context: DialectContext) -> None:
        self._context = context
        self._videos = context.videos
        # Watchers of a video are told one after another, so that each event is made once.
        self._render: Callable[[Update, str], bytes] = lru_cache(_MOST_RENDERED)(render_event)

    async def of_video(self, request: Request, account_id: AccountId) -> ASGIApp:
        """The video as it is, then each change until its end."""
        last = _last_event_id(request)
        video_id = (await self._videos.get(account_id, request.path_params["id"])).id
        stream = self._stream(request, account_id, ends=True)

        async def tell(scope: Scope, receive: Receive, send: Send) -> None:
            with self._videos.feeds.watch(video_id) as watch:
                await watch.woken()
                first = await watch.take()
                if last is not None and any(_ends_before(update, last) for update in first):
                    # Only this status keeps browsers from coming back.
                    await empty_reply(204)(scope, receive, send)
                else:
                    await stream.send(watch, first, scope, receive, send)

        return tell

    async def of_account(self, request: Request, account_id: AccountId) -> ASGIApp:
        """What happened behind the event that the client had last, and all that happens."""
        last = _last_event_id(request)
        stream = self._stream(request, account_id, ends=False)

        async def tell(scope: Scope, receive: Receive, send: Send) -> None:
            async with self._videos.account_feeds.watch(account_id, last) as watch:
                await stream.send(watch, [], scope, receive, send)

        return tell

    def _stream(self, request: Request, account_id: AccountId, *, ends: bool) -> WatchStream:
        base = self._context.links.base(request.scope)
        return WatchStream(
            lambda update: self._render(update, base),
            self._context.gate.admission(request.scope, account_id),
            self._context.stream_rules,
            ends=ends,
        )


def render_event(update: Update, base: str) -> bytes:
    """The event that tells of `update`; links begin with `base`."""
    name, data = _name(update), _encoder.encode(_data(update, base))
    return named_event(name, data, update.sequence)


def _name(update: Update) -> str:
    if update.is_gone:
        return "video.deleted"
    return "video.progress" if update.sequence is None else f"video.{update.state}"


def _data(update: Update, base: str) -> VideoObject | VideoProgress | DeletedVideo:
    if update.is_gone:
        return DeletedVideo(id=spell_id(update.video_id))
    if update.video is not None:
        return render_video(update.video, base)
    return VideoProgress(
        id=spell_id(update.video_id), status=update.state, progress=update.progress
    )


def _ends_before(update: Update, last: int) -> bool:
    return update.is_last and (update.sequence or 0) <= last


def _last_event_id(request: Request) -> int | None:
    """Which event the client had last. Raises InvalidRequest."""
    sent = request.headers.get("last-event-id", "").strip()
    if not sent:
        return None
    if not (sent.isascii() and sent.isdigit()) or len(sent) > len(str(_LARGEST_SEQUENCE)):
        raise InvalidRequest(
            f"Invalid value: '{shown(sent)}'. Send the 'id' of the last event that came, a whole "
            "number, or leave the header out.",
            param="Last-Event-ID",
        )
    return min(int(sent), _LARGEST_SEQUENCE)
