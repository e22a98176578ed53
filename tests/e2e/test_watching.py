"""A client that does what the standard asks of browsers watches a real server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec

from tests.e2e.serving import serving

_MOST_S = 5.0
"""The promise: how long after its cancellation a video's engine may still work."""


@dataclass(frozen=True, slots=True)
class Message:
    """What an `EventSource` dispatches."""

    kind: str
    data: str
    last_event_id: str


@dataclass(slots=True)
class EventSource:
    """Reads streams as the standard says, and comes again after each that ends.

    Source: WHATWG HTML, 9.2 server-sent events; the time until it comes again is left out.
    """

    client: httpx.Client
    url: str
    is_closed: bool = False
    retry_ms: int | None = None
    _last_event_id: str = ""
    _fields: dict[str, str] = field(default_factory=dict)

    def messages(self) -> Iterator[Message]:
        """Everything that is dispatched until the server says that there is no more."""
        while not self.is_closed:
            headers = {"Accept": "text/event-stream"}
            if self._last_event_id:
                headers["Last-Event-ID"] = self._last_event_id
            with self.client.stream("GET", self.url, headers=headers) as reply:
                self.is_closed = reply.status_code != 200
                if not self.is_closed:
                    yield from self._dispatched(reply)

    def _dispatched(self, reply: httpx.Response) -> Iterator[Message]:
        self._fields = {}
        for line in reply.iter_lines():
            if line:
                self._take(line)
            elif "data" in self._fields:
                kind = self._fields.get("event", "message")
                yield Message(kind, self._fields["data"], self._last_event_id)
                self._fields = {}

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            self._last_event_id = value
        elif name == "retry":
            self.retry_ms = int(value)
        elif name:
            self._fields[name] = value


def test_an_event_source_sees_a_cancelled_video_to_its_end_and_then_stops(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, server.client() as client:
        video = client.post("/v1/videos", json={"prompt": "a cat", "seconds": 25}).json()
        source = EventSource(client, f"/v1/videos/{video['id']}/events")
        seen, cancelled_s = [], 0.0
        for message in source.messages():
            seen.append(message)
            if message.kind == "video.in_progress" and not cancelled_s:
                client.post(f"/v1/videos/{video['id']}/cancel").raise_for_status()
                cancelled_s = time.monotonic()
        taken_s = time.monotonic() - cancelled_s
        row = client.get(f"/v1/videos/{video['id']}").json()
    assert seen[-1].kind == "video.failed"
    assert msgspec.json.decode(seen[-1].data) == row
    assert row["error"]["code"] == "cancelled"
    assert source.is_closed
    assert source.retry_ms is not None
    assert taken_s < _MOST_S
    told = [msgspec.json.decode(each.data)["progress"] for each in seen]
    assert told == sorted(told)
