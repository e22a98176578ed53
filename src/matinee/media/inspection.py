"""Looking into reference images: told by their bytes, decoded in a bounded process.

Nothing heavy is imported here: the server looks into every image that comes with a request.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from matinee.core.errors import MediaInvalid, ServiceUnavailable, TooLarge
from matinee.media.surroundings import bare_environment

DECODER = Path(__file__).with_name("reference_child.py")
OUT_OF_TIME = frozenset({-signal.SIGPROF, -signal.SIGXCPU, -signal.SIGKILL})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceLimits:
    """What an image may be and cost."""

    max_bytes: int = 25_000_000
    max_pixels: int = 50_000_000
    cpu_s: float = 1.5
    """Processor time for decoding."""

    wall_s: float = 8.0
    """The end in any case, however busy the machine is."""

    memory_bytes: int = 640_000_000
    """Address space of the decoding process (Linux)."""

    films: bool = False
    """Whether an MP4 is taken too, for its first frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFacts:
    """What an image is. Width and height are those of the upright picture."""

    media_type: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedReference:
    """What the decoding process said: the facts, and the shrunk picture's size and raw RGB."""

    facts: ReferenceFacts
    sent_width_px: int
    sent_height_px: int
    rgb: bytes


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    media_type: str


_JPEG = _Kind("jpeg", "image/jpeg")
_PNG = _Kind("png", "image/png")
_WEBP = _Kind("webp", "image/webp")
_MP4 = _Kind("mp4", "video/mp4")


async def inspect_reference(
    data: bytes, *, param: str | None = None, limits: ReferenceLimits | None = None
) -> ReferenceFacts:
    """Tell what the image `data` is, having decoded all of it.

    Raises MediaInvalid or TooLarge, naming the field `param`, if it can't be used.
    """
    decoded = await decode_reference(data, param, limits or ReferenceLimits(), pixels=False)
    return decoded.facts


async def decode_reference(
    data: bytes, param: str | None, limits: ReferenceLimits, *, pixels: bool
) -> DecodedReference:
    """Decode the image `data` in the bounded process; its `rgb` is empty without `pixels`.

    Raises MediaInvalid or TooLarge, naming the field `param`.
    """
    if len(data) > limits.max_bytes:
        raise TooLarge(
            f"The image is larger than {limits.max_bytes / 1_000_000:g} MB.", param=param
        )
    kind = _identify(data)
    if kind is None or (kind is _MP4 and not limits.films):
        raise MediaInvalid("The image is neither JPEG, PNG nor WebP.", param=param)
    status, answer = await _run_decoder(data, kind, limits, pixels=pixels)
    if status in OUT_OF_TIME:
        raise MediaInvalid("The image takes unreasonably long to decode.", param=param)
    if status != 0:
        raise MediaInvalid("The image is broken or incomplete.", param=param)
    head, _, body = answer.partition(b"\n")
    told = json.loads(head)
    if "refused" in told:
        raise MediaInvalid(_refusal(told["refused"], limits), param=param)
    facts = ReferenceFacts(
        media_type=kind.media_type, width_px=told["width_px"], height_px=told["height_px"]
    )
    return DecodedReference(
        facts=facts,
        sent_width_px=told["sent_width_px"],
        sent_height_px=told["sent_height_px"],
        rgb=body,
    )


def _identify(data: bytes) -> _Kind | None:
    if data.startswith(b"\xff\xd8\xff"):
        return _JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _WEBP
    return _MP4 if data[4:8] == b"ftyp" else None


def _refusal(reason: str, limits: ReferenceLimits) -> str:
    if reason == "pixels":
        return f"The image has more than {limits.max_pixels / 1_000_000:g} million pixels."
    return "The image takes too much memory to decode."


async def _run_decoder(
    data: bytes, kind: _Kind, limits: ReferenceLimits, *, pixels: bool
) -> tuple[int | None, bytes]:
    """How the decoding process ended, and what it said."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            str(DECODER),
            f"--kind={kind.name}",
            f"--max-pixels={limits.max_pixels}",
            f"--cpu-s={limits.cpu_s}",
            f"--memory-bytes={limits.memory_bytes}",
            *(["--pixels"] if pixels else []),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=bare_environment(),
        )
    except OSError as error:
        raise ServiceUnavailable(f"No image can be looked at: {error.strerror}.") from error
    try:
        async with asyncio.timeout(limits.wall_s):
            answer, _ = await process.communicate(data)
    except TimeoutError:
        return -signal.SIGKILL, b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, answer
