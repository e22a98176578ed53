"""The end: wait until all is told, gather what is found on every host, and compare."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matinee.blobs.objects import Patience
from tests.chaos.clients import CAUSES
from tests.chaos.evidence import find, untold
from tests.chaos.promises import Breaches, breaches
from tests.network.stage import Stage

_TOLD_S = 60.0
_LOOK_S = 0.2


async def hook(stage: Stage) -> None:
    """Have every end told to the world outside."""
    wish = {
        "name": "Ends",
        "url": f"{stage.house.world}/hooks",
        "event_types": ["video.completed", "video.failed"],
    }
    url = f"{stage.house.url('api-1')}/v1/webhook_endpoints"
    reply = await stage.customer.client.post(url, json=wish)
    assert reply.status_code == 200, reply.text


async def reckon(stage: Stage, folder: Path) -> None:
    """Note what was lost, done twice, half done or told falsely: nothing."""
    report = await _until_told(stage)
    await stage.house.site.stop()
    _fetch(stage, folder)
    with stage.house.rows() as rows:
        found = find(rows, folder, report, decoded=5)
    broken = breaches(stage.customer.memory, found, causes=CAUSES)
    states = Counter(film.cause or film.status for film in found.films)
    stage.note("at the end", "films", ", ".join(f"{n} {name}" for name, n in states.items()))
    _note(stage, broken)


def _note(stage: Stage, broken: Breaches) -> None:
    counts = {name: len(getattr(broken, name)) for name in broken.__slots__}
    said = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in counts.items())
    stage.note("at the end", "breaches", said, is_kept=not broken.all())
    for breach in broken.all():
        stage.note("at the end", "breach", breach, is_kept=False)


async def _until_told(stage: Stage) -> Mapping[str, Any]:
    """What the world outside says once every end was told to it, or time is over."""
    give_up_s = time.monotonic() + _TOLD_S
    while True:
        report: Mapping[str, Any] = (
            await stage.customer.client.get(f"{stage.house.world}/report")
        ).json()
        with stage.house.rows() as rows:
            waits = untold(rows, report)
        if not waits or time.monotonic() > give_up_s:
            return report
        await asyncio.sleep(_LOOK_S)


def _fetch(stage: Stage, folder: Path) -> None:
    """Everything in the object store as files."""
    bucket = stage.house.objects.bucket("here").open(Patience())
    for page in bucket.list():
        for entry in page:
            path = folder / entry["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bytes(bucket.get(entry["path"]).bytes()))
