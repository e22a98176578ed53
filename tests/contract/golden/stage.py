"""Plays whole exchanges with a house and writes them down, so that each run writes the same."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.exchanges import a_json_scope, an_exchange, json_bytes
from tests.houses import House

SHOWN_HEADERS = (
    *("content-type", "allow", "location", "retry-after", "openai-poll-after-ms", "x-task-id"),
    *("x-should-retry", "accept-ranges", "content-range", "content-disposition", "content-length"),
    *("www-authenticate", "cache-control", "access-control-allow-origin"),
)
"""Those that clients obey. The rest would only make noise, or is another in each run."""

_STEADY = (
    (re.compile(r"(?<=mk-)s[0-9a-z]{10,}"), "KEY"),
    (re.compile(r"(?<=whsec_)[A-Za-z0-9+/=]{10,}"), "SECRET"),
    (re.compile(r"(?<=whsec_…)[A-Za-z0-9+/=]{4}"), "HINT"),
    (re.compile(r"(?<=/f/)s[0-9a-z]{20,}"), "TOKEN"),
    (re.compile(r"(?<=/p/)[A-Za-z0-9_-]{20,}"), "TOKEN"),
    (re.compile(r"01k[0-9a-z]{23}"), "ID"),
    (re.compile(r"\breq_s[0-9a-z]{10,}"), "req_"),
    (re.compile(r"\bfp_[0-9a-f]{12}\b"), "fp_"),
)
"""What stands for values that count up: whoever draws one more must not change every file."""

Hands = Callable[[House], Awaitable[None]]
"""What is done while a stream is read."""


@dataclass(slots=True)
class Stage:
    """A house and what was said so far. Text is added in the order of the exchanges."""

    house: House
    texts: list[str] = field(default_factory=list)
    _seen: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def script(self) -> str:
        """Everything that was said, steady and ready to be compared."""
        return self._steady("\n".join(self.texts))

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        parts: list[tuple[str, Any]] | None = None,
    ) -> httpx.Response:
        """Send a request and write down both sides."""
        sent = dict(headers or {})
        async with self.house.client() as client:
            if parts is not None:
                sent["content-type"] = "multipart/form-data; boundary=b"
            request = client.build_request(method, path, json=body, files=parts, headers=sent)
            reply = await client.send(request)
        if body is not None:
            sent = {"content-type": "application/json"} | sent
        self.texts.append(_written_request(method, path, sent, await request.aread()))
        self.texts.append(_written_reply(reply.status_code, reply.headers, reply.content))
        return reply

    async def stream(self, path: str, body: Any, *steps: tuple[int, Hands]) -> None:
        """Send a request and write down its events.

        Each of `steps` says how many events come first, and what is done then; after the last,
        the rest is read.
        """
        sent = json_bytes(body)
        async with an_exchange(self.house.site, a_json_scope(path), sent) as exchange:
            status, headers = await exchange.head()
            pieces = []
            for count, hands in steps:
                pieces += [await exchange.piece() for _ in range(count)]
                await hands(self.house)
            while piece := await exchange.piece():
                pieces.append(piece)
        named = {"content-type": "application/json"}
        self.texts.append(_written_request("POST", path, named, sent))
        self.texts.append(_written_reply(status, headers, b"".join(pieces)))

    def _steady(self, text: str) -> str:
        for pattern, word in _STEADY:
            names = self._seen.setdefault(pattern.pattern, {})

            def name(found: re.Match[str], names: dict[str, str] = names, word: str = word) -> str:
                return names.setdefault(found.group(), f"{word}{len(names) + 1}")

            text = pattern.sub(name, text)
        return text


def _written_request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
    lines = [f"{method} {path}", *(f"{name}: {value}" for name, value in headers.items())]
    return _joined(lines, _written_body(headers.get("content-type", ""), body))


def _written_reply(status: int, headers: Mapping[str, str], body: bytes) -> str:
    shown = [f"{name}: {headers[name]}" for name in SHOWN_HEADERS if name in headers]
    kind = headers.get("content-type", "")
    if "content-length" in headers and kind.startswith("application/json"):
        # It follows from the body, and from nothing else.
        shown = [line for line in shown if not line.startswith("content-length")]
    return _joined([f"HTTP {status}", *shown], _written_body(kind, body))


def _joined(lines: list[str], body: str) -> str:
    head = "\n".join(lines) + "\n"
    return f"{head}\n{body}" if body else head


def _written_part(part: bytes) -> str:
    """A part of a form; a file's bytes are only counted."""
    head, _, data = part.removesuffix(b"--b--\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n")
    if not head:
        return ""
    shown = f"({len(data)} bytes)" if b"filename=" in head else data.decode()
    lines = head.decode().replace("\r\n", "\n")
    return f"--b\n{lines}\n\n{shown}\n"


def _written_body(kind: str, body: bytes) -> str:
    if not body:
        return ""
    if kind.startswith("application/json"):
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False) + "\n"
    if kind.startswith("multipart/"):
        return "".join(_written_part(part) for part in body.split(b"--b\r\n")) + "--b--\n"
    if kind.startswith("text/"):
        return body.decode()
    return f"({len(body)} bytes)\n"
