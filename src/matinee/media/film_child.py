"""Looks into one untrusted film in a process of its own; see `film_inspection.py`.

Standard output gets one line of JSON, the facts or `{"refused": reason}`, and then, if a picture
was asked for, that picture as WebP. Whatever goes wrong in a library here ends the process and
nothing else.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from av.video.frame import VideoFrame
from PIL import Image, ImageStat

from matinee.core.errors import MediaInvalid
from matinee.media.film_file import FilmFile, open_film

if sys.platform != "win32":
    import resource

PICTURE_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4"})
SOUND_CODECS = frozenset(
    {"aac", "mp3", "mp3float", "opus", "libopus", "vorbis", "flac", "alac", "ac3", "pcm_s16le"}
    | {"pcm_s16be", "pcm_s24le", "pcm_f32le"}
)
"""What films are made with today. Fewer decoders have fewer holes."""

LOOKED_AT = (0.0, 0.3, 0.5, 0.7, 0.95)
"""Where in the film a frame is decoded, to see that it can be."""

LEAST_FPS, MOST_FPS = 1, 240
MISSING_S = 1.0
"""A film that ends so much before its index says so is incomplete."""

POSTER_PX = 1024
POSTER_EVERY_S = 0.2
SKETCH_PX = 64
TOO_DARK, TOO_BRIGHT = 24, 232
POSTER_CPU_SHARE = 0.5
"""How much of the processor time may go by before the best frame so far is taken."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What the packets of the picture track say of it."""

    packets: int
    seconds: float


def main() -> None:
    """Look, answer."""
    arguments = _arguments()
    _limit(arguments.cpu_s, arguments.memory_bytes)
    picture: Image.Image | None = None
    try:
        facts = _look(arguments.film, arguments.max_pixels)
        if arguments.poster:
            picture = _poster(arguments, facts["seconds"])
            facts |= {"poster_width_px": picture.width, "poster_height_px": picture.height}
    except MediaInvalid as error:
        _say({"refused": str(error)})
    except MemoryError:
        _say({"refused": "The film takes too much memory to decode."})
    else:
        _say(facts)
        if picture is not None:
            file = BytesIO()
            picture.save(file, "WEBP", quality=90)
            sys.stdout.buffer.write(file.getvalue())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("film", type=Path)
    parser.add_argument("--max-pixels", type=int)
    parser.add_argument("--cpu-s", type=float)
    parser.add_argument("--memory-bytes", type=int)
    parser.add_argument("--poster", action="store_true")
    parser.add_argument("--start-s", type=float, default=0.0)
    parser.add_argument("--end-s", type=float)
    return parser.parse_args()


def _limit(cpu_s: float, memory_bytes: int) -> None:
    if sys.platform == "win32":
        return
    # Its default action ends the process, to a fraction of a second; RLIMIT_CPU stands behind it.
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s) + 2, int(cpu_s) + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _look(path: Path, max_pixels: int) -> dict[str, Any]:
    with open_film(path) as film:
        _check_codecs(film)
        context = film.pictures.codec_context
        if context.width * context.height > max_pixels:
            raise MediaInvalid(
                f"The film's frames have {context.width}x{context.height} pixels; at most "
                f"{max_pixels / 1_000_000:g} million are taken."
            )
        promised = film.pictures.frames
        extent = _extent(film)
        if extent.packets < promised or film.seconds - extent.seconds > MISSING_S:
            raise MediaInvalid("The film is incomplete: it ends before its index says so.")
        fps = extent.packets / extent.seconds if extent.seconds > 0 else 0.0
        if not LEAST_FPS <= fps <= MOST_FPS:
            raise MediaInvalid("The film has no usable length or frame rate.")
        kind = film.container.format.name
        sound = bool(film.container.streams.audio)
    size = _decode_some(path, extent.seconds)
    return {
        "media_type": "video/mp4" if "mov" in kind else "video/webm",
        "width_px": size[0],
        "height_px": size[1],
        "seconds": extent.seconds,
        "fps": fps,
        "has_sound": sound,
    }


