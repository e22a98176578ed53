"""`make network`: an installation on nine hosts, whose links are cut and whose hosts die."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.clients import Clients
from tests.chaos.promises import Memory
from tests.chaos.site import a_client
from tests.network import scenes
from tests.network.customers import Customer
from tests.network.installation import an_installation
from tests.network.reckoning import hook, reckon
from tests.network.rolling import rolling_restart
from tests.network.scenes import Scene
from tests.network.stage import Stage, table
from tests.network.wires import lack

_SHARES = {"plain": 0.4, "again": 0.5, "test-instant": 0.1}
_SHARES_IN_BRIEF = {"plain": 0.5, "again": 0.5}
"""How often each model is ordered meanwhile, among all."""

SCENES: dict[str, Scene] = {
    "across": scenes.films_of_others,
    "cancel": scenes.cancelled_elsewhere,
    "worker": scenes.worker_cut_off,
    "worker-link": scenes.worker_without_database,
    "database-link": scenes.database_out_of_reach,
    "objects": scenes.objects_out_of_reach,
    "hosts": scenes.hosts_killed,
    "database": scenes.database_restarted,
    "rolling": rolling_restart,
}
_BRIEF = ("worker", "database-link")
"""What `make test` plays. tests/e2e/test_many_machines.py has most of the rest without hosts."""


def main() -> None:
    """Play the scenes and print what was found; the status is 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.network")
    parser.add_argument("--brief", action="store_true", help="fewer scenes, shorter leases")
    parser.add_argument("--only", nargs="*", choices=list(SCENES), help="only these scenes")
    parser.add_argument("--keep", type=Path, help="the folder that everything is left in")
    asked = parser.parse_args()
    if reason := lack():
        sys.exit(f"There are no hosts here: {reason}")
    names = asked.only if asked.only is not None else _BRIEF if asked.brief else list(SCENES)
    with TemporaryDirectory() as folder:
        stage = asyncio.run(_play(names, asked.keep or Path(folder), is_brief=asked.brief))
    print(table(stage.lines))  # noqa: T201
    sys.exit(0 if all(line.is_kept for line in stage.lines) else 1)


async def _play(names: Sequence[str], folder: Path, *, is_brief: bool) -> Stage:
    began_s = time.monotonic()
    with an_installation(folder, lease_s=4 if is_brief else 15) as house:
        async with a_client(30, house.key) as client:
            stage = Stage(house, Customer(client, Memory()), is_brief)
            try:
                await house.site.start()
                for post in house.site.posts:
                    if post.kind == "worker":
                        await stage.until_at_work(post.name)
                await hook(stage)
                stage.note("start", "all hosts", f"{time.monotonic() - began_s:.1f} s")
                await scenes.picked_up(stage)
                await _under_load(stage, names)
                await reckon(stage, folder / "films")
            except (AssertionError, OSError, LookupError):
                said = traceback.format_exc()
                stage.note("the play", "ended by", said, is_kept=False)
                print(house.site.last_words())  # noqa: T201
    stage.note("the play", "wall", f"{time.monotonic() - began_s:.0f} s")
    return stage


async def _under_load(stage: Stage, names: Sequence[str]) -> None:
    """Play the scenes while others order films, and wait until those have theirs."""
    house = stage.house
    others = Clients(
        "others",
        house.site.urls,
        stage.customer.memory,
        random.Random(1),  # noqa: S311  # no secrets
        _SHARES_IN_BRIEF if stage.is_brief else _SHARES,
        most_open=1 if stage.is_brief else 8,
        client=a_client(key=house.key),
    )
    ordering = asyncio.create_task(others.run())
    try:
        for name in names:
            await SCENES[name](stage)
        others.is_ordering = False
        async with asyncio.timeout(120):
            while not ordering.done():
                house.site.revive()
                await asyncio.wait([ordering], timeout=0.5)
        await ordering
    finally:
        ordering.cancel()


if __name__ == "__main__":
    main()
