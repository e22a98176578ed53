"""Nostalgic: a home film with faded colours, grain, scratches, light leaks and rounded corners."""

from __future__ import annotations

import math

import cv2
import numpy as np

from matinee.engines.animatic.affine import translate
from matinee.engines.animatic.camera import Frame, place
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.looks.curves import chroma_table, luma_table, remap
from matinee.engines.animatic.looks.lettering import Face, lettered
from matinee.engines.animatic.paint import Floats, glow
from matinee.engines.animatic.post import BLACK_Y, GREY_UV, Planes, chroma

PICTURES_A_SECOND = 24
GRAINS = 3
GRAIN = 5.0
SCRATCHES, MOST_SPECKS = 0.35, 5


class Nostalgic:
    """See `staging.Look`."""

    def __init__(self, frame: Frame, seed: int) -> None:
        self._frame = frame
        self._seed = seed
        random = np.random.default_rng((seed, 45))
        grains = [_grain(frame, random) for _ in range(GRAINS)]
        self._brighter = tuple(np.clip(grain, 0, 255).astype(np.uint8) for grain in grains)
        self._darker = tuple(np.clip(-grain, 0, 255).astype(np.uint8) for grain in grains)
        self._gate, self._black = _gate(frame)
        self._faded = luma_table(lambda level: 0.07 + 0.86 * level**0.92)
        self._u, self._v = chroma_table(0.55, -9), chroma_table(0.62, 7)
        self._leak = glow(round(frame.unit_px * 0.7), "#ff7a30", 1.6)
        self._date = Texture(
            lettered("OCT 14 '94", round(frame.unit_px * 0.038), "#ffaa3c", Face.SEMI_BOLD)
        )

    def paint(self, canvas: Canvas, t: float) -> None:
        """The unsteady picture, the leak and the date."""
        picture = canvas.finish()
        random = np.random.default_rng((self._seed, 5 + round(t * PICTURES_A_SECOND)))
        shake = random.normal(0, 0.9 * self._frame.unit_px / 720, 2)
        size = (self._frame.width_px, self._frame.height_px)
        moved = np.array(((1, 0, shake[0]), (0, 1, shake[1])), np.float64)
        steady = picture.copy()
        cv2.warpAffine(steady, moved, size, picture, borderMode=cv2.BORDER_REPLICATE)
        width, height = size
        at = (width * (0.82 + 0.05 * math.sin(0.9 * t)), height * (0.1 + 0.1 * math.sin(0.5 * t)))
        canvas.draw(self._leak, place(self._leak, *at, 1.0), 0.30 + 0.15 * math.sin(1.7 * t))
        left = min(width * 0.66, width * 0.94 - self._date.width)
        canvas.draw(self._date, translate(left, height * 0.885))
        canvas.finish()
        self._scratch(canvas, random)

    def _scratch(self, canvas: Canvas, random: np.random.Generator) -> None:
        width, height = self._frame.width_px, self._frame.height_px
        if random.random() < SCRATCHES:
            x = int(width * random.uniform(0.2, 0.8))
            foot = (x + int(random.normal(0, 4)), height)
            cv2.line(canvas.pixels, (x, 0), foot, (190, 200, 210, 255), 1, cv2.LINE_AA)
        for _ in range(int(random.integers(0, MOST_SPECKS))):
            at = (int(random.integers(0, width)), int(random.integers(0, height)))
            shade = (30, 30, 35, 255) if random.random() < 0.5 else (215, 220, 225, 255)
            cv2.circle(canvas.pixels, at, int(random.integers(1, 4)), shade, -1, cv2.LINE_AA)

    def grade(self, i420: Planes, t: float) -> None:
        """Faded colours, grain and the gate of the projector."""
        luma = i420[: self._frame.height_px]
        u_plane, v_plane = chroma(i420)
        remap(luma, self._faded)
        remap(u_plane, self._u)
        remap(v_plane, self._v)
        number = round(t * PICTURES_A_SECOND)
        cut = number * 131 % self._frame.width_px
        brighter, darker = self._brighter[number % GRAINS], self._darker[number % GRAINS]
        rest = self._frame.width_px - cut
        for here, there in ((slice(0, rest), slice(cut, None)), (slice(rest, None), slice(0, cut))):
            part = luma[:, here]
            if part.shape[1]:
                part[:] = cv2.subtract(cv2.add(part, brighter[:, there]), darker[:, there])
        cv2.multiply(i420, self._gate, i420, 1 / 255.0)
        cv2.add(i420, self._black, i420)


def _grain(frame: Frame, random: np.random.Generator) -> Floats:
    noise = random.normal(0, 1, (frame.height_px, frame.width_px)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 0.9)
    return np.asarray(np.clip(soft / soft.std() * GRAIN, -40, 40), np.float32)


def _gate(frame: Frame) -> tuple[Planes, Planes]:
    """Where light passes (0 to 255, as planes), and what is added where it does not."""
    width, height = frame.width_px, frame.height_px
    inner = width if frame.portrait else min(width, round(height * 4 / 3))
    left, margin = (width - inner) // 2, round(frame.unit_px * 0.025)
    radius = round(frame.unit_px * 0.06)
    mask = np.zeros((height, width), np.uint8)
    box = ((left + margin, margin), (width - left - margin, height - margin))
    (x0, y0), (x1, y1) = box
    cv2.rectangle(mask, (x0 + radius, y0), (x1 - radius, y1), 255, -1)
    cv2.rectangle(mask, (x0, y0 + radius), (x1, y1 - radius), 255, -1)
    for x in (x0 + radius, x1 - radius):
        for y in (y0 + radius, y1 - radius):
            cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(mask, (0, 0), 2.2)
    half = cv2.resize(soft, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    # A chroma plane need not end at the end of a row: only both together do.
    passing = np.concatenate([soft.ravel(), half.ravel(), half.ravel()])
    light = passing.reshape(height * 3 // 2, width)
    rest = np.repeat((BLACK_Y, GREY_UV), (soft.size, 2 * half.size)).reshape(light.shape)
    return light, (rest * (255 - light.astype(np.float32)) / 255).astype(np.uint8)