def _check_codecs(film: FilmFile) -> None:
    name = film.pictures.codec_context.name
    if name not in PICTURE_CODECS:
        raise MediaInvalid(f"Films in '{name}' are not taken: send H.264, HEVC, VP9 or AV1.")
    for sound in film.container.streams.audio[:1]:
        if sound.codec_context.name not in SOUND_CODECS:
            raise MediaInvalid(
                f"Sound in '{sound.codec_context.name}' is not taken: send AAC, MP3 or Opus."
            )


def _extent(film: FilmFile) -> Extent:
    """Read, without decoding, every packet of the pictures."""
    packets, first, last = 0, 0.0, 0.0
    spacing = float(1 / film.fps) if film.fps > 0 else 0.0
    for packet in film.container.demux(film.pictures):
        if packet.size <= 0 or packet.pts is None or packet.time_base is None:
            continue
        begin = float(packet.pts * packet.time_base)
        length = float((packet.duration or 0) * packet.time_base) or spacing
        first = min(first, begin) if packets else begin
        last = max(last, begin + length)
        packets += 1
    return Extent(packets, last - first)


def _decode_some(path: Path, seconds: float) -> tuple[int, int]:
    """Decode a frame here and there; the size of the upright picture. Raises MediaInvalid."""
    size: tuple[int, int] | None = None
    with open_film(path) as film:
        film.pictures.codec_context.options = {"err_detect": "explode"}
        for share in LOOKED_AT:
            film.seek(share * seconds)
            frame = next(film.frames(), None)
            if frame is None or frame.is_corrupt:
                raise MediaInvalid("The film is broken and can't be decoded.")
            size = size or _upright_size(frame)
    return size or (0, 0)


def _poster(arguments: argparse.Namespace, seconds: float) -> Image.Image:
    """The most telling frame of the span: neither black nor blank if any other is there."""
    start_s = min(max(0.0, arguments.start_s), seconds)
    end_s = min(arguments.end_s if arguments.end_s is not None else seconds, seconds)
    if end_s <= start_s:
        raise MediaInvalid(f"The film is {seconds:g} s long: nothing of it lies in that span.")
    best: tuple[float, Image.Image] | None = None
    with open_film(arguments.film) as film:
        for frame in _sampled(film, start_s, end_s):
            interest = _interest(frame)
            if best is None or interest > best[0]:
                best = (interest, _picture(frame))
            if time.process_time() > POSTER_CPU_SHARE * arguments.cpu_s:
                break
    if best is None:
        raise MediaInvalid("The film holds no frame that can be decoded.")
    return best[1]


def _sampled(film: FilmFile, start_s: float, end_s: float) -> Iterator[VideoFrame]:
    film.seek(start_s)
    due_s = start_s
    last: VideoFrame | None = None
    for frame in film.frames():
        at_s = frame.time or 0.0
        if at_s > end_s:
            break
        last = frame
        if at_s >= due_s:
            yield frame
            last = None
            due_s = at_s + POSTER_EVERY_S
    if last is not None:
        yield last


def _interest(frame: VideoFrame) -> float:
    sketch = _image(frame.reformat(SKETCH_PX, SKETCH_PX, "rgb24")).convert("L")
    facts = ImageStat.Stat(sketch)
    contrast = float(facts.stddev[0])
    return contrast if TOO_DARK < facts.mean[0] < TOO_BRIGHT else contrast / 4


def _picture(frame: VideoFrame) -> Image.Image:
    picture = _image(frame)
    picture.thumbnail((POSTER_PX, POSTER_PX), Image.Resampling.LANCZOS)
    return picture.rotate(frame.rotation, expand=True) if frame.rotation else picture


def _image(frame: VideoFrame) -> Image.Image:
    image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    return image


def _upright_size(frame: VideoFrame) -> tuple[int, int]:
    turned = frame.rotation % 180 != 0
    return (frame.height, frame.width) if turned else (frame.width, frame.height)


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
