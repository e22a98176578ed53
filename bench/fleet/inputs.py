"""What the model of sizes is computed from: every input, its unit, and where it comes from."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields
from typing import Any

from bench.fleet.tables import Table

ASSUMED = "assumed"
_SHARE = "of 1"
_DIVISORS = frozenset(
    {
        "gpu_busy",
        "gpus_per_process",
        "process_busy",
        "upstream_write_s",
        "watchers_per_process",
        "commit_limit",
        "lease_s",
    }
)


def given(value: float, unit: str, source: str, what: str) -> Any:
    """An input with its default; `source` is the command that measures it, or says assumed."""
    return field(default=value, metadata={"unit": unit, "source": source, "what": what})


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """One installation, as its operator sees it."""

    films_per_day: float = given(1_000_000, "films", "yours", "films asked for in a day")
    peak: float = given(3, "times", ASSUMED, "the busiest minutes against the mean of the day")
    upstream_share: float = given(0, _SHARE, "yours", "films that an upstream makes")
    gpu_s: float = given(
        16, "s", "published: FastVideo, 5 s of 720p, 3 steps, one H200", "GPU time for a film"
    )
    gpu_busy: float = given(
        0.8, _SHARE, "`python -m bench.fleet simulate sizes`", "how busy GPUs may be at the peak"
    )
    gpus_per_process: float = given(8, "GPUs", ASSUMED, "GPUs of a machine, one worker process")
    upstream_s: float = given(120, "s", ASSUMED, "how long an upstream takes for a film")
    upstream_kb: float = given(
        31, "kB", "`python -m bench.fleet measure upstream`", "memory for a film upstream"
    )
    upstream_millicores: float = given(
        0.3,
        "1/1000 core",
        "`python -m bench.fleet measure upstream`",
        "processor for a film upstream",
    )
    progress_s: float = given(
        1, "s", ASSUMED, "between two changes of progress on a GPU; 0.5 at the least"
    )
    upstream_write_s: float = given(
        4.4,
        "s",
        "counted: 16 answers and 11 renewals in 120 s",
        "between two writes of progress upstream",
    )
    read_us: float = given(
        490, "µs", "`python -m bench.fleet measure requests`", "processor for a read, PostgreSQL"
    )
    create_us: float = given(
        2_400,
        "µs",
        "`python -m bench.fleet measure requests`",
        "processor for a create, PostgreSQL",
    )
    polls: float = given(20, "reads", ASSUMED, "polls for a film")
    downloads: float = given(1.5, "times", ASSUMED, "that a film is fetched")
    watched_share: float = given(0.2, _SHARE, ASSUMED, "films that are watched by a stream")
    watchers_per_process: float = given(
        10_000, "streams", "`make bench-watch`", "watchers at one event a second, one process"
    )
    wait_s: float = given(30, "s", ASSUMED, "that a film stands in line at the peak")
    process_busy: float = given(0.6, _SHARE, ASSUMED, "how busy an API process may be at the peak")
    commit_limit: float = given(
        1_700,
        "a second",
        "`python -m bench.fleet measure commits`",
        "commits that notify, at most",
    )
    listening_us: float = given(
        12,
        "µs",
        "`python -m bench.fleet measure commits`",
        "of the database, a listener and notification",
    )
    look_us: float = given(
        70, "µs", "`python bench/delivery.py`", "of the database, a look that finds nothing"
    )
    lease_s: float = given(
        15, "s", "yours: `lease_s`", "after which a silent worker counts as dead"
    )
    worker_us: float = given(
        1.2,
        "µs",
        "`python -m bench.fleet measure workers`",
        "of the database, to read of one process that it lives",
    )
    sweep_us: float = given(
        1.6,
        "µs",
        "`python -m bench.fleet measure sweep`",
        "of the database, for a sweep and an unfinished film",
    )
    row_kb: float = given(
        2.6, "kB", "`python -m bench.fleet measure rows`", "rows and indexes for a film"
    )
    film_mb: float = given(
        4, "MB", f"{ASSUMED}: 5 s of 720p at 6 Mbit/s", "a film with its pictures"
    )
    kept_days: float = given(30, "days", "yours: `retention_hours`", "that films are kept")
    row_days: float = given(365, "days", "yours: `keep_videos_days`", "that rows are kept")
    connections: float = given(
        13,
        "connections",
        "counted: 6 to read, 6 to write, 1 to listen",
        "of one process to the database",
    )

    def __post_init__(self) -> None:
        """Raise ValueError, naming the input, unless every one makes sense."""
        for each in fields(self):
            value = getattr(self, each.name)
            if not 0 <= value < math.inf:
                raise ValueError(f"'{each.name}' must be 0 or more, not {value}")
            if value == 0 and each.name in _DIVISORS:
                raise ValueError(f"'{each.name}' must be more than 0")
            if value > 1 and each.metadata["unit"] == _SHARE:
                raise ValueError(f"'{each.name}' must be 1 at the most, not {value:g}")


def options() -> Iterator[tuple[str, Field[Any]]]:
    """Every input by the name that the command line has for it."""
    for each in fields(Inputs):
        yield f"--{each.name.replace('_', '-')}", each


def table_of_inputs() -> Table:
    """All of them, as docs/scale.md shows them."""
    table = Table("input", "what", "default", "source")
    for each in fields(Inputs):
        unit = each.metadata["unit"]
        value = f"{each.default:,.10g} {unit}"
        table.add(f"`{each.name}`", each.metadata["what"], value, each.metadata["source"])
    return table
