"""The artwork that ships with the engine: glyphs of nouns and drawn parts, loaded on demand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image

SHIPPED = Path(__file__).parent / "art"
MOST_HELD = 48
"""Decoded pictures kept at once, about 1 MB each; the oldest goes first."""

CROP_MARGIN_PX = 4


class ArtworkMissing(LookupError):
    """No artwork has this name."""


class Artwork:
    """Pictures by name from a folder with `glyphs/` and `parts/`, WebP with straight alpha.

    May be used by several threads. The arrays it returns are shared: copy before changing one.
    """

    def __init__(
        self, folder: Path = SHIPPED, *, pictures: Mapping[str, Image] | None = None
    ) -> None:
        """`pictures` are glyphs, premultiplied, that a film brings along by their names."""
        self._folder = folder
        self._pictures = dict(pictures or {})
        self._held: dict[Path, Image] = {}
        self._lock = Lock()

    def has_glyph(self, name: str) -> bool:
        """Whether a glyph has this name."""
        return name in self._pictures or self._path("glyphs", name).is_file()

    def glyph(self, name: str) -> Image:
        """The glyph's picture, premultiplied and cropped to what is drawn.

        Raises ArtworkMissing for an unknown name.
        """
        if name in self._pictures:
            return self._pictures[name]
        return self._get(self._path("glyphs", name), crops=True)

    def part(self, name: str) -> Image:
        """The part's picture, premultiplied and in its full box, so that its pivots stay true.

        Raises ArtworkMissing for an unknown name.
        """
        return self._get(self._path("parts", name), crops=False)

    def _path(self, kind: str, name: str) -> Path:
        return self._folder / kind / f"{name}.webp"

    def _get(self, path: Path, *, crops: bool) -> Image:
        with self._lock:
            held = self._held.get(path)
        if held is not None:
            return held
        image = premultiply(_decode(path))
        image = crop(image) if crops else image
        image.flags.writeable = False
        with self._lock:
            while len(self._held) >= MOST_HELD:
                self._held.pop(next(iter(self._held)))
            self._held[path] = image
        return image


def _decode(path: Path) -> Image:
    try:
        stored = np.fromfile(path, np.uint8)
    except FileNotFoundError as error:
        raise ArtworkMissing(path.stem) from error
    image = cv2.imdecode(stored, cv2.IMREAD_UNCHANGED)
    if image is None or image.ndim != 3:
        raise ArtworkMissing(f"{path.stem}: not a colour picture")
    if image.shape[2] == 3:
        image = cv2.cvtColor(image, cv2.COLOR_BGR2BGRA)
    return cast(Image, image)


def premultiply(straight: Image) -> Image:
    """BGRA with its colours multiplied by its alpha."""
    alpha = np.ascontiguousarray(straight[..., 3])
    factors = cv2.merge([alpha, alpha, alpha, np.full_like(alpha, 255)])
    return cast(Image, cv2.multiply(straight, factors, scale=1 / 255.0))


def crop(image: Image, margin_px: int = CROP_MARGIN_PX) -> Image:
    """The part of `image` that is not empty, with a margin where there is room for one."""
    drawn = image[..., 3] > 2
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    if not rows.size:
        return image
    top, left = max(0, int(rows[0]) - margin_px), max(0, int(columns[0]) - margin_px)
    bottom, right = int(rows[-1]) + 1 + margin_px, int(columns[-1]) + 1 + margin_px
    return np.ascontiguousarray(image[top:bottom, left:right])
