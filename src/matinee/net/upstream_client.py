"""Requests to one upstream: where they may go, who gets the key, how much of a reply is read."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any

import httpx
import msgspec

from matinee import __version__
from matinee.core.errors import (
    AddressRefused,
    EngineError,
    EngineUnavailable,
    ServiceUnavailable,
)
from matinee.net.guard import Guard
from matinee.net.transport import GuardedTransport
from matinee.net.upstream_options import UpstreamOptions
from matinee.net.url import GuardedUrl, parse_reference
from matinee.net.wire import Call, Reply

_CONNECT_S = 10.0
SILENCE_S = 60.0
"""The longest that an upstream may keep silent in the middle of a reply."""

_ANSWER_S = 90.0
"""How long the whole reply to a small question may take."""

_MOST_CONNECTIONS = 100
_IDLE_S = 20.0
_REDACTED = "***"
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Undelivered(EngineUnavailable):
    """The upstream surely got nothing of the request."""


class Interrupted(EngineUnavailable):
    """The request was sent, and its reply did not come whole: the upstream may have acted on it."""


class UpstreamClient:
    """Sends an upstream's calls. Its key goes to the very place of the `base_url` only."""

    def __init__(
        self, options: UpstreamOptions, auth: tuple[str, str], guard: Guard | None = None
    ) -> None:
        """`auth` is the header for the key, and what stands before the key there."""
        self._base = options.url
        self._key = options.api_key
        self._spelled_key = re.compile("".join(map(_spellings, self._key)))
        self._auth = auth
        self._guard = guard or _guard_of(options)
        self._transport = self._new_transport()

    async def close(self) -> None:
        """Close every connection. The next request opens new ones."""
        transport, self._transport = self._transport, self._new_transport()
        await transport.aclose()

    async def ask(self, call: Call, *, most_bytes: int) -> Reply:
        """The whole reply to a `call` that does no harm if it is sent twice."""
        try:
            async with asyncio.timeout(_ANSWER_S), self.answer(call) as response:
                return await self.read(response, most_bytes)
        except TimeoutError as error:
            raise Interrupted(f"The upstream did not answer within {_ANSWER_S:g} s.") from error

    @asynccontextmanager
    async def answer(
        self,
        call: Call,
        *,
        is_fresh: bool = False,
        with_key: bool = True,
        silence_s: float = SILENCE_S,
    ) -> AsyncGenerator[httpx.Response, None]:
        """The response to `call`, of any status, whose body is still to be read.

        `is_fresh` takes a new connection: one that was used before may be closed by the upstream
        at the moment it is used, and then nobody knows whether a request got through. Raises
        Undelivered, Interrupted, and EngineError for a link that leads where it must not.
        """
        request = self._request(call, with_key=with_key, silence_s=silence_s)
        transport = self._new_transport() if is_fresh else self._transport
        try:
            with _explained():
                response = await transport.handle_async_request(request)
                try:
                    yield response
                finally:
                    await response.aclose()
        finally:
            if is_fresh:
                await transport.aclose()

    @asynccontextmanager
    async def film(
        self, call: Call, headers: Mapping[str, str]
    ) -> AsyncGenerator[httpx.Response, None]:
        """The response to a call for a film; redirects are followed, without the key."""
        here = replace(call, headers={**call.headers, **headers})
        for hop in range(_MOST_REDIRECTS + 1):
            async with self.answer(here, with_key=hop == 0) as response:
                if response.status_code not in _REDIRECTS:
                    yield response
                    return
                location = response.headers.get("location", "")
            here = Call(method="GET", path=self._redirected(here, location), headers=headers)
        raise EngineError("The upstream redirects the request for its film without end.")

    async def read(self, response: httpx.Response, most_bytes: int) -> Reply:
        """The whole reply, `most_bytes` at most. Raises as `answer` does."""
        data = bytearray()
        async for piece in response.aiter_raw():
            data += piece
            if len(data) > most_bytes:
                raise Interrupted(f"The upstream's reply is larger than {most_bytes} bytes.")
        # Some write their own language's letters in its own code; what is around them counts.
        text = self.redacted(data.decode("utf-8-sig", "replace"))
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(status=response.status_code, body=_json(text), headers=headers)

    def redacted(self, text: str) -> str:
        """`text` of the upstream without the key, which some repeat in their errors.

        From there it would go to clients and logs.
        """
        if not self._key or "\\" not in text:
            return text.replace(self._key, _REDACTED) if self._key else text
        return self._spelled_key.sub(_REDACTED, text)

    def _url(self, call: Call) -> GuardedUrl:
        try:
            if call.is_link or not call.path.startswith("/"):
                url = parse_reference(call.path, self._base)
            else:
                url = replace(self._base, target=_joined(self._base.target, call.path))
            return self._guard.check_url(str(url))
        except (ValueError, AddressRefused) as error:
            raise EngineError(
                "The upstream gave a link where this server may not go. The engine's setting "
                "'download_allow' can allow it."
            ) from error

    def _redirected(self, call: Call, location: str) -> str:
        base = self._url(call)
        try:
            target = parse_reference(location, base)
        except ValueError as error:
            raise EngineError("The upstream redirects the request for its film badly.") from error
        if base.scheme == "https" and target.scheme == "http":
            raise EngineError("The upstream redirects the request for its film from https to http.")
        return str(target)

    def _request(self, call: Call, *, with_key: bool, silence_s: float) -> httpx.Request:
        url = self._url(call)
        headers = {
            "User-Agent": f"Matinee/{__version__}",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            **call.headers,
        }
        if self._key and with_key and _place(url) == _place(self._base):
            name, before = self._auth
            headers[name] = before + self._key
        timeouts = httpx.Timeout(silence_s, connect=_CONNECT_S, pool=_CONNECT_S)
        if call.json is not None:
            headers["Content-Type"] = "application/json"
        return httpx.Request(
            call.method,
            str(url),
            headers=headers,
            content=msgspec.json.encode(call.json) if call.json is not None else None,
            files=_parts(call) if call.json is None else None,
            extensions={"timeout": timeouts.as_dict()},
        )

    def _new_transport(self) -> GuardedTransport:
        return GuardedTransport(self._guard, most_connections=_MOST_CONNECTIONS, idle_s=_IDLE_S)


