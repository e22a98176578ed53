"""Inputs of the model that no other bench measures: rows, requests, commits, films upstream,
and what processes read to look after each other.

Each prints one line. What is told in processor time holds on a busy machine, too.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import httpx
import psutil
from tests.e2e.serving import serving
from tests.postgres import a_server
from tests.samples import ALICE, a_video

from bench.history import fill_finished
from bench.load import Request, check_wrk
from bench.load import measure as measure_load
from matinee.core.circuit import Circuit
from matinee.ports.crew import Worker
from matinee.ports.store import Transaction
from matinee.queue.postgres_queue import PostgresQueue
from matinee.store.postgres import PostgresDatabase
from matinee.store.sql import SqlStore
from matinee.system import SystemClock
from matinee.worker.condition import JoinedCondition

FILMS, COMMITS_S, WRITERS, LISTENERS, READINGS = 20_000, 3.0, 8, 20, 50
ENGINE = "gpu"
_SETTLE_S = 15.0
_NOTIFY = "SELECT pg_notify('matinee_changes', %(payload)s)"
_NO_WAIT = "SET LOCAL synchronous_commit = off"
_PAYLOAD = "01K9ZC5N0000000000000000AB 01K9ZC5N0000000000000000CD in_progress 42 1 0"


def rows() -> None:
    """Bytes of rows and indexes for each finished film."""
    with a_server() as server, server.a_database() as url:
        before = _size_of(url)
        fill_finished(url.replace("postgresql://", "postgresql+psycopg://", 1), ALICE, FILMS)
        print(f"rows: {(_size_of(url) - before) / FILMS:,.0f} bytes a film")


def requests() -> None:
    """The server's processor time for a read and for a create, on SQLite and on PostgreSQL."""
    check_wrk()
    with _folder() as folder:
        _measure_requests("SQLite", folder, {})
    with a_server(is_durable=True) as server, server.a_database() as url, _folder() as folder:
        _measure_requests("PostgreSQL", folder, {"MATINEE_DATABASE": url})


def commits() -> None:
    """Commits a second that notify, and what it costs the database that many listen."""
    with a_server(is_durable=True) as server, server.a_database() as url:
        for name, first in (("wait for the disk", ""), ("do not wait for it", _NO_WAIT)):
            done = asyncio.run(_commit(url, first))
            print(f"commits that notify and {name}: {done / COMMITS_S:,.0f}/s by {WRITERS}")
        with _listening(url, LISTENERS):
            # As the database titles its processes.
            every = psutil.Process(server.process_id).children()
            backends = [each for each in every if "idle" in " ".join(each.cmdline())]
            began_s = sum(map(_own_s, backends))
            done = asyncio.run(_commit(url, _NO_WAIT))
            each_us = 1e6 * (sum(map(_own_s, backends)) - began_s) / done / len(backends)
        print(f"each of {len(backends)} listeners: {each_us:.1f} µs of the database a notification")


def upstream(films: int = 500) -> None:
    """Memory and processor of a server for each film that an upstream is making."""
    with _folder() as folder, _mock_upstream() as address:
        engines = {"up": {"kind": "openai", "base_url": f"{address}/v1", "slots": films}}
        models = {"sora-2": [{"engine": "up", "model": "sora-2"}]}
        settings = {
            "MATINEE_ENGINES": json.dumps(engines),
            "MATINEE_MODELS": json.dumps(models),
        }
        with serving(folder / "data", **_quiet(settings)) as served, served.client() as client:
            assert served.process is not None
            process = psutil.Process(served.process.pid)
            client.post("/v1/videos", json={"model": "sora-2", "prompt": "a fox"})
            before = process.memory_info().rss
            for _ in range(films):
                client.post(
                    "/v1/videos", json={"model": "sora-2", "prompt": "a fox"}
                ).raise_for_status()
            # By then each is asked for every ten seconds only.
            time.sleep(2 * _SETTLE_S)
            began_s, began_at = _own_s(process), time.monotonic()
            time.sleep(_SETTLE_S)
            cores = (_own_s(process) - began_s) / (time.monotonic() - began_at)
            grown = process.memory_info().rss - before
            print(
                f"{films} films upstream: {grown / films / 1000:.0f} kB and "
                f"{1e3 * cores / films:.2f} thousandths of a core for each"
            )


def workers(number: int = 1000) -> None:
    """The database's processor for who reads which workers live, for each that lives."""
    with a_server() as server, server.a_database() as url:
        cores_s, own_s = asyncio.run(_read_workers(url, server.process_id, number))
        print(
            f"{number} workers: {1e6 * cores_s / number / READINGS:.1f} µs of the database for "
            f"each, {1e6 * own_s / number / READINGS:.1f} µs of who reads it"
        )


def sweep(films: int = 10_000) -> None:
    """The database's processor for a sweep, for each film that waits and is in line."""
    with a_server() as server, server.a_database() as url:
        cores_s, own_s = asyncio.run(_sweep(url, server.process_id, films))
        print(
            f"{films} films in line: {1e6 * cores_s / films / READINGS:.1f} µs of the database "
            f"for each, {1e6 * own_s / films / READINGS:.1f} µs of who sweeps"
        )


MEASURES: dict[str, Callable[[], None]] = {
    "rows": rows,
    "requests": requests,
    "commits": commits,
    "upstream": upstream,
    "workers": workers,
    "sweep": sweep,
}


