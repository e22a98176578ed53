"""How long `matinee serve` takes until it answers, and what it weighs idle (PROMISES F3)."""

from __future__ import annotations

import contextlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

RUNS = 7
PORT = 18642


def main() -> None:
    """Print the median of several runs."""
    ready_s, helped_s, megabytes = [], [], []
    for _ in range(RUNS):
        helped_s.append(time_help())
        with tempfile.TemporaryDirectory() as folder:
            seconds, memory = start_once(Path(folder))
        ready_s.append(seconds)
        megabytes.append(memory)
    print(f"help                  {statistics.median(helped_s):6.2f} s")
    print(f"serve until /healthz  {statistics.median(ready_s):6.2f} s")
    print(f"idle memory (RSS)     {statistics.median(megabytes):6.0f} MB")


def time_help() -> float:
    """Seconds that `matinee --help` takes."""
    begun_s = time.perf_counter()
    subprocess.run([sys.executable, "-m", "matinee", "--help"], check=True, capture_output=True)
    return time.perf_counter() - begun_s


def start_once(folder: Path) -> tuple[float, float]:
    """Seconds until the server answers on a new folder, and its resident megabytes."""
    command = [sys.executable, "-m", "matinee", "serve", "--port", str(PORT), "--data", str(folder)]
    begun_s = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"http://127.0.0.1:{PORT}/healthz", trust_env=False).is_success:
                    break
            time.sleep(0.005)
        seconds = time.perf_counter() - begun_s
        return seconds, psutil.Process(process.pid).memory_info().rss / 1e6
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    main()
