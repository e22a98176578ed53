"""Chat answers whose connection is cut, on a real server: they go on where they were."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.e2e.serving import ServerProcess, serving

pytestmark = pytest.mark.timeout(180)

PATH = "/v1/chat/completions"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server of this module's own, since it is killed on the way."""
    with serving(tmp_path_factory.mktemp("cuts"), MATINEE_TEST_MODELS="true") as running:
        yield running


def a_body(prompt: str, **values: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": prompt}]
    return {"model": "test-slow", "stream": True, "seconds": 4, "messages": messages, **values}


def cut_after(server: ServerProcess, body: dict[str, Any], words: bytes) -> str:
    """Ask over a bare socket and hang up once `words` have come; the ids that were told."""
    where = urlsplit(server.url)
    data = json.dumps(body).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    )
    with socket.create_connection((str(where.hostname), where.port or 0), timeout=30) as wire:
        wire.sendall(head.encode() + data)
        came = b""
        while words not in came:
            piece = wire.recv(4096)
            assert piece, came
            came += piece
    return came.lower().partition(b"x-task-id: ")[2].partition(b"\r\n")[0].decode()


def ids_told(server: ServerProcess, body: dict[str, Any]) -> str:
    """The films that an answer is about, which is cut off once that is known."""
    with server.client() as client, client.stream("POST", PATH, json=body) as reply:
        assert reply.status_code == 200, reply.read()
        return reply.headers["x-task-id"]


def count_films(server: ServerProcess) -> int:
    with server.client() as client:
        return len(client.get("/v1/videos", params={"limit": 100}).json()["data"])


def test_a_stream_that_was_cut_goes_on_with_its_film(server: ServerProcess) -> None:
    body = a_body("cut twice")
    films = {cut_after(server, body, b"`task_") for _ in range(3)}
    assert len(films) == 1


def test_a_wait_that_was_cut_goes_on_with_its_film(server: ServerProcess) -> None:
    body = a_body("cut while waiting", stream=False)
    before = count_films(server)
    for _ in range(3):
        with server.client() as client, pytest.raises(httpx.ReadTimeout):
            client.post(PATH, json=body, timeout=0.7)
    assert count_films(server) == before + 1


def test_a_film_goes_on_after_the_server_was_killed(server: ServerProcess) -> None:
    body = a_body("killed", n=2)
    films = cut_after(server, body, b"`task_")
    server.kill()
    server.start()
    assert ids_told(server, body) == films


def test_a_film_goes_on_after_the_server_was_stopped_in_the_middle(server: ServerProcess) -> None:
    body = a_body("stopped")
    with server.client() as client, client.stream("POST", PATH, json=body) as reply:
        film = reply.headers["x-task-id"]
        server.stop()
        told = reply.read().decode()
    server.start()
    assert told.endswith("data: [DONE]\n\n")
    assert "send the same request again" in told
    assert ids_told(server, body) == film


def test_a_model_that_drops_its_streams_is_told_to_its_end_the_second_time(
    server: ServerProcess,
) -> None:
    body = a_body("dropped", model="test-drops")
    film = ids_told(server, body)
    other = a_body("dropped at once", model="test-drops")
    with server.client() as client, pytest.raises(httpx.RemoteProtocolError):
        client.post(PATH, json=other)
    with server.client() as client:
        assert client.post(PATH, json=body).headers["x-task-id"] == film
        again = client.post(PATH, json=other)
        assert again.text.endswith("data: [DONE]\n\n")
        assert "✅" in again.text
        assert client.post(PATH, json={**body, "model": "test-instant"}).text.count("✅") == 1


def test_a_film_that_was_delivered_is_not_given_twice(server: ServerProcess) -> None:
    body = a_body("delivered", model="test-instant")
    with server.client() as client:
        told = [client.post(PATH, json=body) for _ in range(2)]
    first, second = [reply.headers["x-task-id"] for reply in told]
    assert first != second
