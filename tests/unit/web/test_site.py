"""Every request has a name, and every path an answer."""

from __future__ import annotations

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


def a_site() -> Site:
    routes = [
        Route("/things/{id}", answer, methods=["GET"]),
        Route("/things/{id}", answer, methods=["DELETE"]),
    ]
    return Site(routes, new_request_id=lambda: "req_new")


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
