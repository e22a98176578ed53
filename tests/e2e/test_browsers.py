"""Web pages of other addresses, as their browsers ask for them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from matinee.testing.server import MatineeServer, serving

PAGE = "https://app.example"
WISH = {"model": "test-instant", "prompt": "A fox in the snow."}


def ask(server: MatineeServer, method: str, **headers: str) -> httpx.Response:
    """Ask for a film, or whether one may be asked for, on behalf of the page."""
    return httpx.request(
        method,
        f"{server.base_url}/videos",
        json=WISH if method == "POST" else None,
        headers={"origin": PAGE, **headers},
        trust_env=False,
    )


def ask_before(server: MatineeServer) -> httpx.Response:
    asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-stainless-lang",
    }
    return ask(server, "OPTIONS", **asked)


def test_any_page_with_a_key_may_ask_for_films(tmp_path: Path) -> None:
    with serving(tmp_path, needs_key=True) as server:
        allowed = ask_before(server)
        created = ask(server, "POST", authorization=f"Bearer {server.api_key}")
        refused = ask(server, "POST")
    assert allowed.status_code == 204
    assert "POST" in allowed.headers["access-control-allow-methods"]
    assert "x-stainless-lang" in allowed.headers["access-control-allow-headers"]
    assert created.status_code == 200
    assert refused.status_code == 401
    for reply in (allowed, created, refused):
        assert reply.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(("named", "status"), [("*", 403), (PAGE, 200)])
def test_without_keys_only_a_named_page_may(tmp_path: Path, named: str, status: int) -> None:
    with serving(tmp_path, {"allow_origins": [named]}) as server:
        allowed, reply = ask_before(server), ask(server, "POST")
    assert reply.status_code == status
    for each in (allowed, reply):
        assert ("access-control-allow-origin" in each.headers) == (status == 200)
