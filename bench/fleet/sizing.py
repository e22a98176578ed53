"""The model of sizes: formulas from inputs to what must be there, and what of it breaks first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bench.fleet.inputs import Inputs
from bench.fleet.tables import Table, in_bytes, in_tenths, in_words

DAY_S = 86_400
FINAL_COMMITS = 3
"""Accepted, begun, finished: each notifies."""

SWEEP_S = 4
"""So often, at most, one of all processes sweeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What the busiest minutes of `inputs` need. Rates are for a second."""

    inputs: Inputs

    @property
    def films(self) -> float:
        """films_per_day / 86,400 · peak"""
        return self.inputs.films_per_day / DAY_S * self.inputs.peak

    @property
    def gpus(self) -> float:
        """films · (1 - upstream_share) · gpu_s / gpu_busy"""
        share = 1 - self.inputs.upstream_share
        return self.films * share * self.inputs.gpu_s / self.inputs.gpu_busy

    @property
    def upstream_films(self) -> float:
        """films · upstream_share · upstream_s"""
        return self.films * self.inputs.upstream_share * self.inputs.upstream_s

    @property
    def upstream_memory_bytes(self) -> float:
        """upstream_films · upstream_kb"""
        return self.upstream_films * self.inputs.upstream_kb * 1000

    @property
    def requests(self) -> float:
        """films · (1 + polls + downloads)"""
        return self.films * (1 + self.inputs.polls + self.inputs.downloads)

    @property
    def unfinished(self) -> float:
        """films · (wait_s + gpu_s or upstream_s, by their shares)"""
        share = self.inputs.upstream_share
        made_s = share * self.inputs.upstream_s + (1 - share) * self.inputs.gpu_s
        return self.films * (self.inputs.wait_s + made_s)

    @property
    def watchers(self) -> float:
        """unfinished · watched_share"""
        return self.unfinished * self.inputs.watched_share

    @property
    def api_processes(self) -> float:
        """(films · create_us + other requests · read_us) / process_busy, and those for watchers"""
        creating = self.films * self.inputs.create_us
        reading = (self.requests - self.films) * self.inputs.read_us
        busy = (creating + reading) / 1e6 / self.inputs.process_busy
        return busy + self.watchers / self.inputs.watchers_per_process

    @property
    def worker_processes(self) -> float:
        """gpus / gpus_per_process + upstream_films · upstream_millicores / 1000 / process_busy"""
        upstream = self.upstream_films * self.inputs.upstream_millicores / 1000
        local = math.ceil(self.gpus / self.inputs.gpus_per_process)
        return local + math.ceil(upstream / self.inputs.process_busy)

    @property
    def processes(self) -> float:
        """api_processes + worker_processes"""
        return math.ceil(self.api_processes) + self.worker_processes

    @property
    def notifying_commits(self) -> float:
        """films · (3 + gpu_s / progress_s, or upstream_s / upstream_write_s)"""
        share = self.inputs.upstream_share
        local = self.inputs.gpu_s / max(0.5, self.inputs.progress_s)
        writes = share * self.inputs.upstream_s / self.inputs.upstream_write_s
        writes += (1 - share) * local
        return self.films * (FINAL_COMMITS + writes)

    @property
    def listening_cores(self) -> float:
        """commits that notify · (API and worker processes) · listening_us"""
        return self.notifying_commits * self.processes * self.inputs.listening_us / 1e6

    @property
    def looking_cores(self) -> float:
        """worker processes · (films + 1) · look_us: nearly all have a GPU free"""
        return self.worker_processes * (self.films + 1) * self.inputs.look_us / 1e6

    @property
    def living_commits(self) -> float:
        """(API and worker processes) · 3 / lease_s"""
        return self.processes * 3 / self.inputs.lease_s

    @property
    def living_cores(self) -> float:
        """(API and worker processes)² · worker_us: each second, each reads of all"""
        return self.processes**2 * self.inputs.worker_us / 1e6

    @property
    def sweeping_cores(self) -> float:
        """unfinished · sweep_us / 4: one process sweeps for all"""
        return self.unfinished * self.inputs.sweep_us / 1e6 / SWEEP_S

    @property
    def connections(self) -> float:
        """(API and worker processes) · connections"""
        return self.processes * self.inputs.connections

    @property
    def row_bytes(self) -> float:
        """films_per_day · row_days · row_kb"""
        return self.inputs.films_per_day * self.inputs.row_days * self.inputs.row_kb * 1000

    @property
    def film_bytes(self) -> float:
        """films_per_day · kept_days · film_mb"""
        return self.inputs.films_per_day * self.inputs.kept_days * self.inputs.film_mb * 1e6

    @property
    def download_bytes(self) -> float:
        """films · downloads · film_mb"""
        return self.films * self.inputs.downloads * self.inputs.film_mb * 1e6

    @property
    def cells(self) -> int:
        """commits that notify / (0.7 · commit_limit)"""
        return math.ceil(self.notifying_commits / (0.7 * self.inputs.commit_limit))


_ROWS: Mapping[str, tuple[str, Callable[[float], str]]] = {
    "films a second": ("films", in_words),
    "GPUs": ("gpus", lambda number: in_words(math.ceil(number))),
    "films upstream at once": ("upstream_films", in_words),
    "memory for these": ("upstream_memory_bytes", in_bytes),
    "unfinished films": ("unfinished", in_words),
    "requests a second": ("requests", in_words),
    "watchers at once": ("watchers", in_words),
    "API processes": ("api_processes", lambda number: in_words(math.ceil(number))),
    "worker processes": ("worker_processes", in_words),
    "connections to the database": ("connections", in_words),
    "commits that notify, a second": ("notifying_commits", in_words),
    "the database's cores for listeners": ("listening_cores", in_tenths),
    "its cores for looks that find nothing": ("looking_cores", in_tenths),
    "its cores for who lives": ("living_cores", in_tenths),
    "its cores for sweeps": ("sweeping_cores", in_tenths),
    "commits that say who lives, a second": ("living_commits", in_words),
    "rows kept": ("row_bytes", in_bytes),
    "films kept": ("film_bytes", in_bytes),
    "downloads a second": ("download_bytes", in_bytes),
    "databases for so many commits": ("cells", in_words),
}

SIZES: Mapping[str, Inputs] = {
    "a team": Inputs(films_per_day=14_400),
    "a gateway": Inputs(films_per_day=240_000, upstream_share=1),
    "100,000 a day": Inputs(films_per_day=100_000),
    "1 million": Inputs(films_per_day=1_000_000),
    "10 million": Inputs(films_per_day=10_000_000),
}


def table_of_needs(columns: Mapping[str, Inputs]) -> Table:
    """What each of them needs at its peak."""
    table = Table("at the peak", *columns)
    for name, (attribute, show) in _ROWS.items():
        table.add(
            name, *(show(getattr(Needs(inputs=each), attribute)) for each in columns.values())
        )
    return table


def table_of_sizes() -> Table:
    """The sizes of docs/scale.md."""
    return table_of_needs(SIZES)


def table_of_formulas() -> Table:
    """How each line comes about."""
    table = Table("line", "formula")
    for name, (attribute, _) in _ROWS.items():
        table.add(name, (getattr(Needs, attribute).__doc__ or "").strip().rstrip("."))
    return table


def table_of_limits() -> Table:
    """How many films a day one database bears, for each way to spare it."""
    table = Table("films of", "progress written", "commits that notify, a film", "films a day")
    ways = {
        "3 steps on a GPU, 16 s": Inputs(gpu_s=16),
        "50 steps on a GPU, 95 s": Inputs(gpu_s=95),
        "an upstream, 2 min": Inputs(upstream_share=1),
    }
    for name, inputs in ways.items():
        seldom = replace(inputs, progress_s=5.0, upstream_write_s=5.0)
        for pace, changed in (("as now", inputs), ("every 5 s, which is not built", seldom)):
            needs = Needs(inputs=changed)
            film = needs.notifying_commits / needs.films
            most = 0.7 * inputs.commit_limit / film / inputs.peak * DAY_S
            table.add(name, pace, in_words(film), in_words(most))
    return table
