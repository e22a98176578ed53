"""Load and kills at once, then peace, then the reckoning."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.chaos.clients import Clients
from tests.chaos.cluster import a_shared_site
from tests.chaos.evidence import OUTAGES
from tests.chaos.ground import a_ground
from tests.chaos.promises import Memory
from tests.chaos.reckoning import Reckoning, hook, reckon, until_told
from tests.chaos.site import Kill, Post, Site, an_embedded_site
from tests.chaos.stacks import ask
from tests.chaos.weather import Weather, weather_over
from tests.postgres import PostgresServer, a_server

SHARES = {"plain": 0.4, "again": 0.46, "test-instant": 0.14}
"""How often each model is ordered, among all."""

MOST_OPEN = 25
KILLS = {"server": 0.4, "child": 0.6}
WEATHER = {
    "server": 0.1,
    "child": 0.1,
    "freeze": 0.1,
    "full": 0.2,
    "broken": 0.2,
    "read-only": 0.15,
    "clock": 0.15,
}
SHARED_KILLS = {
    "child": 0.35,
    "worker": 0.25,
    "api": 0.15,
    "backend": 0.12,
    "database": 0.05,
    "freeze": 0.08,
}
"""How often each is chosen, among all."""

_PAUSE_ALONE_S = (0.02, 0.3)
"""Between two kills where nobody else is to see in time that somebody is dead."""

_CALM_S = 120.0
"""So long without an end of any film, and nobody waits for one any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a storm on one site left."""

    site: str
    accepted: int
    kills: Mapping[str, int]
    reckoning: Reckoning
    seconds: float


@dataclass(slots=True)
class Storm:
    """Kills, at random, on one site under load."""

    site: Site
    clients: Clients
    chance: random.Random
    kills: int
    outside_port: int
    shares: Mapping[str, float]
    """How often each kind of process is killed, among all kills."""

    pause_s: tuple[float, float] = (0.05, 0.7)
    postgres: PostgresServer | None = None
    weather: Weather | None = None
    frozen_s: tuple[float, float] = (0.2, 6.0)
    counted: Counter[str] = field(default_factory=Counter)

    async def run(self) -> Outcome:
        """The storm from its beginning to the reckoning."""
        began_s = time.monotonic()
        await self.site.start()
        await hook(self.site, self.outside_port)
        ordering = asyncio.create_task(self.clients.run())
        while self.counted.total() < self.kills:
            await asyncio.sleep(self.chance.uniform(*self.pause_s))
            if ordering.done():
                break
            await self._revive()
            await self._harm(self._next_kind())
        if self.weather is not None:
            self.weather.clock(0.0)
        self.clients.is_ordering = False
        await self._until_over(ordering)
        report = await until_told(self.site, self.outside_port)
        await self.site.stop()
        return Outcome(
            site=self.site.name,
            accepted=len(self.clients.memory.accepted),
            kills=dict(self.counted),
            reckoning=reckon(self.site, self.clients.memory, report),
            seconds=time.monotonic() - began_s,
        )

    def _next_kind(self) -> str:
        """What is done next. The second half is without outages: then dead workers are noticed."""
        shares = dict(self.shares)
        if self.counted.total() >= self.kills // 2:
            shares = {kind: share for kind, share in shares.items() if kind not in OUTAGES}
        (kind,) = self.chance.choices(list(shares), list(shares.values()))
        return kind

    async def _until_over(self, ordering: asyncio.Task[None]) -> None:
        """Wait until every client has seen the end of all it wished, while there are any ends."""
        ends, give_up_s = -1, 0.0
        while not ordering.done():
            seen = self.clients.memory.ends
            if seen != ends:
                ends, give_up_s = seen, time.monotonic() + _CALM_S
            if time.monotonic() > give_up_s:
                # What is not over by now is found by the reckoning, and why in the log.
                ask(post.process_id for post in self.site.posts)
                ordering.cancel()
            await self._revive()
            await asyncio.wait([ordering], timeout=0.5)
        with contextlib.suppress(asyncio.CancelledError):
            await ordering

    async def _revive(self) -> None:
        """Begin again whoever ended by himself, as service managers do; a database, too."""
        if self.postgres is not None and not _is_running(self.postgres):
            await asyncio.to_thread(self.postgres.start)
        self.site.revive()

    async def _harm(self, kind: str) -> None:
        """Do to somebody what `kind` says."""
        match kind:
            case "child":
                self._kill_one([each for post in self.site.posts for each in post.children()], kind)
            case "backend":
                assert self.postgres is not None
                await self._revive()
                server = psutil.Process(self.postgres.process_id)
                self._kill_one(server.children(), kind)
            case "database":
                assert self.postgres is not None
                self._count(kind)
                await asyncio.to_thread(self.postgres.stop_immediately)
                await asyncio.sleep(self.chance.uniform(0.0, 2.0))
                await asyncio.to_thread(self.postgres.start)
            case "full" | "broken" | "read-only":
                assert self.weather is not None
                self._count(kind)
                self.weather.disk(kind)
                await asyncio.sleep(self.chance.uniform(0.1, 1.5))
                self.weather.disk(None)
            case "clock":
                assert self.weather is not None
                self._count(kind)
                self.weather.clock(self.chance.choice((-300.0, -20.0, 0.0, 20.0, 300.0)))
            case "freeze":
                post = self.chance.choice(self.site.posts)
                self._count(kind)
                self.site.freeze(post)
                await asyncio.sleep(self.chance.uniform(*self.frozen_s))
                self.site.thaw(post)
            case _:
                post = self.chance.choice([each for each in self.site.posts if each.kind == kind])
                self._count(kind, post)
                post.kill()
                await self.site.restart(post)

    def _kill_one(self, processes: Sequence[psutil.Process], kind: str) -> None:
        if processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.chance.choice(processes).kill()
                self._count(kind)

    def _count(self, kind: str, post: Post | None = None) -> None:
        self.counted[kind] += 1
        name = post.name if post is not None else ""
        self.site.kills.append(Kill(at_s=time.time(), kind=kind, post=name))  # compared with rows


def _is_running(postgres: PostgresServer) -> bool:
    try:
        return psutil.pid_exists(postgres.process_id)
    except FileNotFoundError:
        return False


async def storms(folder: Path, *, kills: int, sites: int, seed: int) -> list[Outcome]:
    """Storms on so many servers side by side, each with its share of the kills."""
    with a_ground(seed, is_calm=False) as ground:
        prepared = []
        for number in range(sites):
            chance = random.Random(seed * 1000 + number)  # noqa: S311  # no secrets
            name = f"site-{number + 1}"
            site = an_embedded_site(name, folder / name, ground.nursery, ground.outside_port)
            clients = Clients(name, site.urls, Memory(), chance, SHARES, most_open=MOST_OPEN)
            share = kills // sites + (number < kills % sites)
            storm = Storm(site, clients, chance, share, ground.outside_port, KILLS)
            storm.pause_s = _PAUSE_ALONE_S
            prepared.append(storm)
        return await asyncio.gather(*(each.run() for each in prepared))


async def bad_weather(
    folder: Path, *, kills: int, seed: int, shares: Mapping[str, float] = WEATHER
) -> Outcome:
    """A storm on one server with bad disks, a clock that jumps, and moments of standing still."""
    chance = random.Random(seed)  # noqa: S311  # no secrets
    name = "bad-weather"
    root = folder / name
    with (
        weather_over(root, folder) as weather,
        a_ground(seed, is_calm=False, environment=weather.environment) as ground,
    ):
        site = an_embedded_site(name, root, ground.nursery, ground.outside_port)
        clients = Clients(name, site.urls, Memory(), chance, SHARES, most_open=MOST_OPEN)
        storm = Storm(site, clients, chance, kills, ground.outside_port, shares)
        storm.weather = weather
        return await storm.run()


async def shared_storm(
    folder: Path, *, kills: int, seed: int, shares: Mapping[str, float] = SHARED_KILLS
) -> Outcome:
    """A storm on servers and workers that share a PostgreSQL, which is killed as well."""
    chance = random.Random(seed)  # noqa: S311  # no secrets
    name = "many-machines"
    with (
        a_ground(seed, is_calm=False) as ground,
        a_server() as postgres,
        postgres.a_database() as database,
    ):
        site = a_shared_site(name, folder / name, ground, database)
        clients = Clients(name, site.urls, Memory(), chance, SHARES, most_open=MOST_OPEN)
        storm = Storm(site, clients, chance, kills, ground.outside_port, shares)
        storm.postgres = postgres
        return await storm.run()


def _seconds(outcome: Outcome) -> list[str]:
    """Its times as a table has them; none where the clock itself jumped."""
    waits = outcome.reckoning.take_ups
    times_s = (waits.longest_s, waits.longest_to_begin_s, waits.longest_unseen_s)
    return ["-" if "clock" in outcome.kills else f"{each:.1f}" for each in times_s]


def table(outcomes: Sequence[Outcome]) -> str:
    """What storms left, as a table in Markdown."""
    kinds = sorted({kind for each in outcomes for kind in each.kills})
    heads = [
        *("where", "accepted", *(f"kills: {kind}" for kind in kinds)),
        *("lost", "duplicate ids", "second submissions", "second final events"),
        *("late writes", "half files"),
        *("untold ends", "other breaches", "taken up again", "after at most, s"),
        *("begun after at most, s", "unseen, s", "wall, s"),
    ]
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    for each in outcomes:
        found, waits = each.reckoning.breaches, each.reckoning.take_ups
        cells = [
            *(each.site, each.accepted, *(each.kills.get(kind, 0) for kind in kinds)),
            *(len(found.lost), len(found.duplicate_ids), len(found.second_orders)),
            *(len(found.second_ends), len(found.late_writes), len(found.half_files)),
            len(found.untold),
            len(found.told_falsely) + len(found.causeless),
            *(waits.count, *_seconds(each)),
            f"{each.seconds:.0f}",
        ]
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)
