"""Films that come with a request: brought to this machine, looked at, gone with the request."""

from __future__ import annotations

import asyncio
import errno
import itertools
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from matinee.core.errors import MissingParameter, ServiceUnavailable, StorageFull
from matinee.core.ids import AccountId
from matinee.core.size import Size
from matinee.core.wish import Upload
from matinee.services.files import Files

MOST_INSPECTED = 2
"""Films looked into at once: each takes a core."""

MOST_FETCHED = 8
"""Films fetched at once: a slow address must not use up what others need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFacts:
    """What a film is, told by its bytes."""

    size: Size
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """A frame of a film as a picture."""

    data: bytes
    media_type: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From one moment of a film to another; None is its end."""

    start_s: float = 0.0
    end_s: float | None = None


class InspectFilm(Protocol):
    """Looks into the film at a path. Raises MediaInvalid or TooLarge, naming `param`."""

    async def __call__(self, path: Path, *, param: str) -> FilmFacts: ...


class TakeStill(Protocol):
    """The most telling frame of a span. Raises MediaInvalid or TooLarge, naming `param`."""

    async def __call__(self, path: Path, span: Span, *, param: str) -> Still: ...


class FetchFilm(Protocol):
    """Writes what is behind a URL to a path. Raises AddressRefused or TooLarge, naming `param`."""

    async def __call__(self, url: str, target: Path, *, param: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmTools:
    """How films are fetched and looked at."""

    inspect: InspectFilm
    take_still: TakeStill
    fetch: FetchFilm


class Films:
    """Brings films to `folder` and looks at them there."""

    def __init__(self, files: Files, tools: FilmTools, *, folder: Path) -> None:
        self._files = files
        self._tools = tools
        self._folder = folder
        self._numbers = itertools.count()
        self._inspecting = asyncio.Semaphore(MOST_INSPECTED)
        self._fetching = asyncio.Semaphore(MOST_FETCHED)

    @asynccontextmanager
    async def at_hand(self, account_id: AccountId, upload: Upload) -> AsyncGenerator[Path, None]:
        """The film as a file of this machine, within the context; it may be moved away.

        Raises an InvalidRequest or FileNotFound that names the field, StorageFull or
        ServiceUnavailable.
        """
        if upload.path is not None:
            yield upload.path
            return
        async with self.a_path() as path:
            with _translated():
                await self._bring(account_id, upload, path)
            yield path

    @asynccontextmanager
    async def a_path(self) -> AsyncGenerator[Path, None]:
        """A path of its own; what lies there at the end is removed.

        Raises StorageFull or ServiceUnavailable.
        """
        path = self._folder / f"film-{next(self._numbers)}"
        with _translated():
            await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        try:
            yield path
        finally:
            with _translated():
                await asyncio.to_thread(path.unlink, missing_ok=True)

    async def inspect(self, path: Path, *, param: str) -> FilmFacts:
        """What the film is. Raises MediaInvalid or TooLarge, naming `param`."""
        async with self._inspecting:
            return await self._tools.inspect(path, param=param)

    async def take_still(self, path: Path, span: Span, *, param: str) -> Still:
        """The most telling frame of a span. Raises MediaInvalid or TooLarge, naming `param`."""
        async with self._inspecting:
            return await self._tools.take_still(path, span, param=param)

    async def _bring(self, account_id: AccountId, upload: Upload, path: Path) -> None:
        if upload.file_id is not None:
            await self._files.fetch(account_id, upload.file_id, path, param=upload.param)
        elif upload.url is not None:
            async with self._fetching:
                await self._tools.fetch(upload.url, path, param=upload.param)
        elif upload.data:
            await asyncio.to_thread(path.write_bytes, upload.data)
        else:
            raise MissingParameter("The film is empty.", param=upload.param)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("The disk that takes films is full.") from error
        raise ServiceUnavailable(f"No film can be taken for now: {error.strerror}.") from error
