"""What becomes of a film that was made: its form, facts, thumbnail and spritesheet, in a child.

The libraries that decode films stay out of the server that way: out of its memory, its start-up
time, and its reach if a film from elsewhere is hostile.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from dataclasses import dataclass
from pathlib import Path

import msgspec

from matinee.core.errors import InspectionCrashed, MediaInvalid, ServiceUnavailable, StorageFull
from matinee.media.surroundings import bare_environment

_WALL_S = 900.0
"""The longest that one film may take: looking at 25 s takes about 1 s, encoding it anew half a
minute, and an extended one may be five times as long."""

_COMMAND = (sys.executable, "-P", "-m", "matinee.media.finish_child")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFilm:
    """What a film is to be."""

    width_px: int
    height_px: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """A picture that lies at `path`."""

    path: Path
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedFilm:
    """A film's facts, and the pictures taken from it."""

    width_px: int
    height_px: int
    seconds: float
    size_bytes: int
    thumbnail: PictureFile
    spritesheet: PictureFile


class FinishRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What the child is asked."""

    film: str
    folder: str
    wanted: WantedFilm | None


class FinishReply(msgspec.Struct, frozen=True, kw_only=True):
    """What the child says: the finished film, or why it is none."""

    film: FinishedFilm | None = None
    refused: str | None = None
    full: str | None = None
    """The same if the disk had no room."""

    denied: str | None = None
    """The same if the disk could not be written for another reason."""


async def finish(film: Path, folder: Path, wanted: WantedFilm | None = None) -> FinishedFilm:
    """Look at `film`, make it what is `wanted` if it is not, and leave its pictures in `folder`.

    Raises MediaInvalid if it can't be read as a film, InspectionCrashed if the child was killed,
    StorageFull or ServiceUnavailable if the disk, or the machine, refuses something.
    """
    request = FinishRequest(film=str(film), folder=str(folder), wanted=wanted)
    try:
        process = await asyncio.create_subprocess_exec(
            *_COMMAND,
            msgspec.json.encode(request).decode(),
            stdout=PIPE,
            start_new_session=True,
            env=bare_environment(),
        )
    except OSError as error:
        raise ServiceUnavailable(f"The film can't be looked at: {error.strerror}.") from error
    try:
        async with asyncio.timeout(_WALL_S):
            answer, _ = await process.communicate()
    except TimeoutError as error:
        raise MediaInvalid("The film takes unreasonably long to decode.") from error
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode is not None and process.returncode < 0:
        raise InspectionCrashed(
            f"The process that looks at films ended by signal {-process.returncode}."
        )
    if process.returncode != 0:
        raise MediaInvalid("The film could not be decoded.")
    reply = msgspec.json.decode(answer, type=FinishReply, dec_hook=_decode_path)
    if reply.full is not None:
        raise StorageFull(reply.full)
    if reply.denied is not None:
        raise ServiceUnavailable(reply.denied)
    if reply.film is None:
        raise MediaInvalid(reply.refused or "The film could not be decoded.")
    return reply.film


def _decode_path(kind: type, value: object) -> object:
    return kind(value)
