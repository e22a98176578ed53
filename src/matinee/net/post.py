"""Posts a letter to a URL that a stranger wrote, through the guard and within limits."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import httpx

from matinee import __version__
from matinee.core.errors import AddressRefused, ReceiverUnreachable, ServiceUnavailable
from matinee.core.webhook import Receipt
from matinee.net.guard import Guard
from matinee.net.transport import GuardedTransport
from matinee.ports.webhooks import Letter

_MOST_READ_BYTES = 64 * 1024
_LOOK_UP_S = 5.0
_HEADERS = {
    "User-Agent": f"Matinee/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLimits:
    """How long a receiver may take.

    Its answer's head must be complete within `answer_s`, look-up and TLS included. The body says
    nothing; it is read for `body_s`, so that a receiver that writes one is not cut off in it.
    """

    answer_s: float = 15.0
    body_s: float = 1.0


DEFAULT_LIMITS = PostLimits()


async def post_letter(
    letter: Letter, *, guard: Guard, limits: PostLimits = DEFAULT_LIMITS
) -> Receipt:
    """Send `letter` and give what its receiver answered, whatever the status.

    A redirect is an answer like any other and is not followed; no cookie, key or proxy takes part.
    Raises AddressRefused if the URL leads where it must not, ReceiverUnreachable if no answer came
    in time, and ServiceUnavailable if this machine can't send at all.
    """
    try:
        async with GuardedTransport(guard) as transport:
            async with asyncio.timeout(limits.answer_s):
                response = await _send(letter, guard, transport, limits)
            try:
                await _read_away(response, limits)
            finally:
                await response.aclose()
    except TimeoutError as error:
        raise ReceiverUnreachable(
            f"The receiver did not answer within {limits.answer_s:g} s."
        ) from error
    except httpx.HTTPError as error:
        raise ReceiverUnreachable(_explain(error)) from error
    except OSError as error:
        # Nothing that the receiver did: this machine is out of descriptors, say.
        raise ServiceUnavailable(f"Nothing can be sent for now: {error.strerror}.") from error
    return Receipt(status=response.status_code, retry_after=response.headers.get("retry-after"))


async def _send(
    letter: Letter, guard: Guard, transport: GuardedTransport, limits: PostLimits
) -> httpx.Response:
    url = guard.check_url(letter.url)
    try:
        request = httpx.Request(
            "POST",
            str(url),
            headers={**_HEADERS, **letter.headers},
            content=letter.body,
            extensions={"timeout": httpx.Timeout(limits.answer_s).as_dict()},
        )
    except (httpx.InvalidURL, UnicodeError) as error:
        raise guard.refusal("not a URL to the HTTP client", url.host) from error
    return await transport.handle_async_request(request)


async def _read_away(response: httpx.Response, limits: PostLimits) -> None:
    read_bytes = 0
    # The status is the whole answer: how its body goes on or breaks off changes nothing.
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(limits.body_s):
            async for piece in response.aiter_raw():
                read_bytes += len(piece)
                if read_bytes > _MOST_READ_BYTES:
                    break


def _explain(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return "The receiver could not be reached, or has no valid certificate for its name."
    if isinstance(error, httpx.TimeoutException):
        return "The receiver took too long to answer."
    return "The receiver broke off before it answered, or does not speak HTTP."


async def check_receiver(url: str, *, guard: Guard, param: str) -> None:
    """Refuse a `url` that nothing could be posted to as things are. It is checked again each time.

    Raises AddressRefused naming `param`.
    """
    try:
        guarded = guard.check_url(url)
        try:
            async with asyncio.timeout(_LOOK_UP_S):
                await guard.addresses(guarded.host, guarded.port)
        except TimeoutError as error:
            raise guard.refusal("the resolver is slow", guarded.host) from error
    except AddressRefused as refusal:
        refusal.param = param
        raise
