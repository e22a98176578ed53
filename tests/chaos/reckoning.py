"""The end of every test here: wait until all is told, gather what is found, and compare."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.chaos.clients import CAUSES
from tests.chaos.evidence import TakeUps, find, rows_of, take_ups, untold
from tests.chaos.promises import Breaches, Memory, breaches
from tests.chaos.site import Site, a_client

_TOLD_S = 60.0
_LOOK_S = 0.2

Report = Mapping[str, Any]
"""What the world outside says of what came in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """What a site is worth after what was done to it."""

    breaches: Breaches
    take_ups: TakeUps
    states: Mapping[str, int]
    """How many videos ended how."""


async def hook(site: Site, outside_port: int) -> str:
    """Have every end of the site's videos told to the world outside; the endpoint's id."""
    wish = {
        "name": "Ends",
        "url": f"http://127.0.0.1:{outside_port}/hooks",
        "event_types": ["video.completed", "video.failed"],
    }
    async with a_client() as client:
        reply = await client.post(f"{site.urls()[0]}/v1/webhook_endpoints", json=wish)
    assert reply.status_code == 200, reply.text
    endpoint_id: str = reply.json()["id"]
    return endpoint_id


async def until_told(site: Site, outside_port: int) -> Report:
    """What the world outside says of the site once every end was told to it, or time is over."""
    give_up_s = time.monotonic() + _TOLD_S
    async with a_client() as client:
        while True:
            reply = await client.get(f"http://127.0.0.1:{outside_port}/report")
            report: Report = reply.json()
            with rows_of(site.database) as rows:
                waits = untold(rows, report)
            if not waits or time.monotonic() > give_up_s:
                return _own(site, report)
            await asyncio.sleep(_LOOK_S)


def reckon(site: Site, memory: Memory, report: Report) -> Reckoning:
    """Everything that is found, compared with what clients were told."""
    with rows_of(site.database) as rows:
        found = find(rows, site.blobs, report)
        waits = take_ups(rows, site)
    return Reckoning(
        breaches=breaches(memory, found, causes=CAUSES),
        take_ups=waits,
        states=Counter(film.cause or film.status for film in found.films),
    )


def _own(site: Site, report: Report) -> Report:
    """What concerns this site: others may share the world outside."""
    with rows_of(site.database) as rows:
        ids = {f"video_{row[0]}" for row in rows("SELECT video_id FROM events")}
    own = f"of {site.name}"
    return {
        "orders": {words: n for words, n in report["orders"].items() if words.endswith(own)},
        "letters": {each: names for each, names in report["letters"].items() if each in ids},
    }
