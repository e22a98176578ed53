"""Decodes one untrusted picture in a process of its own. Run as a file; see `inspection.py`.

The picture comes on standard input. Standard output gets one line of JSON, `{"width_px",
"height_px", "sent_width_px", "sent_height_px"}` or `{"refused": reason}`, and then the upright
picture as RGB, shrunk to what a film can use. Nothing of Matinee is imported, so that it starts in
40 ms; whatever goes wrong in a library here ends the process and nothing else.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import warnings
from collections.abc import Callable
from io import BytesIO

from PIL import Image

if sys.platform != "win32":
    import resource

PIXELS_SENT = 8_000_000
SHORT_SIDE_SENT_PX = 1920
"""The shorter side of the largest film: nothing sharper can be seen."""

EXIF_ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def main() -> None:
    """Read, decode, answer."""
    arguments = _arguments()
    _limit(arguments.cpu_s, arguments.memory_bytes)
    data = sys.stdin.buffer.read()
    Image.MAX_IMAGE_PIXELS = arguments.max_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        size, picture = DECODERS[arguments.kind](data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _say({"refused": "pixels"})
    except MemoryError:
        _say({"refused": "memory"})
    else:
        sent = {"sent_width_px": picture.width, "sent_height_px": picture.height}
        _say({"width_px": size[0], "height_px": size[1], **sent})
        if arguments.pixels:
            sys.stdout.buffer.write(picture.tobytes())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=DECODERS)
    parser.add_argument("--max-pixels", type=int)
    parser.add_argument("--cpu-s", type=float)
    parser.add_argument("--memory-bytes", type=int)
    parser.add_argument("--pixels", action="store_true")
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


def _decode_picture(name: str) -> Callable[[bytes], tuple[tuple[int, int], Image.Image]]:
    def decode(data: bytes) -> tuple[tuple[int, int], Image.Image]:
        with Image.open(BytesIO(data), formats=[name]) as picture:
            turn = UPRIGHT.get(picture.getexif().get(EXIF_ORIENTATION, 1))
            width_px, height_px = picture.size
            target = _sent_size(width_px, height_px)
            # JPEG only: decoding at a half, quarter or eighth saves most of time and memory.
            picture.draft("RGB", target)
            picture.load()
            small = _smooth(picture).resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0)
        flat = _flat(small)
        if turn is None:
            return (width_px, height_px), flat
        swapped = turn not in {UPRIGHT[2], UPRIGHT[3], UPRIGHT[4]}
        size = (height_px, width_px) if swapped else (width_px, height_px)
        return size, flat.transpose(turn)

    return decode


def _decode_film(data: bytes) -> tuple[tuple[int, int], Image.Image]:
    import av  # noqa: PLC0415 - only films need it, and it takes as long as all the rest

    with av.open(BytesIO(data), "r", format="mov", options={"protocol_whitelist": ""}) as container:
        pictures = container.streams.video[0]
        pictures.codec_context.thread_count = 1
        context = pictures.codec_context
        if context.width * context.height > (Image.MAX_IMAGE_PIXELS or 0):
            raise Image.DecompressionBombError
        first = Image.fromarray(next(container.decode(pictures)).to_ndarray(format="rgb24"))
    return first.size, first.resize(_sent_size(*first.size), Image.Resampling.LANCZOS)


def _sent_size(width_px: int, height_px: int) -> tuple[int, int]:
    shrink = min(
        1.0,
        SHORT_SIDE_SENT_PX / min(width_px, height_px),
        (PIXELS_SENT / (width_px * height_px)) ** 0.5,
    )
    return max(1, round(width_px * shrink)), max(1, round(height_px * shrink))


def _smooth(picture: Image.Image) -> Image.Image:
    """The picture in a mode that can be resized without jaggies."""
    if picture.mode.startswith("I"):
        # Sixteen bits a pixel: Pillow's own conversion would cut them off instead of scaling.
        return picture.point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        return picture if picture.mode in {"RGBA", "LA"} else picture.convert("RGBA")
    return picture.convert("RGB") if picture.mode in {"1", "P"} else picture


def _flat(picture: Image.Image) -> Image.Image:
    """The picture as RGB, its transparent parts white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layers = picture.convert("RGBA")
    white = Image.new("RGB", layers.size, "white")
    white.paste(layers, mask=layers.getchannel("A"))
    return white


def _say(answer: dict[str, int | str]) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")


DECODERS: dict[str, Callable[[bytes], tuple[tuple[int, int], Image.Image]]] = {
    "jpeg": _decode_picture("JPEG"),
    "png": _decode_picture("PNG"),
    "webp": _decode_picture("WEBP"),
    "mp4": _decode_film,
}


if __name__ == "__main__":
    main()
