"""What is found at the end: in the rows, in the blobs, and in the world outside."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import av
import psycopg  # noqa: TID253  # tests load what they like

from tests.chaos.promises import FINAL, Film, Found
from tests.chaos.site import Site

Rows = Callable[[str], Sequence[tuple[Any, ...]]]
"""Runs a statement and gives all its rows."""


@contextlib.contextmanager
def rows_of(database: str) -> Iterator[Rows]:
    """The rows at the address of a PostgreSQL database, or in an SQLite file, which is whole."""
    if database.startswith("postgresql:"):
        with psycopg.connect(database, autocommit=True) as connected:
            yield lambda statement: connected.execute(statement.encode()).fetchall()
        return
    with contextlib.closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        yield lambda statement: connection.execute(statement).fetchall()


def find(rows: Rows, blobs: Path, report: Mapping[str, Any], *, decoded: int = 10) -> Found:
    """All of it. So many films of each size are decoded to their last frame."""
    ends, turns = _ends(rows), _turns(rows)
    films = []
    sizes: dict[str, int] = defaultdict(int)
    for video_id, spec, state, cause, assets in rows(
        "SELECT id, spec, state, failure_code, assets FROM videos ORDER BY id"
    ):
        stored = json.loads(assets)
        size = str(json.loads(spec).get("size"))
        sizes[size] += 1
        films.append(
            Film(
                id=f"video_{video_id}",
                words=json.loads(spec)["prompt"],
                status=state,
                cause=cause,
                ends=tuple(ends.pop(video_id, ())),
                turns=tuple(turns[video_id]),
                faults=tuple(_faults(video_id, state, stored, blobs, sizes[size] <= decoded)),
            )
        )
    return Found(
        films=tuple(films),
        ends_of_deleted={f"video_{each}": tuple(kinds) for each, kinds in ends.items()},
        orders=report["orders"],
        letters={video_id: tuple(names) for video_id, names in report["letters"].items()},
        dead=frozenset(
            f"video_{row[0]}" for row in rows("SELECT video_id FROM deliveries WHERE state='dead'")
        ),
        half_files=tuple(_half_files(blobs)),
    )


def untold(rows: Rows, report: Mapping[str, Any]) -> set[str]:
    """The videos that have ended, of which no webhook told yet."""
    ended = rows("SELECT id FROM videos WHERE state IN ('completed', 'failed')")
    return {f"video_{row[0]}" for row in ended} - set(report["letters"])


def _ends(rows: Rows) -> dict[str, list[str]]:
    """The final events of each video, in order."""
    ends: dict[str, list[str]] = defaultdict(list)
    for video_id, kind in rows("SELECT video_id, kind FROM events ORDER BY sequence"):
        if kind in FINAL:
            ends[video_id].append(kind)
    return ends


def _turns(rows: Rows) -> dict[str, list[int]]:
    """Whose turn it was at each event of a video."""
    turns: dict[str, list[int]] = defaultdict(list)
    for video_id, attempt in rows("SELECT video_id, attempt FROM events ORDER BY sequence"):
        turns[video_id].append(attempt)
    return turns


def _faults(
    video_id: str, state: str, assets: Sequence[Mapping[str, Any]], blobs: Path, decode: bool
) -> Iterator[str]:
    if state != "completed":
        if assets:
            yield f"{video_id}: is {state} and has files"
        return
    if {each["variant"] for each in assets} != {"video", "thumbnail", "spritesheet"}:
        yield f"{video_id}: its files are {assets}"
    for asset in assets:
        path = blobs / asset["blob_key"]
        if not path.is_file():
            yield f"{video_id}: {asset['blob_key']} is not there"
            continue
        data = path.read_bytes()
        if len(data) != asset["size_bytes"]:
            yield f"{video_id}: {asset['blob_key']} has {len(data)} bytes"
        if hashlib.sha256(data).hexdigest() != asset["sha256"]:
            yield f"{video_id}: {asset['blob_key']} is not what was stored"
        if asset["variant"] == "video":
            yield from _faults_of_film(path, asset, decode=decode)


def _faults_of_film(path: Path, asset: Mapping[str, Any], *, decode: bool) -> Iterator[str]:
    if not is_whole(path):
        yield f"{path.name} of {path.parent}: its boxes are not those of a film"
    if not decode:
        return
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(stream))
        rate = float(stream.average_rate or 24)
    if abs(frames / rate - asset["seconds"]) > 1.01 / rate:
        yield f"{path}: {frames} frames are not {asset['seconds']} s"


def is_whole(path: Path) -> bool:
    """Whether an MP4's boxes end where the file ends, its index before its pictures."""
    data, at, names = path.read_bytes(), 0, []
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8:
            return False
        names.append(data[at + 4 : at + 8])
        at += size
    return at == len(data) and names.index(b"moov") < names.index(b"mdat")


