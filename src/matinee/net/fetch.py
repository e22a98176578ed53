"""Fetches a file whose URL a stranger wrote, through the guard and within limits."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from matinee import __version__
from matinee.core.errors import AddressRefused, ServiceUnavailable, TooLarge
from matinee.net.data_uri import decode_base64, decode_data_uri
from matinee.net.fetched import UNKNOWN_TYPE, Fetched, too_large
from matinee.net.guard import Guard
from matinee.net.transport import GuardedTransport
from matinee.net.url import GuardedUrl

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# A piece costs the event loop time however small it is: a body in chunks of a byte is an attack.
_FREE_PIECES = 1024
_PIECE_BYTES = 256
_HEADERS = {
    "User-Agent": f"Matinee/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How long a fetch may take, and how often it may be sent elsewhere.

    An answer's head must be complete within `connect_s + first_byte_s`, look-up and TLS included;
    afterwards no piece of its body may keep the reader waiting longer than `first_byte_s`.
    """

    total_s: float = 20.0
    connect_s: float = 3.0
    first_byte_s: float = 5.0
    redirects: int = 3


DEFAULT_LIMITS = FetchLimits()


async def fetch_source(
    text: str,
    *,
    limit_bytes: int,
    guard: Guard,
    param: str | None = None,
    limits: FetchLimits = DEFAULT_LIMITS,
) -> Fetched:
    """The file that `text` is or names: a data URI, a URL, or bare base64.

    Raises as `fetch_bytes` and `decode_data_uri` do.
    """
    if text[:5].lower() == "data:":
        return decode_data_uri(text, limit_bytes, param=param)
    # Base64 knows neither sign, so whatever has one is meant as a URL.
    if ":" in text or "." in text:
        return await fetch_bytes(
            text, limit_bytes=limit_bytes, guard=guard, param=param, limits=limits
        )
    return decode_base64(text, limit_bytes, param=param)


async def fetch_source_into(
    target: Path,
    text: str,
    *,
    limit_bytes: int,
    guard: Guard,
    param: str | None = None,
    limits: FetchLimits = DEFAULT_LIMITS,
) -> None:
    """Write the file that `text` is or names to `target`, in pieces: for what memory is too dear.

    Raises as `fetch_source` does; something may be left at `target` then.
    """
    if text[:5].lower() != "data:" and (":" in text or "." in text):
        answer = _answer(text, guard, param, limits)
        async with answer as response, aclosing(_pieces(response, limit_bytes)) as pieces:
            with target.open("wb") as file:
                async for piece in pieces:
                    await asyncio.to_thread(file.write, piece)
        return
    fetched = await fetch_source(
        text, limit_bytes=limit_bytes, guard=guard, param=param, limits=limits
    )
    await asyncio.to_thread(target.write_bytes, fetched.data)


async def fetch_bytes(
    url: str,
    *,
    limit_bytes: int,
    guard: Guard,
    param: str | None = None,
    limits: FetchLimits = DEFAULT_LIMITS,
) -> Fetched:
    """The file at `url`, of at most `limit_bytes`. No cookie, key or proxy takes part in it.

    Raises TooLarge, ServiceUnavailable if this machine can't fetch at all, and AddressRefused for
    everything else: with the guard's one text wherever the URL or a redirect leads where it must
    not, with what went wrong otherwise. All name `param`.
    """
    async with _answer(url, guard, param, limits) as response:
        data = bytearray()
        async with aclosing(_pieces(response, limit_bytes)) as pieces:
            async for piece in pieces:
                data += piece
        claimed = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Fetched(data=bytes(data), content_type=claimed or UNKNOWN_TYPE)


@asynccontextmanager
async def _answer(
    url: str, guard: Guard, param: str | None, limits: FetchLimits
) -> AsyncGenerator[httpx.Response, None]:
    """What the URL's server answers, to be read within; every failure is told in our terms."""
    try:
        async with asyncio.timeout(limits.total_s), GuardedTransport(guard) as transport:
            response = await _follow(guard.check_url(url), guard, transport, limits)
            try:
                yield response
            finally:
                await response.aclose()
    except (AddressRefused, TooLarge) as refusal:
        refusal.param = param
        raise
    except (TimeoutError, httpx.HTTPError) as error:
        raise AddressRefused(_explain(error, limits), param=param) from error
    except OSError as error:
        # Nothing that the URL did: this machine is out of descriptors, say.
        raise ServiceUnavailable(
            f"No URL can be fetched for now: {error.strerror}.", param=param
        ) from error


async def _follow(
    url: GuardedUrl, guard: Guard, transport: GuardedTransport, limits: FetchLimits
) -> httpx.Response:
    for _ in range(limits.redirects + 1):
        response = await _send(url, guard, transport, limits)
        if response.status_code not in _REDIRECTS:
            return response
        await response.aclose()
        locations = response.headers.get_list("location")
        if len(locations) != 1:
            raise guard.refusal("a redirect to no one place", url.host)
        target = guard.check_url(locations[0], base=url)
        if url.scheme == "https" and target.scheme == "http":
            raise guard.refusal("a redirect from https to http", target.host)
        url = target
    raise AddressRefused(f"The URL was redirected more than {limits.redirects} times.")


async def _send(
    url: GuardedUrl, guard: Guard, transport: GuardedTransport, limits: FetchLimits
) -> httpx.Response:
    timeouts = httpx.Timeout(limits.first_byte_s, connect=limits.connect_s)
    try:
        request = httpx.Request(
            "GET", str(url), headers=_HEADERS, extensions={"timeout": timeouts.as_dict()}
        )
    except (httpx.InvalidURL, UnicodeError) as error:
        raise guard.refusal("not a URL to the HTTP client", url.host) from error
    head_s = limits.connect_s + limits.first_byte_s
    try:
        # A timeout for each read does not stop a head that comes byte by byte; this one does.
        async with asyncio.timeout(head_s):
            return await transport.handle_async_request(request)
    except TimeoutError as error:
        raise AddressRefused(f"The URL's server did not answer within {head_s:g} s.") from error


async def _pieces(response: httpx.Response, limit_bytes: int) -> AsyncGenerator[bytes, None]:
    if response.status_code != 200:
        raise AddressRefused(f"The URL's server answered {response.status_code} and sent no file.")
    # Identity was asked for, so that the bytes that are counted are the bytes that are kept.
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise AddressRefused("The URL's server compressed the file although it was asked not to.")
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit_bytes:
        raise too_large(limit_bytes, None)
    received, pieces = 0, 0
    async for piece in response.aiter_raw():
        received += len(piece)
        pieces += 1
        if received > limit_bytes:
            raise too_large(limit_bytes, None)
        if pieces > _FREE_PIECES + received // _PIECE_BYTES:
            raise AddressRefused("The URL's server sends the file in pieces that are too small.")
        yield piece


def _explain(error: TimeoutError | httpx.HTTPError, limits: FetchLimits) -> str:
    if isinstance(error, TimeoutError):
        return f"The URL's server took longer than {limits.total_s:g} s to send the file."
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        if _is_of_tls(error):
            return "The URL's server has no valid certificate for its name, or speaks an old TLS."
        return "The URL's server could not be reached."
    if isinstance(error, httpx.TimeoutException):
        return f"The URL's server sent nothing for {limits.first_byte_s:g} s."
    return "The URL's server broke off in the middle, or does not speak HTTP."


def _is_of_tls(error: httpx.HTTPError) -> bool:
    # httpcore cuts the chain of causes, and leaves what happened among its error's arguments.
    cause = error.__cause__
    return cause is not None and any(isinstance(part, ssl.SSLError) for part in cause.args)
