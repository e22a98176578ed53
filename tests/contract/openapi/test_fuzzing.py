"""Nothing that Schemathesis sends finds a fault: see leniencies.py for what is none."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest


@pytest.mark.timeout(300)
@pytest.mark.slow
def test_no_request_finds_a_fault_in_the_server_or_in_the_document() -> None:
    # A process of its own: what Schemathesis makes takes gigabytes, which it never gives back.
    done = subprocess.run(
        [sys.executable, "-m", "tests.contract.openapi.fuzzing", "--brief"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.findall(r"^(\d+) cases", done.stdout, re.MULTILINE)[0]) > 300
