"""Servers and workers on several machines, with one database and one place for films."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openai
import pytest

from tests.e2e.films import check_film
from tests.e2e.machines import SMALL, Balancer, Cloud, Machines, Worker, wait_until
from tests.e2e.serving import ServerProcess
from tests.postgres import PostgresServer, a_server
from tests.unit.media.films import make_film

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

REPLACED = 2
OUTAGE_S = 6.0
"""Longer than a lease, and than the pause between two sweeps: each worker has met the outage."""

ENGINES = ("cloud", "rehearsal-instant", "rehearsal-slow")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    film = tmp_path_factory.mktemp("cloud") / "film.mp4"
    asyncio.run(make_film(film, frames=24))
    with Cloud(film.read_bytes()).standing() as standing:
        yield standing


@pytest.fixture(scope="module")
def database() -> Iterator[PostgresServer]:
    with a_server() as server:
        yield server


@pytest.fixture(scope="module")
def machines(
    cloud: Cloud, database: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machines]:
    folder = tmp_path_factory.mktemp("machines")
    with database.a_database() as url, Machines(folder, url, cloud.url) as started:
        yield started


@pytest.fixture(scope="module")
def api(machines: Machines) -> ServerProcess:
    return machines.an_api()


@pytest.fixture
def worker(machines: Machines, api: ServerProcess) -> Iterator[Worker]:
    """A worker of the test's own, at work: no test finds another's."""
    with machines.a_worker(*ENGINES) as started:
        yield at_work(api, started)


def client_of(url: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/v1", api_key="unused")


def ask(api: ServerProcess, method: str, path: str, **fields: Any) -> Any:
    with api.client() as client:
        reply = client.request(method, path, **fields)
    assert reply.status_code == 200, reply.text
    return reply.json()


def create(api: ServerProcess, model: str, **fields: str) -> str:
    wish = {"prompt": "a fox in a meadow", "model": model, **fields}
    made: str = ask(api, "POST", "/v1/videos", json=wish)["id"]
    return made


def wait_for(api: ServerProcess, video_id: str, *statuses: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        video: dict[str, Any] = ask(api, "GET", f"/v1/videos/{video_id}")
        return video if video["status"] in statuses else None

    found: dict[str, Any] = wait_until(look)
    return found


def outcomes(api: ServerProcess, video_id: str) -> list[str | None]:
    return [
        each["outcome"] for each in ask(api, "GET", f"/admin/videos/{video_id}/attempts")["data"]
    ]


def workers_of(api: ServerProcess, engine: str) -> list[int]:
    engines = ask(api, "GET", "/admin/engines")["data"]
    (found,) = [each for each in engines if each["name"] == engine]
    return [worker["process_id"] for worker in found["workers"]]


def at_work(api: ServerProcess, worker: Worker) -> Worker:
    wait_until(lambda: worker.process.pid in workers_of(api, "cloud"))
    return worker


def at_upstream(api: ServerProcess, cloud: Cloud) -> str:
    """A film that the upstream has, as its row says, and nothing else."""
    cloud.is_done.clear()
    cloud.created.clear()
    cloud.deleted.clear()
    video_id = create(api, "far", **SMALL)
    wait_until(lambda: ask(api, "GET", f"/v1/videos/{video_id}")["progress"])
    return video_id


def test_a_film_that_one_machine_accepts_is_made_by_another(
    machines: Machines, api: ServerProcess, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    with client_of(api.url) as client:
        video = client.videos.create(model="test-instant", prompt="a fox", seconds="4")
        assert video.status == "queued"
        with machines.a_worker("rehearsal-instant"):
            video = client.videos.poll(video.id, poll_interval_ms=100)
        assert (video.status, video.error) == ("completed", None)
        client.videos.download_content(video.id).write_to_file(film)
    check_film(film, width_px=720, height_px=1280, seconds=4)


def test_a_wish_to_cancel_reaches_the_worker_of_another_machine(
    api: ServerProcess, worker: Worker
) -> None:
    video_id = create(api, "test-slow")
    wait_for(api, video_id, "in_progress")
    began_s = time.monotonic()
    ask(api, "POST", f"/v1/videos/{video_id}/cancel")
    video = wait_for(api, video_id, "failed")
    assert time.monotonic() - began_s < 5
    assert video["error"]["code"] == "cancelled"
    assert outcomes(api, video_id) == ["cancelled"]


def test_a_worker_that_is_told_to_end_leaves_its_film_to_another(
    machines: Machines, api: ServerProcess, cloud: Cloud, worker: Worker
) -> None:
    video_id = at_upstream(api, cloud)
    with machines.a_worker("cloud") as other:
        at_work(api, other)
        assert worker.stop() == 0
        assert worker.process.pid not in workers_of(api, "cloud")
        cloud.is_done.set()
        assert wait_for(api, video_id, "completed", "failed")["error"] is None
    assert outcomes(api, video_id) == ["handed_back", "completed"]
    assert len(cloud.created) == 1


def test_what_is_cancelled_on_one_machine_is_told_to_its_upstream_by_another(
    api: ServerProcess, cloud: Cloud, worker: Worker
) -> None:
    video_id = at_upstream(api, cloud)
    ask(api, "DELETE", f"/v1/videos/{video_id}")
    wait_until(lambda: cloud.deleted)
    assert cloud.deleted == cloud.created


def test_a_database_that_comes_back_finds_all_at_work_and_nothing_taken_up_twice(
    database: PostgresServer, api: ServerProcess, cloud: Cloud, worker: Worker
) -> None:
    video_id = at_upstream(api, cloud)
    database.stop_immediately()
    with api.client() as client:
        wait_until(lambda: client.get(f"/v1/videos/{video_id}").status_code == 503)
    # The film is done meanwhile, and its lease is over.
    cloud.is_done.set()
    time.sleep(OUTAGE_S)
    database.start()
    with api.client() as client:
        wait_until(lambda: client.get(f"/v1/videos/{video_id}").status_code == 200)
    assert wait_for(api, video_id, "completed", "failed")["error"] is None
    assert outcomes(api, video_id) == ["completed"]
    began_s = time.monotonic()
    wait_for(api, create(api, "test-instant"), "completed")
    assert time.monotonic() - began_s < 20


def test_servers_are_replaced_one_by_one_and_no_call_fails(
    machines: Machines,
) -> None:
    failures: list[Exception] = []
    done, calls = threading.Event(), 0

    def call(url: str) -> None:
        nonlocal calls
        with client_of(url) as client:
            while not done.is_set():
                try:
                    video = client.videos.create(model="test-instant", prompt="a fox", seconds="4")
                    client.videos.retrieve(video.id)
                    client.videos.delete(video.id)
                except openai.OpenAIError as error:
                    failures.append(error)
                calls += 1

    with Balancer().standing() as balancer:
        running = [machines.an_api()]
        balancer.targets = [_address_of(each) for each in running]
        callers = [threading.Thread(target=call, args=(balancer.url,)) for _ in range(2)]
        for caller in callers:
            caller.start()
        for _ in range(REPLACED):
            running.append(machines.an_api())
            balancer.targets = [_address_of(each) for each in reversed(running)]
            assert running.pop(0).stop() == 0
            balancer.targets = [_address_of(each) for each in running]
        done.set()
        for caller in callers:
            caller.join()
    assert failures == []
    assert calls > 3


def _address_of(api: ServerProcess) -> tuple[str, int]:
    host, port = urlsplit(api.url).hostname, urlsplit(api.url).port
    assert host is not None
    assert port is not None
    return host, port
