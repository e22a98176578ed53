"""The floor of a stage: boards in perspective, light, reflections, and the stage's front."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.paint import (
    Floats,
    colour,
    floats,
    gradient,
    grid,
    noise,
    smoothstep,
    to_pixels,
)
from matinee.engines.animatic.staging import Draft

BACK, FRONT = 1.7, 0.84
"""Depths between which the floor lies."""

EDGE = FRONT - 0.015
"""The floor goes on a little behind the board that closes it, so that no gap shows."""

BEYOND = 0.6
"""Frame units that the floor reaches past the frame's sides, for a camera that is aside."""

BOARD = 0.17


@dataclass(frozen=True, slots=True, kw_only=True)
class Wood:
    """The colours of a floor."""

    codes: tuple[str, str, str, str] = ("#2a1208", "#6b3416", "#a35a28", "#d78f4c")
    pools: tuple[tuple[float, float, float, str], ...] = ((0.0, 1.0, 0.62, "#ffe0b0"),)
    """Light on it: x, depth, reach in world units, and colour."""

    dim: float = 0.12
    """How bright it is where no light falls."""

    gloss: float = 0.2
    """How much it mirrors, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The boards, in exact perspective wherever the camera is. A layer."""

    texture: Texture
    """As a camera at rest sees it."""

    level: float
    half_width: float
    """World units at depth 1 that the picture reaches to each side."""

    def depth_at(self, t: float) -> float:
        """Just before what stands at its back."""
        return BACK - 0.001

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw it."""
        corners = [
            camera.project(side * self.half_width * depth, self.level, depth)[:2]
            for side, depth in ((-1, BACK), (1, BACK), (1, EDGE), (-1, EDGE))
        ]
        canvas.draw_quad(self.texture, np.array(corners, np.float64))


def floor(draft: Draft, level: float, wood: Wood) -> Floor:
    """The floor at world y `level`."""
    half_width = draft.frame.half_width + BEYOND
    top, bottom = level / BACK, level / EDGE
    size = draft.px(2 * half_width), max(8, draft.px(bottom - top))
    x, y = grid((size[1], size[0]))
    depth = np.float32(level) / (np.float32(top) + y * np.float32(bottom - top))
    across = (2 * x - 1) * np.float32(half_width) * depth
    bgr = _boards(draft, across, np.broadcast_to(depth, across.shape).astype(np.float32), wood)
    light = np.full((*across.shape, 3), wood.dim, np.float32)
    shine = np.zeros_like(light)
    for at_x, at_depth, reach, code in wood.pools:
        far = ((across - at_x) / reach) ** 2 + ((depth - at_depth) / (reach * 0.75)) ** 2
        light += np.exp(-far)[..., None] * colour(code)
        # A polished floor stretches a lamp's image towards us.
        streak = np.exp(-(((across - at_x) / (0.45 * reach)) ** 2)) * smoothstep(1.0, 0.0, y) ** 2
        shine += streak[..., None] * colour(code) * np.float32(wood.gloss * 0.5)
    back = 0.4 + 0.6 * smoothstep(0.0, 0.1, y)
    lit = bgr * light * back[..., None] + shine
    return Floor(
        texture=Texture(to_pixels(np.clip(lit, 0, 0.85), np.ones(across.shape, np.float32))),
        level=level,
        half_width=half_width,
    )


def _boards(draft: Draft, across: Floats, depth: Floats, wood: Wood) -> Floats:
    """Boards that run into the depth, BGR."""
    board = np.floor(across / np.float32(BOARD))
    aside = np.abs(across / np.float32(BOARD) - board - 0.5)
    index = board.astype(int)
    random = np.random.default_rng(draft.seed("boards"))
    tones, shifts = random.random((2, 64)).astype(np.float32)
    grain = noise((384, 384), draft.seed("grain"), (3.0, 40.0), 4, 0.6)
    u = (np.abs(across) * 900 + board * 37) % 383
    v = (depth * 170 + shifts[index % 64] * 383) % 383
    fibre = cast(Floats, cv2.remap(grain, floats(u), floats(v), cv2.INTER_LINEAR))
    level = 0.22 + 0.34 * fibre + 0.34 * tones[index % 64]
    dark, low, high, bright = wood.codes
    bgr = gradient(np.clip(level, 0, 1), [(0, dark), (0.4, low), (0.7, high), (1, bright)])
    gap = smoothstep(0.455, 0.495, floats(aside))
    joint = np.abs((depth / 0.5 + shifts[index % 64] * 3) % 1 - 0.5)
    seam = smoothstep(0.49, 0.497, floats(joint))
    return floats(bgr * (1 - 0.7 * np.maximum(gap, seam * 0.8))[..., None])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """What stands on the polished floor, upside down in it, softer with distance. A layer."""

    level: float
    strength: float
    depth: float = 0.94

    def depth_at(self, t: float) -> float:
        """Before the figures that stand on the stage."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Blend the picture above the figures' feet into the floor below them."""
        _, feet, _ = camera.project(0.0, self.level, 1.0)
        _, edge, _ = camera.project(0.0, self.level, FRONT)
        first, last = round(feet), min(canvas.height_px, round(edge))
        high = last - first
        # Seen at a low angle a mirrored figure is as high as the figure; half of it looks calmer.
        top = first - 2 * high
        if high < 4 or top < 0 or first >= canvas.height_px:
            return
        pixels = canvas.finish()
        seen = cv2.resize(pixels[top:first], (canvas.width_px, high), interpolation=cv2.INTER_AREA)
        soft = cv2.blur(cast(Image, seen[::-1]), (5, 9))
        fade = np.linspace(self.strength, self.strength * 0.25, high, dtype=np.float32)
        weights = np.broadcast_to((fade * 255)[:, None, None], soft.shape).astype(np.uint8)
        # Only what is brighter than the floor shows, or the floor would mirror itself in a band.
        target = pixels[first:last]
        soft = cv2.subtract(soft, target)
        glint = cv2.multiply(soft, weights, scale=1 / 255.0)
        cv2.add(target, glint, target)


def stage_front(draft: Draft, codes: tuple[str, str], height: float) -> Texture:
    """The board in front of the stage, `height` world units high, past the frame's sides."""
    reach = 2 * (draft.frame.half_width + BEYOND)
    width, rows = draft.px(reach), draft.px(height / FRONT)
    x, y = grid((rows, width))
    down = y * np.float32(height)
    level = 0.75 * np.exp(-down / 0.13) + 0.06
    panel = floats(np.abs((x * np.float32(reach * 4)) % 1 - 0.5))
    grain = noise((rows, width), draft.seed("front"), (2.0, 90.0), 3)
    bgr = colour(codes[0]) * (level * (0.8 + 0.4 * grain))[..., None]
    bgr *= (1 - 0.5 * smoothstep(0.47, 0.49, panel) * (down > 0.03))[..., None]
    trim = smoothstep(0.026, 0.022, floats(down))[..., None]
    bead = (
        0.72 + 0.5 * np.exp(-(((down - 0.008) / 0.005) ** 2)) - 0.3 * smoothstep(0.012, 0.022, down)
    )
    bgr = bgr * (1 - trim) + trim * colour(codes[1]) * floats(bead)[..., None]
    alpha = np.ones((rows, width), np.float32)
    return Texture(to_pixels(np.clip(floats(bgr), 0, 0.85), alpha))
