"""What browsers are told about pages of other addresses."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.errors import ServiceUnavailable
from matinee.web.cors import Origins
from matinee.web.replies import text_reply
from matinee.web.site import Site
from tests.exchanges import a_scope, an_exchange

PAGE = "https://app.example"
SDK_HEADERS = "authorization,content-type,openai-organization,x-stainless-lang"


async def answer(request: Request) -> ASGIApp:
    headers = [(b"access-control-allow-origin", b"*")] if request.path_params["id"] == "own" else []
    return text_reply("", headers=headers)


async def reply_to(
    method: str = "GET", path: str = "/v1/things/1", *, named: str = "*", keys: bool, **sent: str
) -> tuple[int, dict[str, str]]:
    """Status and headers, of a server with or without keys that lets in the origin `named`."""

    async def needs_key() -> bool:
        return keys

    routes = [
        Route("/v1/things/{id}", answer, methods=["GET"]),
        Route("/v1/things/{id}", answer, methods=["DELETE"]),
    ]
    site = Site(routes, new_request_id=lambda: "req_1", origins=Origins([named], needs_key))
    scope = a_scope(method, path, **({"origin": PAGE} | sent))
    async with an_exchange(site, scope) as exchange:
        return await exchange.head()


async def preflight(path: str = "/v1/things/1", *, named: str = "*", keys: bool) -> dict[str, str]:
    status, headers = await reply_to(
        *("OPTIONS", path),
        named=named,
        keys=keys,
        access_control_request_method="DELETE",
        access_control_request_headers=SDK_HEADERS,
    )
    assert status == 204
    return headers


async def test_where_keys_are_needed_any_page_may_read_replies() -> None:
    _, headers = await reply_to(keys=True)
    assert headers["access-control-allow-origin"] == "*"
    for name in ("x-request-id", "openai-poll-after-ms", "retry-after"):
        assert name in headers["access-control-expose-headers"]


async def test_errors_can_be_read_by_pages_too() -> None:
    status, headers = await reply_to(path="/nothing", keys=True)
    assert (status, headers["access-control-allow-origin"]) == (404, "*")


async def test_a_preflight_allows_what_the_path_can_do_and_the_headers_of_the_sdks() -> None:
    headers = await preflight(keys=True)
    assert headers["access-control-allow-origin"] == "*"
    assert headers["access-control-allow-methods"] == "DELETE, GET, HEAD"
    assert headers["access-control-allow-headers"] == SDK_HEADERS
    assert int(headers["access-control-max-age"]) > 0


async def test_a_preflight_in_azure_s_spelling_is_answered_alike() -> None:
    headers = await preflight("/openai/v1/things/1", keys=True)
    assert headers["access-control-allow-methods"] == "DELETE, GET, HEAD"


async def test_without_keys_no_page_of_another_address_is_let_in() -> None:
    _, headers = await reply_to(keys=False)
    assert "access-control-allow-origin" not in headers
    assert "access-control-allow-origin" not in await preflight(keys=False)


@pytest.mark.parametrize("keys", [True, False])
async def test_a_named_page_is_let_in_with_keys_or_without(keys: bool) -> None:
    _, headers = await reply_to(named="HTTPS://App.Example", keys=keys)
    assert headers["access-control-allow-origin"] == PAGE
    assert headers["vary"] == "origin"


async def test_another_page_than_the_named_one_is_not() -> None:
    _, headers = await reply_to(named="https://other.example", keys=True)
    assert "access-control-allow-origin" not in headers


async def test_a_request_of_no_page_is_told_nothing() -> None:
    _, headers = await reply_to(keys=True, origin="")
    assert "access-control-expose-headers" not in headers


async def test_a_reply_that_is_for_every_page_already_is_told_so_once() -> None:
    _, headers = await reply_to(path="/v1/things/own", named=PAGE, keys=False)
    assert headers["access-control-allow-origin"] == "*"


async def test_options_without_a_page_behind_it_is_a_wrong_method() -> None:
    status, headers = await reply_to("OPTIONS", keys=True)
    assert (status, headers["allow"]) == (405, "DELETE, GET, HEAD")


async def test_strange_header_names_are_not_repeated() -> None:
    _, headers = await reply_to(
        "OPTIONS",
        keys=True,
        access_control_request_method="GET",
        access_control_request_headers="x\x0b<script>",
    )
    assert "access-control-allow-headers" not in headers


async def test_while_it_is_not_known_whether_keys_are_needed_no_page_is_let_in() -> None:
    async def needs_key() -> bool:
        raise ServiceUnavailable("The database is away.")

    assert await Origins("*", needs_key).headers_for(a_scope(origin=PAGE)) == []
