"""Servers and workers on hosts of their own: the scenes of `make network` that are short."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.network.wires import lack
from tests.postgres import skip_without_postgres


@pytest.mark.timeout(300)
@pytest.mark.slow
def test_cut_links_lose_nothing_and_order_nothing_twice() -> None:
    if reason := lack():
        # The README asks for no rights; what needs none stands in tests/e2e/test_many_machines.py.
        pytest.skip(f"there can be no hosts: {reason}")
    skip_without_postgres()
    # A process of its own: who plays moves to the host of the clients, with all its threads.
    done = subprocess.run(
        [sys.executable, "-m", "tests.network", "--brief"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