def _measure_requests(store: str, folder: Path, settings: Mapping[str, str]) -> None:
    body = '{"model":"sora-2","prompt":"a fox in a meadow"}'
    unbounded = {**settings, "MATINEE_MAX_UNFINISHED": "10000000"}
    # A server that others share rows and films with may do without workers; one alone may not.
    if settings:
        unbounded["MATINEE_BLOB_STORE"] = str(folder)
    alone = ("--no-worker",) if settings else ()
    with serving(folder / "data", *alone, **_quiet(unbounded)) as served:
        assert served.process is not None
        process = psutil.Process(served.process.pid)
        posting = Request(url=f"{served.url}/v1/videos", headers={}, body=body)
        with served.client() as client:
            created = client.post("/v1/videos", json=json.loads(body)).raise_for_status()
        reading = Request(url=f"{posting.url}/{created.json()['id']}", headers={})
        for name, request in (("read", reading), ("create", posting)):
            run = measure_load(request, process, folder, seconds=3, repeats=1)
            print(
                f"{name} on {store}: {run.cpu_us:,.0f} µs of the server's processor, "
                f"{run.per_s:,.0f}/s beside {run.foreign_cores:.1f} cores of others",
                flush=True,
            )


async def _commit(url: str, first: str) -> int:
    """How many transactions that notify are committed in `COMMITS_S`."""
    store = SqlStore(PostgresDatabase(url, writers=WRITERS))
    numbers, end_s = count(), time.monotonic() + COMMITS_S

    def work(transaction: Transaction) -> None:
        if first:
            transaction.driver.execute(first)
        transaction.driver.execute(_NOTIFY, {"payload": f"{_PAYLOAD} {next(numbers)}"})

    async def write() -> int:
        done = 0
        while time.monotonic() < end_s:
            await store.write(work)
            done += 1
        return done

    try:
        return sum(await asyncio.gather(*(write() for _ in range(WRITERS))))
    finally:
        await store.close()


async def _read_workers(url: str, server_id: int, number: int) -> tuple[float, float]:
    """Processor time of the database and of this process, for all readings."""
    store, clock = SqlStore(PostgresDatabase(url, readers=1)), SystemClock()
    now = clock.now()

    def note(transaction: Transaction) -> None:
        for each in range(number):
            worker = Worker(
                id=f"gpu-{each}.example.org-{each}-secret",
                host=f"gpu-{each}.example.org",
                process_id=each,
                engines=(ENGINE,),
                started_at=now,
                seen_at=now,
            )
            transaction.crew.note_worker(worker)
            transaction.attempts.save_circuit(worker.id, Circuit(engine=ENGINE))

    try:
        await store.write(note)
        condition = JoinedCondition(store, clock, silence=timedelta(hours=1))
        return await _cost_of(condition.refresh, server_id)
    finally:
        await store.close()


async def _sweep(url: str, server_id: int, films: int) -> tuple[float, float]:
    """The same, for all sweeps."""
    store = SqlStore(PostgresDatabase(url, readers=1, writers=1))
    queue = PostgresQueue(store)

    def accept(transaction: Transaction) -> None:
        for number in range(films):
            transaction.add_video(a_video(number, engine=ENGINE))
        queue.redeliver(transaction, ENGINE)

    async def sweep() -> None:
        await store.attempts.loads()
        await store.write(lambda transaction: queue.redeliver(transaction, ENGINE))

    try:
        await store.write(accept)
        for _ in range(films // 1000):
            await sweep()
        return await _cost_of(sweep, server_id)
    finally:
        await store.close()


async def _cost_of(work: Callable[[], Awaitable[None]], server_id: int) -> tuple[float, float]:
    """Processor time of the database and of this process, for `READINGS` times."""
    await work()
    processes = [*psutil.Process(server_id).children(), psutil.Process()]
    began = list(map(_own_s, processes))
    for _ in range(READINGS):
        await work()
    *database, own_s = (
        _own_s(process) - before for process, before in zip(processes, began, strict=True)
    )
    return sum(database), own_s


@contextmanager
def _listening(url: str, count: int) -> Iterator[None]:
    """So many connections that hear everything, held by another process."""
    code = (
        "import psycopg, select, sys\n"
        "held = [psycopg.connect(sys.argv[1], autocommit=True) for _ in range(int(sys.argv[2]))]\n"
        "for each in held: each.execute('LISTEN matinee_changes')\n"
        "print(flush=True)\n"
        "while True:\n"
        "    for each in select.select(held, [], [])[0]: list(each.notifies(timeout=0))\n"
    )
    command = [sys.executable, "-c", code, url, str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.kill()


@contextmanager
def _mock_upstream() -> Iterator[str]:
    """A server that takes every film and never finishes one."""
    command = [sys.executable, "-m", "uvicorn", "bench.mock_upstream:app", "--port", "8399"]
    with subprocess.Popen([*command, "--log-level", "error"]) as process:
        address = "http://127.0.0.1:8399"
        while True:
            try:
                httpx.get(f"{address}/health", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address
        process.terminate()


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def _quiet(settings: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "MATINEE_LOG_LEVEL": "error", **settings}


def _size_of(url: str) -> int:
    async def work() -> int:
        store = SqlStore(PostgresDatabase(url))
        asked = "SELECT pg_database_size(current_database())"
        try:
            return await store.write(
                lambda transaction: int(transaction.driver.execute(asked).fetchone()[0])
            )
        finally:
            await store.close()

    return asyncio.run(work())


def _own_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
