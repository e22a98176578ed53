"""What counts as this very machine."""

from __future__ import annotations

import pytest

from matinee.web.auth import is_loopback


@pytest.mark.parametrize(
    "authority",
    [
        "localhost",
        "LocalHost:8642",
        "127.0.0.1",
        "127.3.2.1:1",
        "[::1]",
        "[::1]:8642",
        "localhost.",
    ],
)
def test_names_of_this_machine_are_loopback(authority: str) -> None:
    assert is_loopback(authority)


@pytest.mark.parametrize(
    "authority",
    [
        "example.org",
        "localhost.example.org",
        "evil-localhost",
        "127.0.0.1.example.org",
        "10.0.0.1",
        "[::2]",
        "::1",
        "localhost:8642:1",
        "user@localhost",
        "",
        "2130706433",
    ],
)
def test_every_other_name_is_not(authority: str) -> None:
    assert not is_loopback(authority)