def _guard_of(options: UpstreamOptions) -> Guard:
    base = options.url
    host = f"[{base.host}]" if ":" in base.host else base.host
    return Guard(allow=[f"{host}:{base.port}", *options.download_allow])


def _joined(target: str, path: str) -> str:
    """`path` under the path of the base URL, of which people copy the `/v1` or leave it out."""
    prefix = target.partition("?")[0].rstrip("/")
    version = path.split("/", 2)[1]
    if prefix.endswith(f"/{version}") and path.startswith(f"/{version}/"):
        prefix = prefix.removesuffix(f"/{version}")
    return prefix + path


def _place(url: GuardedUrl) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port


def _parts(call: Call) -> dict[str, tuple[str | None, bytes, str | None]] | None:
    """A form's parts. Written as files without names, texts alone make a multipart form too."""
    if call.form is None and not call.files:
        return None
    texts: dict[str, tuple[str | None, bytes, str | None]] = {
        name: (None, text.encode(), None) for name, text in (call.form or {}).items()
    }
    return texts | {
        name: (file.name, file.data, file.media_type) for name, file in call.files.items()
    }


def _spellings(letter: str) -> str:
    """A letter as JSON may spell it, as an expression: itself, `\\/` or `\\u002f`."""
    return rf"(?:\\?{re.escape(letter)}|\\u(?i:{ord(letter):04x}))"


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None


@contextmanager
def _explained() -> Iterator[None]:
    """Turn every trouble of the network into one of two: surely not delivered, or unclear."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Undelivered("The upstream could not be reached.") from error
    except AddressRefused as error:
        # The addresses behind a name are looked up for each connection: there may be some later.
        raise Undelivered("The upstream's address is not known, or not allowed.") from error
    except ServiceUnavailable as error:
        raise Undelivered(str(error)) from error
    except httpx.TimeoutException as error:
        raise Interrupted("The upstream took too long to answer.") from error
    except httpx.HTTPError as error:
        raise Interrupted("The upstream broke off before its answer was complete.") from error
