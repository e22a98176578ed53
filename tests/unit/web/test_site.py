"""Every request has a name, and every path an answer."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.web.replies import text_reply
from matinee.web.site import Site
from tests.exchanges import Exchange, a_scope, an_exchange


async def answer(request: Request) -> ASGIApp:
    return text_reply(request.method)


async def see(request: Request) -> ASGIApp:
    return text_reply(f"{request.scope['path']}?{request.url.query}")


def a_site(**options: Any) -> Site:
    routes = [
        Route("/things/{id}", answer, methods=["GET"]),
        Route("/things/{id}", answer, methods=["DELETE"]),
        Route("/v1/{rest:path}", see, methods=["GET"]),
    ]
    return Site(routes, new_request_id=lambda: "req_new", **options)


async def error_of(exchange: Exchange) -> dict[str, object]:
    error: dict[str, object] = msgspec.json.decode(await exchange.piece())["error"]
    return error


async def test_a_request_without_a_name_is_given_one() -> None:
    async with an_exchange(a_site(), a_scope(path="/things/1")) as exchange:
        _, headers = await exchange.head()
    assert headers["x-request-id"] == "req_new"


async def test_a_sane_name_is_kept() -> None:
    async with an_exchange(a_site(), a_scope(x_request_id="trace-1:2.3")) as exchange:
        _, headers = await exchange.head()
    assert headers["x-request-id"] == "trace-1:2.3"


@pytest.mark.parametrize("name", ["a b", "x" * 129, "<b>", "ü"])
def test_any_other_name_is_replaced(name: str) -> None:
    assert a_site()._request_id(a_scope(x_request_id=name)) == b"req_new"


async def test_an_unknown_path_is_404_in_the_envelope() -> None:
    async with an_exchange(a_site(), a_scope(path="/nothing")) as exchange:
        status, _ = await exchange.head()
        error = await error_of(exchange)
    assert status == 404
    assert error == {
        "message": "Unknown request URL: GET /nothing.",
        "type": "invalid_request_error",
        "param": None,
        "code": "not_found",
    }


async def test_a_wrong_method_is_405_and_names_the_right_ones_of_all_routes() -> None:
    async with an_exchange(a_site(), a_scope("POST", "/things/1")) as exchange:
        status, headers = await exchange.head()
        error = await error_of(exchange)
    assert status == 405
    assert headers["allow"] == "DELETE, GET, HEAD"
    assert error["code"] == "method_not_allowed"


async def test_a_slash_at_the_end_is_passed_over() -> None:
    async with an_exchange(a_site(), a_scope(path="/things/1/")) as exchange:
        status, _ = await exchange.head()
    assert status == 200


async def test_head_has_no_body() -> None:
    async with an_exchange(a_site(), a_scope("HEAD", "/things/1")) as exchange:
        _, headers = await exchange.head()
        assert headers["content-length"] == "4"
        assert await exchange.piece() == b""


async def test_an_error_does_not_tell_how_long_was_looked_for_what_is_not_there() -> None:
    async with an_exchange(a_site(), a_scope(path="/nothing")) as exchange:
        _, headers = await exchange.head()
    assert "openai-processing-ms" not in headers


async def test_a_good_reply_tells_the_time_it_took_and_the_format_s_version() -> None:
    moments = iter((10.0, 10.0421))
    site = a_site(seconds=lambda: next(moments))
    async with an_exchange(site, a_scope(path="/things/1")) as exchange:
        _, headers = await exchange.head()
    assert headers["openai-processing-ms"] == "42"
    assert headers["openai-version"] == "2020-10-01"


@pytest.mark.parametrize(
    ("asked", "query", "seen"),
    [
        ("/openai/v1/videos", "", "/v1/videos?"),
        ("/openai/videos", "api-version=2025", "/v1/videos?api-version=2025"),
        ("/openai/videos/video_1/content", "variant=thumbnail", "/v1/videos/video_1/content?var"),
        ("/openai/deployments/my sora/chat/completions", "", "/v1/chat/completions?model=my+sora"),
        ("/openai/deployments/a/chat/completions", "model=b", "/v1/chat/completions?model=b"),
        ("/openai/models/", "", "/v1/models?"),
    ],
)
async def test_azure_s_spelling_leads_to_the_same_routes(asked: str, query: str, seen: str) -> None:
    scope = a_scope(path=asked)
    scope["query_string"] = query.encode()
    async with an_exchange(a_site(), scope) as exchange:
        status, _ = await exchange.head()
        said = await exchange.piece()
    assert status == 200
    assert said.decode().startswith(seen)


async def test_an_error_names_the_path_as_it_was_asked_for() -> None:
    async with an_exchange(a_site(), a_scope("POST", "/openai/v1/x/")) as exchange:
        await exchange.head()
        error = await error_of(exchange)
    assert "POST /openai/v1/x/" in str(error["message"])
