"""Seamless noise for terrain, ground and clouds, and colours laid over each other."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.paint import Floats, colour

MOST_BINS = (256, 512)
"""Noise is made at this size at most, and stretched: terrain has no finer forms."""


def seamless(seed: int, size: int = 512, coarse: float = 3.0, roughness: float = 1.6) -> Floats:
    """Noise (size, size) that continues on all four sides, mean 0.5, cut at 0 and 1.

    `coarse` is how many of its largest bumps fit across; a higher `roughness` is smoother.
    """
    raw = _spectral(seed, (size, size), (coarse, coarse), roughness)
    spread = np.float32(raw.std() * 4.4 + 1e-9)
    return cast(Floats, np.clip(raw / spread + np.float32(0.5), 0, 1).astype(np.float32))


def field(
    shape: tuple[int, int], seed: int, bumps: tuple[float, float], roughness: float = 1.8
) -> Floats:
    """Noise of `shape` that continues on all sides and just touches 0 and 1, so has no flat tops.

    `bumps` is how many of the largest fit down and across.
    """
    bins = (min(MOST_BINS[0], shape[0]), min(MOST_BINS[1], shape[1]))
    raw = _spectral(seed, bins, bumps, roughness)
    raw = raw - raw.min()
    raw = cast(Floats, raw / np.float32(raw.max() + 1e-9))
    if bins == shape:
        return raw
    # Stretched with a margin of the other edge, so that the seam stays smooth.
    around = np.concatenate((raw[:, -2:], raw, raw[:, :2]), 1)
    cell_x, cell_y = shape[1] / bins[1], shape[0] / bins[0]
    mapping = np.array(
        ((cell_x, 0, -2 * cell_x + (cell_x - 1) / 2), (0, cell_y, (cell_y - 1) / 2)), np.float64
    )
    edge = cv2.BORDER_REPLICATE
    size = (shape[1], shape[0])
    return cast(Floats, cv2.warpAffine(around, mapping, size, None, cv2.INTER_CUBIC, edge))


def _spectral(
    seed: int, shape: tuple[int, int], bumps: tuple[float, float], roughness: float
) -> Floats:
    random = np.random.default_rng(seed)
    spectrum = np.fft.rfft2(random.standard_normal(shape, np.float32))
    down = (np.fft.fftfreq(shape[0]) * (shape[0] / bumps[0])).astype(np.float32)[:, None]
    across = (np.fft.rfftfreq(shape[1]) * (shape[1] / bumps[1])).astype(np.float32)[None]
    squared = down * down + across * across
    strength = np.where(squared < 1, squared, np.maximum(squared, 1) ** np.float32(-roughness / 2))
    return cast(Floats, np.fft.irfft2(spectrum * strength, shape).astype(np.float32))


def blend(first: Floats, code: str | Floats, share: Floats) -> Floats:
    """`first` (..., 3) with `share` (...) of it replaced by a colour."""
    other = colour(code) if isinstance(code, str) else code
    return cast(Floats, first + (other - first) * share[..., None])
