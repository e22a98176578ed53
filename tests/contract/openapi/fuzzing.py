"""Schemathesis over a served house: every check in every phase.

`python -m tests.contract.openapi.fuzzing 5000` runs about so many cases and says what it found;
`--brief` runs a few hundred.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import engine
from schemathesis.engine import events
from schemathesis.engine.recorder import ScenarioRecorder

from tests.contract.openapi.leniencies import Leniencies
from tests.contract.openapi.serving import ServedHouse, a_served_house

SEED = 20261121
_STEPS = 6
_ENDLESS = "watchVideos"
"""Its good replies never end, so no reply could be looked at."""

_TOOL_FAULT = "Unsupported type: 'Binary'"
"""What its generator of wrong forms (4.32) says now and then, before anything is sent."""


@dataclass(slots=True)
class Findings:
    """What a run did and found."""

    cases: Counter[str] = field(default_factory=Counter)
    """How many requests were sent, by phase."""

    problems: dict[str, str] = field(default_factory=dict)
    """One text for each kind of problem of each operation."""

    passed_over: Counter[str] = field(default_factory=Counter)
    """How often each reason to pass over a failure was met."""

    @property
    def count(self) -> int:
        """How many requests were sent."""
        return sum(self.cases.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is sent: `examples` an operation, so many walks over links, and every corner."""

    examples: int
    walks: int
    corners: bool = True
    seed: int = SEED


def fuzz(served: ServedHouse, effort: Effort) -> Findings:
    """Send what the document allows and what it forbids."""
    findings = Findings()
    schema = schemathesis.openapi.from_url(
        f"{served.base}/openapi.json", config=_config(served, effort)
    ).exclude(operation_id=_ENDLESS)

    leniencies = Leniencies(schema.raw_schema)

    @schema.hook("filter_failure")
    def keep(
        context: schemathesis.HookContext,
        failure: BaseException,
        case: schemathesis.Case[Any],
        response: schemathesis.Response,
    ) -> bool:
        del context
        reason = leniencies.reason(failure, case, response)
        if reason is not None:
            findings.passed_over[reason] += 1
        return reason is None

    for event in engine.from_schema(schema).execute():
        _note(event, findings)
    return findings


def _config(served: ServedHouse, effort: Effort) -> schemathesis.Config:
    return schemathesis.Config.from_dict(
        {
            "seed": effort.seed,
            "base-url": served.base,
            "request-timeout": 20.0,
            "continue-on-failure": True,
            "auth": {"openapi": {"bearer": {"bearer": served.secret}}},
            "generation": {"max-examples": effort.examples, "database": "none", "no-shrink": True},
            "checks": {"max_response_time": 10.0},
            "phases": {
                "coverage": {"enabled": effort.corners},
                "stateful": {
                    "max-steps": _STEPS,
                    "generation": {"max-examples": effort.walks},
                },
            },
        }
    )


def _note(event: object, findings: Findings) -> None:
    if isinstance(event, events.ScenarioFinished):
        findings.cases[event.phase.value] += len(event.recorder.interactions)
        for case_id in event.recorder.checks:
            _note_checks(event.recorder, case_id, findings)
    elif isinstance(event, events.NonFatalError) and _TOOL_FAULT in str(event.info):
        findings.passed_over["Schemathesis can't check a file of its own, and stops there"] += 1
    elif isinstance(event, events.NonFatalError):
        findings.problems.setdefault(f"{event.label}: error", str(event.info))
    elif isinstance(event, events.FatalError):
        raise event.exception


def _note_checks(recorder: ScenarioRecorder, case_id: str, findings: Findings) -> None:
    response = recorder.interactions[case_id].response
    said = f"{response.status_code} {response.content[:400]!r}" if response else "no reply"
    for check in recorder.checks[case_id]:
        if check.failure_info is None:
            continue
        failure = check.failure_info.failure
        label = recorder.cases[case_id].value.operation.label
        text = f"{failure.message}\n{check.failure_info.code_sample}\n{said}"
        findings.problems.setdefault(f"{label}: {check.name}: {failure.title}", text)


def main() -> int:
    """Run what the arguments say on a house of its own; 0 if nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.openapi.fuzzing")
    parser.add_argument("count", type=int, nargs="?", default=5000, help="about so many cases")
    parser.add_argument("--brief", action="store_true", help="a few hundred")
    asked = parser.parse_args()
    # The corners of the document alone are about 9,000 cases.
    effort = (
        Effort(examples=1, walks=4, corners=False)
        if asked.brief
        else Effort(examples=max(1, asked.count // 60), walks=max(1, asked.count // 12))
    )
    with tempfile.TemporaryDirectory() as folder, a_served_house(Path(folder)) as served:
        findings = fuzz(served, effort)
    sys.stdout.write(report(findings))
    return 1 if findings.problems else 0


def report(findings: Findings) -> str:
    """Everything in `findings`, for people."""
    lines = [f"== {name}\n{text}\n" for name, text in findings.problems.items()]
    lines.append(f"{findings.count} cases: {dict(findings.cases)}")
    lines += [f"{times} times: {reason}" for reason, times in findings.passed_over.most_common()]
    lines.append(f"{len(findings.problems)} kinds of problems")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
