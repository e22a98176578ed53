"""A shot made of a still image: it is the first frame, then the camera moves through it.

The image is parted into a figure and what is behind it, which move a little apart as the camera
nears. Where no figure stands out, the whole image moves.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.affine import Matrix, compose, scale, translate
from matinee.engines.animatic.artwork import premultiply
from matinee.engines.animatic.camera import Frame, ease
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.paint import Floats
from matinee.engines.animatic.post import Planes
from matinee.engines.animatic.staging import Look

NEARER = 0.10
"""How much larger the image is at the shot's end."""

APART = 0.025
"""How much more the figure grows than what is behind it; more would tear at its edges."""

SIDEWAYS = 0.02
LEAST_FIGURE, MOST_FIGURE = 0.03, 0.55
"""Shares of the image that a figure may cover to be believed."""

SHRUNK = 4
CERTAIN, LIKELY = 94, 82
"""Percentiles of standing out above which a pixel is surely, or probably, of the figure."""


class ReferenceScene:
    """The moving image. `pixels` is RGB of the frame's size; see `scene.Scene` for the methods."""

    def __init__(
        self, pixels: NDArray[np.uint8], frame: Frame, seconds: float, look: Look | None = None
    ) -> None:
        self.frame = frame
        self.seconds = seconds
        self._look = look
        still = cast(Image, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA))
        self._first = cast(Planes, cv2.cvtColor(still, cv2.COLOR_BGRA2YUV_I420))
        mask = _figure(still)
        behind = still if mask is None else _without(still, mask)
        self._behind = Texture(behind, opaque=True)
        self._figure = None if mask is None else Texture(_cut_out(still, mask))

    def draw(self, canvas: Canvas, t: float) -> None:
        """Draw the picture at `t` seconds."""
        canvas.clear()
        progress = ease(t / self.seconds)
        canvas.draw(self._behind, self._view(1 + NEARER * progress, SIDEWAYS * progress))
        if self._figure is not None:
            nearer = 1 + (NEARER + APART) * progress
            canvas.draw(self._figure, self._view(nearer, 1.5 * SIDEWAYS * progress))
        canvas.finish()

    def finish(self, canvas: Canvas, t: float) -> Planes:
        """The picture as I420. The first one is the image itself, whatever the look."""
        if t <= 0:
            return self._first
        if self._look is not None:
            self._look.paint(canvas, t)
        planes = cast(Planes, cv2.cvtColor(canvas.finish(), cv2.COLOR_BGRA2YUV_I420))
        if self._look is not None:
            self._look.grade(planes, t)
        return planes

    def _view(self, size: float, aside: float) -> Matrix:
        width, height = self.frame.width_px, self.frame.height_px
        centre = translate(width / 2 - aside * width, height / 2)
        return compose(centre, scale(size), translate(-width / 2, -height / 2))


def _figure(still: Image) -> Floats | None:
    """Where the figure is, 0 to 1 at the image's size; None if nothing stands out."""
    height, width = still.shape[0] // SHRUNK, still.shape[1] // SHRUNK
    small = cv2.resize(still[..., :3], (width, height), interpolation=cv2.INTER_AREA)
    guess = _guess(np.asarray(small, np.uint8))
    # GrabCut seeds its mixtures from this generator; without it the same image gave other films.
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, guess, (0, 0, 0, 0), *models, 3, cv2.GC_INIT_WITH_MASK)
    found = np.isin(guess, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    found = np.asarray(cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    count, labels, facts, _ = cv2.connectedComponentsWithStats(found)
    if count < 2:
        return None
    largest = 1 + int(np.argmax(facts[1:, cv2.CC_STAT_AREA]))
    figure = (labels == largest).astype(np.float32)
    if not LEAST_FIGURE < float(figure.mean()) < MOST_FIGURE:
        return None
    full = cv2.resize(figure, (still.shape[1], still.shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(cv2.GaussianBlur(full, (0, 0), 2.0), 0, 1), np.float32)


def _guess(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What GrabCut starts from: pixels unlike the rim, and near the middle, may be the figure."""
    height, width = small.shape[:2]
    rim = max(2, height // 40)
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
    around = np.concatenate([lab[:rim].reshape(-1, 3), lab[:, :rim].reshape(-1, 3)])
    around = np.concatenate([around, lab[:, -rim:].reshape(-1, 3)])
    samples = around[np.linspace(0, len(around) - 1, 24).astype(int)]
    unlike = np.linalg.norm(lab[:, :, None] - samples[None, None], axis=3).min(2)
    unlike = np.asarray(cv2.GaussianBlur(unlike.astype(np.float32), (0, 0), 3))
    y, x = np.mgrid[0:height, 0:width]
    central = np.exp(-(((x / width - 0.5) / 0.28) ** 2 + ((y / height - 0.55) / 0.36) ** 2))
    outstanding = unlike / max(1e-6, float(unlike.max())) * central
    guess = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    guess[outstanding > np.percentile(outstanding, LIKELY)] = cv2.GC_PR_FGD
    # Something must be certain on both sides, or GrabCut has nothing to learn from.
    guess[outstanding >= np.percentile(outstanding, CERTAIN)] = cv2.GC_FGD
    guess[:rim] = guess[:, :rim] = guess[:, -rim:] = cv2.GC_BGD
    return guess


def _without(still: Image, mask: Floats) -> Image:
    """The image with its figure painted over by what surrounds it."""
    height, width = still.shape[0] // SHRUNK, still.shape[1] // SHRUNK
    small = cv2.resize(still[..., :3], (width, height), interpolation=cv2.INTER_AREA)
    hole = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA) > 0.02
    wide = cv2.dilate(hole.astype(np.uint8), np.ones((9, 9), np.uint8))
    filled = cv2.inpaint(small, wide, 5, cv2.INPAINT_TELEA)
    size = (still.shape[1], still.shape[0])
    behind = cv2.resize(filled, size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    share = cv2.GaussianBlur(cv2.resize(wide.astype(np.float32), size), (0, 0), 6)[..., None]
    mixed = still.copy()
    mixed[..., :3] = np.clip(still[..., :3] * (1 - share) + behind * share + 0.5, 0, 255)
    return mixed


def _cut_out(still: Image, mask: Floats) -> Image:
    figure = still.copy()
    figure[..., 3] = np.clip(mask * 255 + 0.5, 0, 255)
    return premultiply(figure)
