"""Upstreams on loopback: HTTP by hand, so that they can break off wherever a test wants it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any

from matinee.core.errors import MatineeError
from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.engines.registry import load_kind, make_server_engine, set_up
from matinee.ports.engine import Engine, Report, Submission, Workspace
from matinee.ports.engine_kind import EngineSetup

FILM = bytes(range(256)) * 800
KEY = "sk-a-very-secret-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came in."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The JSON in it."""
        fields: dict[str, Any] = json.loads(self.body)
        return fields

    @property
    def form(self) -> dict[str, str]:
        """The texts of the form in it."""
        return {name: data.decode() for name, file, data in self._parts() if file is None}

    @property
    def files(self) -> dict[str, tuple[str, bytes]]:
        """The files of the form in it, with their names."""
        return {name: (file, data) for name, file, data in self._parts() if file is not None}

    def _parts(self) -> list[tuple[str, str | None, bytes]]:
        kind = self.headers["content-type"]
        assert kind.startswith("multipart/form-data")
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(head + self.body)
        found = []
        for part in message.iter_parts():
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            name = part.get_param("name", header="content-disposition")
            found.append((str(name), part.get_filename(), data))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back. `cut_at` breaks off after so many bytes of the body."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_at: int | None = None

    @classmethod
    def of(cls, fields: object, status: int = 200, **headers: str) -> Answer:
        """JSON; an underscore in a header's name is a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(
            status=status,
            body=json.dumps(fields).encode(),
            headers={"content-type": "application/json", **named},
        )


HANG_UP = Answer(status=0)
"""Nothing: the connection ends without an answer."""

SILENCE = Answer(status=-1)
"""Nothing, and the connection stays."""

Behave = Callable[[Asked], Answer]


@dataclass(slots=True)
class Upstream:
    """A server, what came in, and how it answers."""

    behave: Behave
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a request has come in."""

    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    """Requests wait for it; it is set unless a test clears it."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def lines(self) -> list[str]:
        """Method and target of all that came in."""
        return [f"{each.method} {each.target}" for each in self.asked]

    def of(self, method: str, part: str = "") -> list[Asked]:
        """What came in by that method, to a target with that part."""
        return [each for each in self.asked if each.method == method and part in each.target]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read a request, and behave."""
        try:
            asked = await _read(reader)
            self.asked.append(asked)
            answer = self.behave(asked)
            self.came.set()
            await self.may_answer.wait()
            if answer is SILENCE:
                await reader.read()
            elif answer is not HANG_UP:
                await _write(writer, answer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def upstream(behave: Behave) -> AsyncIterator[Upstream]:
    """A server that runs while the context is open."""
    server = Upstream(behave)
    server.may_answer.set()
    listener = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()


@dataclass(slots=True)
class Videos:
    """A server of the official contract; each look at a film finds it one step further."""

    steps: Sequence[Mapping[str, Any]] = (
        {"status": "in_progress", "progress": 40},
        {"status": "completed", "progress": 100},
    )
    film: bytes = FILM
    created: list[Asked] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    looks: dict[str, int] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    heeds_keys: bool = False

    def __call__(self, asked: Asked) -> Answer:
        """Behave."""
        path = asked.target.partition("?")[0]
        if asked.method == "POST":
            return self.create(asked)
        if asked.method == "DELETE":
            self.deleted.append(path.rpartition("/")[2])
            return Answer.of({"id": self.deleted[-1], "object": "video.deleted", "deleted": True})
        if path == "/v1/models":
            return Answer.of({"object": "list", "data": []})
        if path.endswith("/content"):
            return self.content(asked)
        return self.retrieve(path.rpartition("/")[2])

    def create(self, asked: Asked) -> Answer:
        """Take a film on."""
        key = asked.headers.get("idempotency-key", "")
        if self.heeds_keys and key in self.by_key:
            return Answer.of(self.video(self.by_key[key], {"status": "queued", "progress": 0}))
        self.created.append(asked)
        video_id = f"video_{len(self.created)}"
        self.looks[video_id] = 0
        self.by_key[key] = video_id
        return Answer.of(self.video(video_id, {"status": "queued", "progress": 0}))

    def retrieve(self, video_id: str) -> Answer:
        """The film as it stands now."""
        if video_id not in self.looks:
            return Answer.of({"error": {"message": f"Video {video_id} not found."}}, 404)
        step = self.steps[min(self.looks[video_id], len(self.steps) - 1)]
        self.looks[video_id] += 1
        return Answer.of(self.video(video_id, step))

    def content(self, asked: Asked) -> Answer:
        """The film's bytes."""
        return Answer(body=self.film, headers={"content-type": "video/mp4"})

    @staticmethod
    def video(video_id: str, step: Mapping[str, Any]) -> dict[str, Any]:
        """A video object."""
        return {"id": video_id, "object": "video", "model": "sora-2", **step}


@dataclass(slots=True, kw_only=True)
class Made:
    """How a film went: what was reported, and the error if it failed."""

    reports: list[Report]
    error: MatineeError | None = None


def an_engine(kind: str, url: str, **options: Any) -> Engine:
    """An engine of that kind as the settings make it."""
    loaded = load_kind(kind)
    table = {"base_url": url, "poll_s": 0.01, "models": {"wan": A_MODEL}, **options}
    setup = set_up(loaded, EngineSetup(name="up", options=table))
    return make_server_engine(loaded, setup)


A_MODEL = {"sizes": ["1280x720"], "max_seconds": 8, "fps": 16, "references": 1}


def a_spec(**changes: Any) -> VideoSpec:
    """A wish of five seconds at 16 pictures a second."""
    fields = {
        "model": "sora-2",
        "prompt": "a fox in the snow",
        "size": Size(1280, 720),
        "seconds": 5,
        "seed": 7,
        "fps": 16,
        **changes,
    }
    return VideoSpec(**fields)


def a_space(folder: Path, **changes: Any) -> Workspace:
    """A place to work, whose submission would have the key `key-2`."""
    return Workspace(folder=folder, model="wan", submit_key="key-2", **changes)


def resumed(upstream_id: str | None = None) -> Submission:
    """What an earlier attempt left behind, under the key `key-1`."""
    return Submission(submit_key="key-1", upstream_id=upstream_id)


async def make(engine: Engine, space: Workspace, spec: VideoSpec | None = None) -> Made:
    """Have the film made to its end."""
    made = Made(reports=[])
    try:
        async for report in engine.generate(spec or a_spec(), space):
            made.reports.append(report)
    except MatineeError as error:
        made.error = error
    finally:
        await engine.close()
    return made


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *fields = head.strip().split("\r\n")
    method, target, _ = line.split(" ")
    pairs = (field.split(":", 1) for field in fields)
    headers = {name.lower(): value.strip() for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method=method, target=target, headers=headers, body=body)


async def _write(writer: asyncio.StreamWriter, answer: Answer) -> None:
    headers = {"content-length": str(len(answer.body)), "connection": "close", **answer.headers}
    if "transfer-encoding" in headers:
        del headers["content-length"]
    lines = [f"HTTP/1.1 {answer.status} Whatever"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    writer.write(answer.body if answer.cut_at is None else answer.body[: answer.cut_at])
    await writer.drain()
