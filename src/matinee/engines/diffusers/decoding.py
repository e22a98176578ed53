"""From latents to frames."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
from PIL import Image

from matinee.engines.diffusers.family import Rgb

_PIECE_FRAMES = 8


def whole_decode(vae: Any, latents: Any) -> Generator[Rgb, None, None]:
    """The frames of `latents`, which are as `vae` takes them, decoded all at once.

    Nothing is seen before all is decoded: for decoders that look both ways in time, or that hand
    over nothing before their end.
    """
    pixels = vae.decode(latents, return_dict=False)[0]
    for begin in range(0, pixels.shape[2], _PIECE_FRAMES):
        yield as_rgb(pixels[:, :, begin : begin + _PIECE_FRAMES])


def as_rgb(pixels: Any) -> Rgb:
    """What a decoder gives, a tensor of (1, 3, frames, height, width) from -1 to 1, as frames."""
    import torch

    steps = pixels[0].float().mul(127.5).add(127.5).round().clamp(0, 255).to(torch.uint8)
    return np.ascontiguousarray(steps.permute(1, 2, 3, 0).cpu().numpy())


def decoder_dtype(vae: Any) -> Any:
    """In which precision `vae` decodes: its decoder may have another one than its encoder."""
    return next(vae.decoder.parameters()).dtype


def as_picture(image: Rgb) -> Image.Image:
    """One frame as the pipelines take an image."""
    return Image.fromarray(image)
