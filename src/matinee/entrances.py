"""Every HTTP entrance of the server: the dialects with their routes and their chapters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.routing import Route

from matinee.dialects import (
    chat,
    comfly,
    files,
    generations,
    links,
    openai_videos,
    openrouter,
    reference_pages,
    unified,
    webhook_endpoints,
)
from matinee.services.characters import Characters
from matinee.services.files import Files
from matinee.services.webhooks import Webhooks
from matinee.web.context import DialectContext
from matinee.web.health import health_routes

_CHAPTERS = (
    openai_videos.CHAPTER,
    unified.CHAPTER,
    chat.CHAPTER,
    generations.CHAPTER,
    comfly.CHAPTER,
    openrouter.CHAPTER,
    files.CHAPTER,
    webhook_endpoints.CHAPTER,
    links.CHAPTER,
)
"""In the order in which the reference tells of them."""


def routes_of_entrances(
    context: DialectContext,
    *,
    stored_files: Files,
    characters: Characters,
    webhooks: Webhooks,
    send_sample: webhook_endpoints.SendSample,
    ping: Callable[[], Awaitable[None]],
) -> list[Route]:
    """Every route. `ping` raises unless rows can be written, for the health check."""
    return [
        *openai_videos.routes(context, characters),
        *files.routes(context, stored_files),
        # Before the unified format, whose `/v1/video/{id}` would take its paths for ids.
        *generations.routes(context),
        *comfly.routes(context),
        *openrouter.routes(context),
        *unified.routes(context),
        *chat.routes(context),
        *webhook_endpoints.routes(context, webhooks, send_sample),
        *links.routes(context),
        *reference_pages.routes(context, _CHAPTERS),
        *health_routes(ping, version=context.settings.version),
    ]
