"""The pytest plugin, loaded wherever Matinee is installed beside pytest: it must cost nothing.

So it imports no more than pytest itself until a fixture is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from matinee.testing.server import MatineeServer


@pytest.fixture(scope="session")
def matinee_settings() -> Mapping[str, Any]:
    """The server's settings. Write a fixture of this name to give it others."""
    return {}


@pytest.fixture(scope="session")
def matinee_needs_key() -> bool:
    """Whether the server wants a key. Write a fixture of this name that says True if it shall."""
    return False


@pytest.fixture(scope="session")
def matinee_server(
    matinee_settings: Mapping[str, Any],
    matinee_needs_key: bool,  # noqa: FBT001  # pytest passes fixtures by name
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[MatineeServer]:
    """A Matinee of this test run alone, test models included; with xdist one for each worker."""
    from matinee.testing.server import serving

    folder = tmp_path_factory.mktemp("matinee")
    with serving(folder, matinee_settings, needs_key=matinee_needs_key) as server:
        yield server


@pytest.fixture
def matinee_environment(
    matinee_server: MatineeServer, monkeypatch: pytest.MonkeyPatch
) -> MatineeServer:
    """The server, with `OPENAI_BASE_URL` and `OPENAI_API_KEY` set to it during the test."""
    for name, text in matinee_server.environment.items():
        monkeypatch.setenv(name, text)
    return matinee_server
