"""`make chaos KILLS=2000`: storms as long as you like, and what they left as a table."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.storm import (
    SHARED_KILLS,
    WEATHER,
    Outcome,
    bad_weather,
    shared_storm,
    storms,
    table,
)
from tests.chaos.weather import is_possible

KINDS = ("embedded", "shared", "weather")
FREEZES = {"freeze": 0.5}
FREEZES_AND_CLOCKS = FREEZES | {"clock": 0.5}


def main() -> None:
    """Run storms and print what they left; the status is 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--kills", type=int, default=200, help="shared out among the storms")
    parser.add_argument("--only", choices=KINDS, help="one kind of storm instead of all")
    parser.add_argument("--freezes", action="store_true", help="stand still, and nothing else")
    parser.add_argument("--sites", type=int, default=2, help="how many servers side by side")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--keep", type=Path, help="the folder that everything is left in")
    asked = parser.parse_args()
    if asked.freezes and asked.only == "embedded":
        parser.error("--freezes: a server that is alone has nobody who could take its films up")
    print(f"seed {asked.seed}", flush=True)  # noqa: T201
    with TemporaryDirectory() as folder:
        outcomes = _storms(asked, asked.keep or Path(folder))
    print(table(outcomes))  # noqa: T201
    broken = [f"{each.site}: {said}" for each in outcomes for said in each.reckoning.breaches.all()]
    for each in outcomes:
        print(each.site, dict(each.reckoning.states))  # noqa: T201
    for said in broken:
        print(said)  # noqa: T201
    sys.exit(1 if broken else 0)


def _storms(asked: argparse.Namespace, place: Path) -> list[Outcome]:
    kinds = [asked.only] if asked.only else [*KINDS[:2], *(KINDS[2:] if is_possible() else ())]
    if asked.freezes and "embedded" in kinds:
        kinds.remove("embedded")
    kills, seed = asked.kills // len(kinds), asked.seed
    outcomes = []
    if "embedded" in kinds:
        alone = storms(place, kills=kills, sites=asked.sites, seed=seed)
        outcomes += asyncio.run(alone)
    if "shared" in kinds:
        shares = FREEZES if asked.freezes else SHARED_KILLS
        shared = shared_storm(place, kills=kills, seed=seed, shares=shares)
        outcomes.append(asyncio.run(shared))
    if "weather" in kinds:
        shares = FREEZES_AND_CLOCKS if asked.freezes else WEATHER
        weather = bad_weather(place, kills=kills, seed=seed, shares=shares)
        outcomes.append(asyncio.run(weather))
    return outcomes


if __name__ == "__main__":
    main()
