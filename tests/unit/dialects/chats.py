"""Chat requests for tests, read as the endpoint reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from matinee.core.route import Route
from matinee.core.video import Relation
from matinee.core.wish import VideoWish, WishDefaults
from matinee.dialects.chat.film import parse_film
from matinee.dialects.chat.request import ChatDefaults, ChatRequest, parse_chat
from matinee.policy.routing import Routes
from tests.houses import routes_of

JSON_VALUES = [None, True, 0, -1.5, "", "text", [], [1], {}, {"a": 1}]


def able_routes() -> Routes:
    """Routes to models that can all that a chat may ask for."""
    routes = routes_of("sora-2", "sora-2-pro").by_model.values()
    return Routes.of(
        [
            Route.to(
                route.model,
                "animatic",
                replace(route.capabilities, relations=(Relation.REMIX,), max_scenes=8),
            )
            for route in routes
        ]
    )


def chat(content: Any = "a cat", query: dict[str, str] | None = None, **values: Any) -> ChatRequest:
    """The request of a body with one message, or with others among `values`."""
    body = {"model": "sora-2", "messages": [{"role": "user", "content": content}], **values}
    return parse_chat(body, query or {}, ChatDefaults(model="sora-2"))


def film(
    content: Any = "a cat", query: dict[str, str] | None = None, **values: Any
) -> tuple[VideoWish, WishDefaults]:
    """What it asks for, and its defaults."""
    return parse_film(chat(content, query, **values), able_routes())
