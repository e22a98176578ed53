"""The client matrix: released clients, unmodified, against real servers.

`python -m tools.clients` runs every row, `--only NAME` some; `--lock` resolves their locks anew.
The result is printed and kept in `.clients/matrix.md`. The exit status is 1 if anything that a
client can do failed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.clients.stage import Outcome

from tools.clients_environments import HOME, command, lock, make
from tools.clients_house import QUICK_MODEL, ClientsHouse, clients_house, spoken
from tools.clients_table import CLIENTS, NEWEST, ROOT, ROWS, Row

MATRIX = HOME / "matrix.md"
_ROW_S = 900
_MARKS = {"pass": "pass", "fail": "**FAIL**", "absent": "–"}
Results = dict[Row, list[Outcome]]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="rows, by name or its beginning")
    parser.add_argument("--lock", action="store_true", help="resolve their locks instead")
    parser.add_argument("--make", action="store_true", help="make their environments, no more")
    parser.add_argument("--newest", action="store_true", help="the rows that `make test` drives")
    parser.add_argument("--model", default=QUICK_MODEL, help="what makes the films")
    given = parser.parse_args()
    among = NEWEST if given.newest else ROWS
    rows = [row for row in among if not given.only or row.name.startswith(tuple(given.only))]
    if not rows:
        parser.error(f"no such row; there are {', '.join(row.name for row in ROWS)}")
    if given.lock:
        for environment in {row.environment.name: row.environment for row in rows}.values():
            lock(environment)
        return
    for row in rows:
        make(row.environment)
    if given.make:
        return
    results = run(rows, given.model)
    text = page(results)
    MATRIX.write_text(text, encoding="utf-8")
    print(text)
    failed = any(outcome.state == "fail" for each in results.values() for outcome in each)
    sys.exit(1 if failed else 0)


def run(rows: Sequence[Row], model: str) -> Results:
    """Drive every row against one pair of servers."""
    results: Results = {}
    with (
        tempfile.TemporaryDirectory(prefix="matinee-clients-") as folder,
        clients_house(Path(folder), model) as house,
    ):
        for row in rows:
            started_s = time.monotonic()
            results[row] = drive(row, house)
            states = [outcome.state for outcome in results[row]]
            told = ", ".join(f"{states.count(state)} {state}" for state in ("pass", "fail"))
            seconds = time.monotonic() - started_s
            print(f"{row.name}: {told} in {seconds:.0f} s", file=sys.stderr, flush=True)
    return results


def drive(row: Row, house: ClientsHouse) -> list[Outcome]:
    """Run the driver of `row` in its environment."""
    folder = make(row.environment)
    node = row.environment.node
    driver = str(CLIENTS / row.driver) if node else f"tests.clients.{row.driver}"
    told = spoken(house.set_up(with_key=row.keyed), folder if node else None)
    return outcomes_of([*command(row.environment), driver], told, HOME / "logs" / f"{row.name}.log")


def outcomes_of(driver: Sequence[str], told: str, log: Path) -> list[Outcome]:
    """Run a driver; what it prints is what became of the checks, the rest goes to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as kept:
        done = subprocess.run(
            driver,
            input=told,
            stdout=subprocess.PIPE,
            stderr=kept,
            text=True,
            cwd=ROOT,
            env=_plain_environment(),
            timeout=_ROW_S,
            check=False,
        )
    outcomes = [
        Outcome(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")
    ]
    if done.returncode != 0 or not outcomes:
        detail = f"ended with status {done.returncode}; {log.name} says why"
        outcomes.append(Outcome(check="driver", state="fail", detail=detail))
    return outcomes


def page(results: Results) -> str:
    """One table for each driver, and what failed."""
    parts = ["# Client matrix\n"]
    for driver in dict.fromkeys(row.driver for row in results):
        rows = [row for row in results if row.driver == driver]
        parts.append(_table({row: results[row] for row in rows}))
    failures = [
        f"- {row.name}, {outcome.check}: {outcome.detail}"
        for row, outcomes in results.items()
        for outcome in outcomes
        if outcome.state == "fail"
    ]
    parts.append("\n".join(failures) if failures else "Everything that these clients can do works.")
    return "\n".join(parts) + "\n"


def _table(results: Results) -> str:
    checks = dict.fromkeys(each.check for outcomes in results.values() for each in outcomes)
    found = {
        (row, each.check): _MARKS[each.state]
        for row, outcomes in results.items()
        for each in outcomes
    }
    lines = [
        f"| check | {' | '.join(row.name for row in results)} |",
        f"|---|{'---|' * len(results)}",
    ]
    lines += [
        f"| {check} | {' | '.join(found.get((row, check), '–') for row in results)} |"
        for check in checks
    ]
    return "\n".join(lines) + "\n"


def _plain_environment() -> dict[str, str]:
    """Ours without what would lead a client elsewhere."""
    names = ("OPENAI_", "AZURE_", "LITELLM_", "OPENROUTER_", "MATINEE_")
    ours = dict(os.environ)  # noqa: TID251 - a child process gets it, we read no setting
    kept = {name: value for name, value in ours.items() if not name.startswith(names)}
    return {**kept, "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}


if __name__ == "__main__":
    main()
