"""Experiment 5: H.264 on the processor and, where the GPU has it, there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from bench.gpu.measuring import Row, Table, measure
from bench.gpu.scales import Scale
from matinee.engines.diffusers.film import CRF, ENCODER_THREADS
from matinee.media.encode import Encoder, FilmFormat

Frames = NDArray[np.uint8]


def run(scale: Scale, folder: Path) -> Table:
    """Frames with as much going on as a film has: a texture that moves, and some noise."""
    frames = _moving(scale)
    out = folder / "encoded.mp4"
    kinds: dict[str, Any] = {
        "libx264, as it comes (plain diffusers)": lambda: encode_plainly(frames, out, fps=24),
        "libx264 (ours)": lambda: asyncio.run(_encode(frames, out, scale)),
        "libx264, ultrafast": lambda: encode_plainly(
            frames, out, fps=24, options={"preset": "ultrafast"}
        ),
        "h264_nvenc": lambda: encode_plainly(frames, out, fps=24, codec="h264_nvenc"),
    }
    return Table(
        number=5,
        title=f"encoding {scale.frames} frames of {scale.width_px}x{scale.height_px}",
        expected="hidden behind decoding; a H200 is thought to have no NVENC",
        rows=[_row(variant, scale, encode) for variant, encode in kinds.items()],
    )


def encode_plainly(
    frames: Frames,
    out: Path,
    *,
    fps: int,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
) -> None:
    """As diffusers' `encode_video` does it: all frames are there, then they are written."""
    with av.open(str(out), "w") as film:
        stream: Any = film.add_stream(codec, rate=fps, options=options or {})
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            film.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        film.mux(stream.encode())


async def _encode(frames: Frames, out: Path, scale: Scale) -> None:
    shape = FilmFormat(
        width_px=scale.width_px,
        height_px=scale.height_px,
        fps=scale.fps,
        crf=CRF,
        threads=ENCODER_THREADS,
    )
    async with Encoder(out, shape, has_sound=False) as encoder:
        for frame in frames:
            await encoder.write(frame)
        await encoder.finish()


def _row(variant: str, scale: Scale, encode: Any) -> Row:
    return measure(
        variant,
        "cpu",
        encode,
        repeats=max(1, scale.repeats // 2),
        more=lambda seconds: {"ms a frame": seconds / scale.frames * 1000},
    )


def _moving(scale: Scale) -> Frames:
    noise = np.random.default_rng(3)
    rough = noise.integers(0, 255, (scale.height_px // 16 + 1, scale.width_px // 16 + 1, 3))
    texture = np.kron(rough, np.ones((16, 16, 1))).astype(np.int16)
    still = texture[: scale.height_px, : scale.width_px]
    frames = np.empty((scale.frames, *still.shape), np.uint8)
    for number in range(scale.frames):
        grain = noise.integers(-4, 5, still.shape, dtype=np.int16)
        frames[number] = np.clip(np.roll(still, 3 * number, axis=1) + grain, 0, 255)
    return frames
