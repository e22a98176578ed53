"""API reads and accepted videos per second, beside LiteLLM's proxy in the same run (F1, F2).

One server process, a real key, the real store; wrk with 32 connections, three runs of six seconds,
of which the one is shown in which others used the machine least. Nothing is pinned to a core: what
the server accepts is being rendered meanwhile, on the same cores.

`--quick` is one run of three seconds; `--backlog 100000` has so many videos wait already,
`--stored 1000000` has so many finished ones (F7), and `--no-peer` leaves LiteLLM out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
from tests.e2e.serving import ServerProcess, serving
from tests.samples import a_video_id

from bench.history import account_named, fill_finished, fill_waiting
from bench.load import Request, Run, check_wrk, measure
from bench.peers import litellm
from matinee.data_folder import DataFolder

ACCOUNT = "bench"
BODY = '{"model":"sora-2","prompt":"a fox in a meadow"}'
SETTINGS = {"MATINEE_LOG_LEVEL": "error", "MATINEE_MAX_UNFINISHED": "10000000"}
_LOOK_S = 0.2
HEAD = ("what", "per s", "p50 ms", "p99 ms", "CPU µs", "others' cores", "failed")


@dataclass(slots=True, kw_only=True)
class Bench:
    """Runs of wrk and what came of them."""

    folder: Path
    seconds: int
    repeats: int
    runs: dict[str, Run] = field(default_factory=dict)

    def run(self, name: str, request: Request, server: psutil.Process) -> None:
        """Measure `request` at `server` and print its line."""
        run = measure(request, server, self.folder, seconds=self.seconds, repeats=self.repeats)
        self.runs[name] = run
        print_line(
            name,
            f"{run.per_s:,.0f}",
            f"{run.p50_ms:.1f}",
            f"{run.p99_ms:.1f}",
            f"{run.cpu_us:.0f}",
            f"{run.foreign_cores:.2f}",
            str(run.failed),
        )


def main() -> None:
    """Print one table, and how many times LiteLLM's figures ours are."""
    check_wrk()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one run of three seconds")
    parser.add_argument("--backlog", type=int, default=0, help="videos that wait already")
    parser.add_argument("--stored", type=int, default=0, help="videos that are finished already")
    parser.add_argument("--no-peer", action="store_true", help="without LiteLLM")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(
            folder=Path(name),
            seconds=3 if given.quick else 6,
            repeats=1 if given.quick else 3,
        )
        print_line(*HEAD)
        print_line(*("---" for _ in HEAD))
        if not given.no_peer:
            measure_peer(bench)
        measure_ours(bench, backlog=given.backlog, stored=given.stored)
        if not given.no_peer:
            for what, wanted in (("GET", 40), ("POST", 10)):
                peer = bench.runs[f"LiteLLM {what}"]
                times = bench.runs[what].per_s / max(peer.per_s, 1.0)
                print(f"{what}: {times:.0f} times LiteLLM's (promised: {wanted})")


def measure_peer(bench: Bench) -> None:
    """LiteLLM's proxy in front of an upstream that answers at once."""
    with litellm(bench.folder) as peer:
        bench.run("LiteLLM GET", peer.read(BODY), peer.process)
        bench.run("LiteLLM POST", peer.create(BODY), peer.process)


def measure_ours(bench: Bench, *, backlog: int, stored: int) -> None:
    """Matinee as `matinee serve` runs it."""
    data = bench.folder / "data"
    auth = {"Authorization": f"Bearer {make_key(data)}"}
    rows = f"sqlite:///{DataFolder(data).database}"
    if backlog:
        fill_waiting(rows, account_named(rows, ACCOUNT), backlog)
    if stored:
        fill_finished(rows, account_named(rows, ACCOUNT), stored)
    with serving(data, **SETTINGS) as server, server.client(**auth) as client:
        assert server.process is not None
        process = psutil.Process(server.process.pid)
        if stored:
            measure_stored(bench, server, auth, stored)
        elif not backlog:
            measure_reads(bench, server, client, auth)
        posting = f"{server.url}/v1/videos"
        bench.run("POST", Request(url=posting, headers=auth, body=BODY), process)
        counted = {**auth, "X-Stainless-Retry-Count": "0"}
        bench.run("POST as the SDK", Request(url=posting, headers=counted, body=BODY), process)
        waiting = client.get("/v1/videos?limit=1").json()["data"][0]["id"]
        reading = Request(url=f"{posting}/{waiting}", headers=auth)
        bench.run("GET of one that waits", reading, process)
        memory_mb = process.memory_info().rss / 1e6
        print(f"the server's memory in the end: {memory_mb:.0f} MB")


def measure_stored(bench: Bench, server: ServerProcess, auth: dict[str, str], stored: int) -> None:
    """Finished films are read by chance, and lists from the newest and from the middle."""
    assert server.process is not None
    process = psutil.Process(server.process.pid)
    path = f"/v1/videos/video_{a_video_id(0)[:4]}%022d"
    reading = Request(url=server.url, headers=auth, path=path, numbers=stored)
    bench.run("GET any of those stored", reading, process)
    listing = Request(url=f"{server.url}/v1/videos?limit=20", headers=auth)
    bench.run("GET the list", listing, process)
    deep = Request(url=f"{listing.url}&after=video_{a_video_id(stored // 2)}", headers=auth)
    bench.run("GET the list's middle", deep, process)


def measure_reads(
    bench: Bench, server: ServerProcess, client: httpx.Client, auth: dict[str, str]
) -> None:
    """A finished film is read, alone and while another is made."""
    assert server.process is not None
    process = psutil.Process(server.process.pid)
    video_id = create(client, 4)
    while client.get(f"/v1/videos/{video_id}").json()["status"] != "completed":
        time.sleep(_LOOK_S)
    reading = Request(url=f"{server.url}/v1/videos/{video_id}", headers=auth)
    bench.run("GET", reading, process)
    rendering = create(client, 25)
    bench.run("GET while a film renders", reading, process)
    client.delete(f"/v1/videos/{rendering}")
    listing = Request(url=f"{server.url}/v1/videos?limit=20", headers=auth)
    bench.run("GET the list", listing, process)


def make_key(data: Path) -> str:
    """A key of a new account."""
    command = [sys.executable, "-m", "matinee", "keys", "create", "--account", ACCOUNT, "--json"]
    done = subprocess.run(
        [*command, "--data", str(data)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **SETTINGS},
    )
    key: str = json.loads(done.stdout)["key"]
    return key


def create(client: httpx.Client, seconds: int) -> str:
    """Accept one video."""
    body = {"prompt": "a fox in a meadow", "seconds": seconds}
    video_id: str = client.post("/v1/videos", json=body).raise_for_status().json()["id"]
    return video_id


def print_line(*cells: str) -> None:
    """One line of the table."""
    print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
