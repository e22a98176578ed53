"""Every HTTP entrance of the server: the dialects with their routes and their chapters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.routing import Route

from matinee.dialects import (
    admin,
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
from matinee.services.engines import Engines
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
    admin.CHAPTER,
)
"""In the order in which the reference tells of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    """What the entrances lead to, besides the videos of their context."""

    files: Files
    characters: Characters
    webhooks: Webhooks
    engines: Engines


def routes_of_entrances(
    context: DialectContext,
    use_cases: UseCases,
    *,
    send_sample: webhook_endpoints.SendSample,
    ping: Callable[[], Awaitable[None]],
) -> list[Route]:
    """Every route. `ping` raises unless rows can be written, for the health check."""
    return [
        *openai_videos.routes(context, use_cases.characters),
        *files.routes(context, use_cases.files),
        # Before the unified format, whose `/v1/video/{id}` would take its paths for ids.
        *generations.routes(context),
        *comfly.routes(context),
        *openrouter.routes(context),
        *unified.routes(context),
        *chat.routes(context),
        *webhook_endpoints.routes(context, use_cases.webhooks, send_sample),
        *links.routes(context),
        *admin.routes(context, use_cases.engines),
        *reference_pages.routes(context, _CHAPTERS),
        *health_routes(ping, version=context.settings.version),
    ]
