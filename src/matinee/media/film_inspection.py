"""Looking into uploaded films: told by their bytes, decoded in a bounded process.

Nothing heavy is imported here: the server looks into every film that comes with a request.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matinee.core.errors import MediaInvalid, ServiceUnavailable, TooLarge
from matinee.media.inspection import OUT_OF_TIME
from matinee.media.surroundings import bare_environment

_CHILD = (sys.executable, "-P", "-m", "matinee.media.film_child")
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmLimits:
    """What a film may be and cost."""

    max_bytes: int = 200 * _MIB
    max_pixels: int = 10_000_000
    """In one frame: 4096x2304 and a little."""

    cpu_s: float = 3.0
    """Processor time for reading it through and decoding some of it."""

    wall_s: float = 20.0
    """The end in any case, however busy the machine is."""

    memory_bytes: int = 1_500_000_000
    """Address space of the decoding process (Linux)."""


DEFAULT_LIMITS = FilmLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFacts:
    """What a film is. Width and height are those of the upright picture."""

    media_type: str
    width_px: int
    height_px: int
    seconds: float
    fps: float
    has_sound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterPicture:
    """A frame of a film as a picture, WebP."""

    data: bytes
    width_px: int
    height_px: int


async def inspect_film(
    path: Path, *, param: str | None = None, limits: FilmLimits = DEFAULT_LIMITS
) -> FilmFacts:
    """Tell what the film at `path` is, having read all and decoded some of it.

    Raises MediaInvalid or TooLarge, naming the field `param`, if it can't be used.
    """
    told, _ = await _ask(path, (), param, limits)
    return _facts(told)


async def take_poster(
    path: Path,
    *,
    start_s: float = 0.0,
    end_s: float | None = None,
    param: str | None = None,
    limits: FilmLimits = DEFAULT_LIMITS,
) -> PosterPicture:
    """The most telling frame between two moments of the film at `path`, 1024 pixels at most.

    Raises MediaInvalid or TooLarge, naming the field `param`, if it can't be used.
    """
    span = [f"--start-s={start_s}", *([f"--end-s={end_s}"] if end_s is not None else [])]
    told, picture = await _ask(path, ("--poster", *span), param, limits)
    return PosterPicture(
        data=picture, width_px=told["poster_width_px"], height_px=told["poster_height_px"]
    )


async def _ask(
    path: Path, options: Sequence[str], param: str | None, limits: FilmLimits
) -> tuple[dict[str, Any], bytes]:
    size_bytes = (await asyncio.to_thread(path.stat)).st_size
    if size_bytes > limits.max_bytes:
        raise TooLarge(f"The film is larger than {limits.max_bytes / _MIB:g} MiB.", param=param)
    status, answer = await _run_child(path, options, limits)
    if status in OUT_OF_TIME:
        raise MediaInvalid("The film takes unreasonably long to decode.", param=param)
    if status != 0:
        raise MediaInvalid("The film is broken and can't be decoded.", param=param)
    head, _, body = answer.partition(b"\n")
    told: dict[str, Any] = json.loads(head)
    if "refused" in told:
        raise MediaInvalid(told["refused"], param=param)
    return told, body


async def _run_child(
    path: Path, options: Sequence[str], limits: FilmLimits
) -> tuple[int | None, bytes]:
    """How the decoding process ended, and what it said."""
    try:
        process = await asyncio.create_subprocess_exec(
            *_CHILD,
            str(path),
            f"--max-pixels={limits.max_pixels}",
            f"--cpu-s={limits.cpu_s}",
            f"--memory-bytes={limits.memory_bytes}",
            *options,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=DEVNULL,
            env=bare_environment(),
        )
    except OSError as error:
        raise ServiceUnavailable(f"No film can be looked at: {error.strerror}.") from error
    try:
        async with asyncio.timeout(limits.wall_s):
            answer, _ = await process.communicate()
    except TimeoutError:
        return -signal.SIGKILL, b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, answer


def _facts(told: dict[str, Any]) -> FilmFacts:
    return FilmFacts(
        media_type=told["media_type"],
        width_px=told["width_px"],
        height_px=told["height_px"],
        seconds=told["seconds"],
        fps=told["fps"],
        has_sound=told["has_sound"],
    )
