"""Taking times on a device, and tables of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

import torch

REFUSALS = (RuntimeError, ValueError, ImportError, OSError)
"""What libraries raise for what a device or a build can't do.

One way of doing it is told as "not here" then, and the others are measured. torch raises a
RuntimeError (a full device and a missing kernel are ones), diffusers a ValueError or an ImportError
for a backend, FFmpeg an OSError for an encoder that wants other hardware. Anything else is a defect
of this bench and ends it; on a processor a test allows only those refusals that are right there.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One way of doing it. `seconds` is the median; None if it could not be done."""

    variant: str
    seconds: float | None = None
    best_s: float | None = None
    peak_gib: float | None = None
    more: dict[str, float] = field(default_factory=dict)
    """Figures of this experiment alone, by name."""

    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What an experiment gave. `expected` is what was thought before it was run."""

    number: int
    title: str
    expected: str
    rows: list[Row]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def as_text(self) -> str:
        """For people."""
        lines = [f"{self.number}. {self.title}", f"   expected: {self.expected}"]
        for row in self.rows:
            if row.seconds is None:
                lines.append(f"   {row.variant:44} not here: {row.why_not}")
                continue
            peak = f" {row.peak_gib:6.1f} GiB" if row.peak_gib is not None else ""
            more = "".join(f"  {name} {value:.4g}" for name, value in row.more.items())
            lines.append(f"   {row.variant:44} {row.seconds:9.4f} s{peak}{more}")
        return "\n".join(lines)


def measure(
    variant: str,
    device: str,
    work: Callable[[], object],
    *,
    repeats: int,
    more: Callable[[float], dict[str, float]] | None = None,
) -> Row:
    """The time of `work`, after it was done once; `more` makes figures of the median."""
    free(device)
    try:
        work()
        times = [_timed(device, work) for _ in range(repeats)]
    except REFUSALS as error:
        # A full device, too: torch.OutOfMemoryError is a RuntimeError.
        return Row(variant=variant, why_not=why(error))
    middle = median(times)
    return Row(
        variant=variant,
        seconds=middle,
        best_s=min(times),
        peak_gib=_peak_gib(device),
        more=more(middle) if more else {},
    )


def timed_once(variant: str, device: str, work: Callable[[], dict[str, float]]) -> Row:
    """The time of `work`, done once; it gives figures of its own."""
    free(device)
    try:
        synchronize(device)
        begun_s = time.perf_counter()
        more = work()
        synchronize(device)
    except REFUSALS as error:
        return Row(variant=variant, why_not=why(error))
    seconds = time.perf_counter() - begun_s
    return Row(
        variant=variant, seconds=seconds, best_s=seconds, peak_gib=_peak_gib(device), more=more
    )


def synchronize(device: str) -> None:
    """Wait until the device has done all that it was told."""
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


def free(device: str) -> None:
    """Give back what nobody uses, and begin to look for the peak anew."""
    gc.collect()
    if device.startswith("cuda"):
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)


def _timed(device: str, work: Callable[[], object]) -> float:
    synchronize(device)
    begun_s = time.perf_counter()
    work()
    synchronize(device)
    return time.perf_counter() - begun_s


def _peak_gib(device: str) -> float | None:
    if not device.startswith("cuda"):
        return None
    return float(torch.cuda.max_memory_allocated(device) / 2**30)


def why(error: BaseException) -> str:
    """What to say of one of `REFUSALS`."""
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:120]}"
