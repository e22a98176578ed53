"""Fetches a film from an upstream, in pieces, and goes on where a connection was cut."""

from __future__ import annotations

import asyncio
import errno
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import httpx

from matinee.core.errors import EngineError, EngineUnavailable, ServiceUnavailable, StorageFull
from matinee.net.upstream_client import Interrupted, UpstreamClient
from matinee.net.wire import Call

_TRIES = 4
"""How often in a row a connection may be cut before anything came."""

_FIRST_PAUSE_S = 0.1
_WRITTEN = ("application/json", "text/")
_WRITTEN_BYTES = 256 * 1024
"""So much is written at a time: some send a film in pieces of a few bytes."""
_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")


@dataclass(slots=True)
class _Film:
    """What has come of a film, and by what the upstream would know it again."""

    path: Path
    most_bytes: int
    received: int = 0
    validator: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Ask for the rest, if there is a way to be sure that it is the rest of the same film."""
        if not self.received or self.validator is None:
            return {}
        return {"Range": f"bytes={self.received}-", "If-Range": self.validator}


async def download_film(client: UpstreamClient, call: Call, target: Path, most_bytes: int) -> None:
    """Write the film that `call` fetches to `target`; on error nothing is there.

    Raises EngineUnavailable if the upstream does not give it now, EngineError if it is larger than
    `most_bytes` or lies where this server may not go, and what `writing` raises.
    """
    film = _Film(path=target.with_name(f"{target.name}.part"), most_bytes=most_bytes)
    with writing():
        await _receive(client, call, film)
        await asyncio.to_thread(film.path.replace, target)


@contextmanager
def writing() -> Iterator[None]:
    """Raise StorageFull or ServiceUnavailable for what the disk refuses while a film is written.

    The upstream has the film as before, so another attempt may fetch it.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("The disk has no room for the film.") from error
        raise ServiceUnavailable(f"The film can't be written: {error.strerror}.") from error


async def _receive(client: UpstreamClient, call: Call, film: _Film) -> None:
    failures = 0
    while True:
        before = film.received
        try:
            await _go_on(client, call, film)
        except Interrupted:
            failures = 1 if film.received > before else failures + 1
            if failures == _TRIES:
                raise
            await asyncio.sleep(_FIRST_PAUSE_S * 2**failures)
        else:
            break
    if not film.received:
        raise EngineUnavailable("The upstream's film is empty.")


async def _go_on(client: UpstreamClient, call: Call, film: _Film) -> None:
    async with client.film(call, film.headers) as response:
        if response.status_code == httpx.codes.PARTIAL_CONTENT:
            _check_rest(response, film)
        elif response.status_code == httpx.codes.OK:
            film.received = 0
            film.validator = _validator(response)
        else:
            film.received = 0
            raise EngineUnavailable(
                f"The upstream answered {response.status_code} and sent no film."
            )
        if response.headers.get("content-type", "").startswith(_WRITTEN):
            raise EngineUnavailable("The upstream sent a text in place of its film.")
        await _write(response.aiter_raw(), film)


async def _write(pieces: AsyncIterator[bytes], film: _Film) -> None:
    with _opened(film) as file:
        waiting = bytearray()
        try:
            async for piece in pieces:
                waiting += piece
                if film.received + len(waiting) > film.most_bytes:
                    raise EngineError(
                        f"The upstream's film is larger than {film.most_bytes / 2**20:.3g} MiB, "
                        "which the engine's setting 'max_film_mb' allows."
                    )
                if len(waiting) >= _WRITTEN_BYTES:
                    await _append(file, waiting, film)
        finally:
            # A connection that is cut goes on behind what came.
            await _append(file, waiting, film)


async def _append(file: FileIO, waiting: bytearray, film: _Film) -> None:
    piece = bytes(waiting)
    waiting.clear()
    await asyncio.to_thread(_write_all, file, piece)
    film.received += len(piece)


def _opened(film: _Film) -> FileIO:
    """The film's file, to be written on from where it was cut.

    It has no buffer, so nothing is left to be written, and to go wrong, when it is closed.
    """
    if not film.received:
        return film.path.open("wb", buffering=0)
    os.truncate(film.path, film.received)
    return film.path.open("ab", buffering=0)


def _write_all(file: FileIO, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        # A disk that becomes full takes the beginning, and says so only the next time.
        left = left[file.write(left) :]


def _check_rest(response: httpx.Response, film: _Film) -> None:
    spelled = _RANGE.fullmatch(response.headers.get("content-range", ""))
    if spelled is None or int(spelled.group(1)) != film.received:
        film.received = 0
        raise Interrupted("The upstream sent another part of its film than it was asked for.")


def _validator(response: httpx.Response) -> str | None:
    tag: str = response.headers.get("etag", "")
    # Only a strong tag promises the same bytes. Source: RFC 9110, 13.1.5.
    return tag if tag.startswith('"') else None
