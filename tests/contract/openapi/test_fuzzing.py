"""Nothing that Schemathesis sends finds a fault: see leniencies.py for what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.openapi.fuzzing import Effort, fuzz, report
from tests.contract.openapi.serving import a_served_house


@pytest.mark.timeout(180)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_request_finds_a_fault_in_the_server_or_in_the_document(tmp_path: Path) -> None:
    # The corners of every schema are 9,000 cases: `make fuzz-api` sends them.
    with a_served_house(tmp_path) as served:
        findings = fuzz(served, Effort(examples=3, walks=8, corners=False))
    assert findings.problems == {}, report(findings)
    assert findings.count > 300
