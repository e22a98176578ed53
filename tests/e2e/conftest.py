"""One server for all tests that only ask it for films."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.serving import ServerProcess, serving


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A keyless server on loopback with the animatic, as `matinee serve` starts it."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running
