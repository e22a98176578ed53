"""wrk against a server, and what of the machine the server used meanwhile."""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

CONNECTIONS = 32
_WARM_UP_S = 2
_REPLY_S = 10
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What wrk sends again and again; a body makes it a POST of JSON.

    `numbers` of them are read by turns if the path holds a `%022d`, chosen by chance.
    """

    url: str
    headers: Mapping[str, str]
    body: str | None = None
    path: str = ""
    numbers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What wrk measured in one run.

    `cpu_us` is the server process's own processor time for a request; `foreign_cores` is what
    others on the machine used meanwhile.
    """

    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    foreign_cores: float
    failed: int


def check_wrk() -> None:
    """End the program unless wrk is there."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed (Debian: apt-get install wrk).")


def measure(
    request: Request, server: psutil.Process, folder: Path, *, seconds: int, repeats: int
) -> Run:
    """Warm up, run several times, and take the run in which others used the machine least.

    Its processor time is the median of all runs.
    """
    script = folder / "request.lua"
    script.write_text(_script(request), encoding="utf-8")
    _run_once(request, server, script, _WARM_UP_S)
    runs = [_run_once(request, server, script, seconds) for _ in range(repeats)]
    return quietest(runs)


def quietest(runs: Sequence[Run]) -> Run:
    """The run in which others used the machine least, with the median processor time of all."""
    best = min(runs, key=lambda run: run.foreign_cores)
    return Run(
        per_s=best.per_s,
        p50_ms=best.p50_ms,
        p99_ms=best.p99_ms,
        cpu_us=statistics.median(run.cpu_us for run in runs),
        foreign_cores=best.foreign_cores,
        failed=sum(run.failed for run in runs),
    )


def parse(printed: str) -> tuple[float, float, float, int, int]:
    """Requests a second, p50 and p99 in ms, requests, and those that failed, as wrk prints them."""
    rate = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    total = re.search(r"(\d+) requests in", printed)
    shares = dict(re.findall(r"^\s+(50|99)%\s+(\S+)\s*$", printed, re.MULTILINE))
    if rate is None or total is None or len(shares) < 2:
        sys.exit(f"wrk said something else than expected:\n{printed}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", printed)
    errors = re.search(r"Socket errors: (.*)", printed)
    failed = int(refused[1]) if refused else 0
    failed += sum(map(int, re.findall(r"\d+", errors[1]))) if errors else 0
    return float(rate[1]), _ms(shares["50"]), _ms(shares["99"]), int(total[1]), failed


def _run_once(request: Request, server: psutil.Process, script: Path, seconds: int) -> Run:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    command += ["--timeout", f"{_REPLY_S}s", "-s", str(script), request.url]
    began_s, busy_s, ours_s = time.monotonic(), _busy_s(), _tree_s(server)
    own_s = _own_s(server)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    wall_s = time.monotonic() - began_s
    # wrk's own share is small and the same for everyone: it stays among the others'.
    foreign_s = _busy_s() - busy_s - (_tree_s(server) - ours_s)
    per_s, p50_ms, p99_ms, total, failed = parse(done.stdout)
    return Run(
        per_s=per_s,
        p50_ms=p50_ms,
        p99_ms=p99_ms,
        cpu_us=(_own_s(server) - own_s) / max(total, 1) * 1e6,
        foreign_cores=max(0.0, foreign_s) / wall_s,
        failed=failed,
    )


def _script(request: Request) -> str:
    lines = [f'wrk.headers["{name}"] = "{value}"' for name, value in request.headers.items()]
    if request.body is not None:
        lines += ['wrk.method = "POST"', 'wrk.headers["Content-Type"] = "application/json"']
        lines.append(f"wrk.body = [==[{request.body}]==]")
    if request.numbers:
        path = f'string.format("{request.path}", math.random(1, {request.numbers}))'
        lines.append(f'request = function() return wrk.format("GET", {path}) end')
    return "\n".join(lines)


def _ms(text: str) -> float:
    match = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text)
    assert match is not None, f"wrk printed {text} for a time"
    return float(match[1]) * _UNITS[match[2]]


def _own_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _tree_s(process: psutil.Process) -> float:
    """What the process and its children used, those among them that have ended."""
    times = process.cpu_times()
    gone_s = float(times.children_user + times.children_system)
    seconds = _own_s(process) + gone_s
    for child in process.children(recursive=True):
        try:
            seconds += _own_s(child)
        except psutil.NoSuchProcess:
            continue
    return seconds


def _busy_s() -> float:
    """Processor seconds that the whole machine used since it started."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.steal - times.guest)
