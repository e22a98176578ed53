"""What scenes are played on: the installation, its clients, and a table of what was found."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.network.customers import Customer, until
from tests.network.installation import Installation
from tests.network.wires import Host


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at."""

    scene: str
    what: str
    found: str
    is_kept: bool = True
    """Whether it is as it must be."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What scenes are played on."""

    house: Installation
    customer: Customer
    is_brief: bool
    """Whether there is less time than all of it takes."""

    lines: list[Line] = field(default_factory=list)

    def note(self, scene: str, what: str, found: str, *, is_kept: bool = True) -> None:
        """Remember what was found, and say it."""
        line = Line(scene=scene, what=what, found=found, is_kept=is_kept)
        self.lines.append(line)
        print(f"{'' if is_kept else 'BROKEN '}{scene}: {what}: {found}", flush=True)  # noqa: T201

    def time(self, scene: str, what: str, took_s: float, most_s: float) -> None:
        """Remember how long something took, and whether that was short enough."""
        said = f"{took_s:.2f} s (at most {most_s:g})"
        self.note(scene, what, said, is_kept=took_s <= most_s)

    @contextmanager
    def timed(self, scene: str, what: str, most_s: float) -> Iterator[None]:
        """Remember how long the context takes."""
        began_s = time.monotonic()
        yield
        self.time(scene, what, time.monotonic() - began_s, most_s)

    async def pace(self, takes_s: float | None) -> None:
        """Let the upstream take so long for every film from now on; None: no time at all."""
        await self.customer.client.put(f"{self.house.world}/pace", json={"takes_s": takes_s})

    async def orderer(self, words: str) -> Host:
        """The host that has ordered a film of the upstream."""

        async def look() -> str | None:
            senders: dict[str, str] = (await self._report())["senders"]
            return senders.get(words)

        return self.house.host_at(await until(look, f"'{words}' being ordered"))

    async def orders(self, words: str) -> int:
        """How often a film was ordered of the upstream."""
        count: int = (await self._report())["orders"].get(words, 0)
        return count

    def outcomes(self, video_id: str) -> list[str | None]:
        """How the attempts at a film ended, in order."""
        return [row[0] for row in self._attempts("outcome", video_id)]

    async def until_begun(self, video_id: str, attempt: int) -> None:
        """Return once an attempt of that number has begun."""

        async def look() -> bool:
            return len(self._attempts("number", video_id)) >= attempt

        await until(look, f"attempt {attempt} at {video_id}")

    async def until_recorded(self, video_id: str) -> None:
        """Return once the row has what the upstream calls the film: another worker can go on."""

        async def look() -> bool:
            return any(row[0] for row in self._attempts("upstream_id", video_id))

        await until(look, f"the upstream's id of {video_id}")

    async def until_at_work(self, name: str) -> None:
        """Return once the database has heard of the worker after this call."""
        site = self.house.site
        with self.house.rows() as rows:
            [(now,)] = rows("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")

        async def look() -> bool:
            site.revive()
            post = self.house.post(name)
            assert post.is_alive(), f"{name} ended by itself:\n{site.last_words()}"
            with self.house.rows() as rows:
                seen = dict(rows("SELECT process_id, seen_at FROM workers"))
            return bool(seen.get(post.process_id, 0) > now)

        await until(look, f"{name} at work")

    def _attempts(self, column: str, video_id: str) -> list[tuple[Any, ...]]:
        own = video_id.removeprefix("video_")
        with self.house.rows() as rows:
            found = rows(f"SELECT {column}, video_id FROM attempts ORDER BY number")  # noqa: S608
        return [row for row in found if row[1] == own]

    async def _report(self) -> dict[str, Any]:
        reply = await self.customer.client.get(f"{self.house.world}/report")
        report: dict[str, Any] = reply.json()
        return report


def table(lines: list[Line]) -> str:
    """All of it in Markdown."""
    rows = [f"| {each.scene} | {each.what} | {each.found} |" for each in lines]
    return "\n".join(["| scene | what | found |", "| --- | --- | --- |", *rows])