def _half_files(blobs: Path) -> Iterator[str]:
    """Films that lie where films lie and are not whole, whether a row names them or not."""
    for path in (blobs / "videos").rglob("*"):
        if path.suffix == ".mp4" and not is_whole(path):
            yield f"{path} is half a film"
        elif path.is_file() and path.stat().st_size == 0:
            yield f"{path} is empty"


OUTAGES = frozenset({"backend", "database"})
"""What is killed when nobody can tell who else is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeUps:
    """How attempts went on whose process was killed, or stood still."""

    count: int
    seen: int
    """Of how many it could be told that their worker was dead."""

    longest_s: float
    """From the last word of its worker until the video was in line again."""

    longest_to_begin_s: float
    """Until it was begun again: others may have been before it in the line."""

    longest_unseen_s: float
    """The same as the first, where it could not be told: the database was killed meanwhile, or
    every other process, and each waits for a lease from then on."""


def take_ups(rows: Rows, site: Site) -> TakeUps:
    """What became of the attempts that nobody ended."""
    begun: dict[tuple[str, int], float] = {}
    broken: list[tuple[str, int, float, float]] = []
    for video_id, number, started, finished, outcome, message in rows(
        "SELECT video_id, number, started_at, finished_at, outcome, message FROM attempts"
    ):
        begun[video_id, number] = started / 1e6
        if outcome == "lease_expired":
            broken.append((video_id, number, _last_heard_s(message), finished / 1e6))
        elif outcome == "server_restarted":
            ends = [kill.at_s for kill in site.kills if started / 1e6 <= kill.at_s and kill.post]
            broken.append((video_id, number, min(ends, default=finished / 1e6), finished / 1e6))
    waits, waits_to_begin, unseen = [0.0], [0.0], [0.0]
    for video_id, number, heard_s, finished_s in broken:
        if _is_seen(site, heard_s, finished_s):
            waits.append(finished_s - heard_s)
            waits_to_begin.append(begun.get((video_id, number + 1), finished_s) - heard_s)
        else:
            unseen.append(finished_s - heard_s)
    return TakeUps(
        count=len(broken),
        seen=len(waits) - 1,
        longest_s=max(waits),
        longest_to_begin_s=max(waits_to_begin),
        longest_unseen_s=max(unseen),
    )


def _last_heard_s(message: str) -> float:
    """When the message of an attempt whose lease was over says that its worker was heard of."""
    word = message.removesuffix(".").rpartition(" ")[2]
    return datetime.fromisoformat(word).timestamp()


def _is_seen(site: Site, heard_s: float, finished_s: float) -> bool:
    """Whether the database and some process lived from the worker's last word on.

    A server that is alone needs neither: it knows that nobody else has its rows.
    """
    if len(site.posts) == 1:
        return True
    ends = [kill for kill in site.kills if heard_s <= kill.at_s <= finished_s]
    if any(kill.kind in OUTAGES for kill in ends):
        return False
    return len({kill.post for kill in ends if kill.post}) < len(site.posts)
