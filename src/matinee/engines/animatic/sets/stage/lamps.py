"""The lights of a stage: sweeping beams, strings of bulbs, a wall of bars, flashes, footlights."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.affine import matrix
from matinee.engines.animatic.camera import Camera, place
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.paint import (
    Floats,
    colour,
    floats,
    glow,
    grid,
    noise,
    smoothstep,
    to_light,
)
from matinee.engines.animatic.staging import Draft, wander

BEATS_A_SECOND = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ray:
    """One spotlight: where it hangs, where it points, how it swings."""

    x: float
    y: float
    code: str
    lean: float = 0.0
    """Radians from straight down; positive points to the left."""

    swing: float = 0.06
    pace: float = 0.8
    length: float = 1.0
    spread: float = 0.5
    """Width at its end as a share of its length."""

    strength: float = 0.5
    depth: float = 1.3
    beats: bool = False
    """Whether it flashes with the music."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beam:
    """The light of a spotlight in hazy air. A layer."""

    ray: Ray
    texture: Texture
    phase: float

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.ray.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Add its light."""
        ray = self.ray
        angle = ray.lean + ray.swing * wander(self.phase, t, ray.pace)
        alpha = 0.86 + 0.14 * wander(self.phase + 0.3, t, 1.5)
        if ray.beats:
            beat = (t * BEATS_A_SECOND / 2 + self.phase) % 1.0
            alpha *= 0.35 + 0.65 * math.exp(-2.2 * beat)
        at = (ray.x, ray.y, ray.depth)
        canvas.draw(
            self.texture, camera.place(self.texture, at, ray.length, angle, (0.5, 0)), alpha
        )


def beams(draft: Draft, rays: tuple[Ray, ...]) -> list[Beam]:
    """A beam for each of `rays`; those alike share a texture."""
    phases = draft.layout("beams").random(len(rays)).tolist()
    haze = noise((192, 96), draft.seed("haze"), (4.0, 2.0), 3)
    made: dict[tuple[str, float, float], Texture] = {}
    layers = []
    for ray, phase in zip(rays, phases, strict=True):
        key = (ray.code, ray.spread, ray.strength)
        if key not in made:
            made[key] = to_light(_cone(haze, ray))
        layers.append(Beam(ray=ray, texture=made[key], phase=phase))
    return layers


def _cone(haze: Floats, ray: Ray) -> Floats:
    """A soft cone from the middle of the top edge. It has no detail, so it is painted small."""
    height = haze.shape[0] * 2
    width = max(8, round(height * ray.spread * 1.15))
    x, y = grid((height, width))
    breadth = (0.03 + 0.97 * y) * np.float32(0.5 / 1.15)
    across = np.abs(x - 0.5) / breadth
    beam = np.exp(-((across / 0.75) ** 2) * 1.5) * smoothstep(1.0, 0.7, floats(across))
    beam *= (1 - y) ** 0.55 * smoothstep(0.0, 0.03, y)
    rows = np.linspace(0, haze.shape[0] - 1, height).astype(int)
    columns = np.linspace(0, haze.shape[1] - 1, width).astype(int)
    beam *= 0.72 + 0.5 * haze[rows][:, columns]
    core = np.exp(-((np.hypot((x - 0.5) * ray.spread, y) / 0.014) ** 2)) * 0.7
    light = (beam * ray.strength)[..., None] * colour(ray.code) + core[..., None]
    return floats(np.clip(light, 0, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulbs:
    """Lamps that hang in the air and glow unsteadily. A layer."""

    textures: tuple[Texture, ...]
    spots: NDArray[np.float64]
    """Shape (count, 4): world x, y, depth, and phase 0..1."""

    height: float
    twinkle: float = 0.25
    depth: float = 1.2
    wire: Texture | None = None
    """What hangs between each and the next."""

    def depth_at(self, t: float) -> float:
        """Their common depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw each."""
        if self.wire is not None:
            self._draw_wire(canvas, camera, self.wire)
        for x, y, z, phase in self.spots.tolist():
            if z - camera.z < 0.1:
                continue
            texture = self.textures[int(phase * len(self.textures)) % len(self.textures)]
            shine = 1 - self.twinkle * (0.5 + 0.5 * math.sin((1 + 2 * phase) * t + 40 * phase))
            at = (x, y + 0.004 * wander(phase, t), z)
            canvas.draw(texture, camera.place(texture, at, self.height), shine)

    def _draw_wire(self, canvas: Canvas, camera: Camera, wire: Texture) -> None:
        points = [camera.project(x, y, z) for x, y, z, _ in self.spots.tolist()]
        for (left, top, scale), (right, bottom, _) in itertools.pairwise(points):
            along, down = (right - left) / wire.width, (bottom - top) / wire.width
            long = max(1e-3, math.hypot(along, down) * wire.width)
            thick = max(1.2, 0.004 * scale) / wire.height
            across = (-(bottom - top) / long * thick, (right - left) / long * thick)
            canvas.draw(wire, matrix(along, across[0], left, down, across[1], top), 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class BarWall:
    """A wall of lamps that shows the music as bars. A layer."""

    bars: tuple[Texture, ...]
    phases: tuple[float, ...]
    foot: tuple[float, float]
    """Its depth, and world y of the bars' feet."""

    step: float
    height: float

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.foot[0]

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw every bar as high as its tone is loud."""
        depth, y = self.foot
        middle = (len(self.phases) - 1) / 2
        beat = math.exp(-3.0 * ((t * BEATS_A_SECOND) % 1.0))
        for index, phase in enumerate(self.phases):
            texture = self.bars[index * len(self.bars) // len(self.phases)]
            level = 0.34 + 0.3 * wander(phase, t, 3.2) + 0.36 * beat * (0.4 + 0.6 * phase)
            level *= 1 - 0.4 * abs(index - middle) / middle
            left, foot, scale = camera.project((index - middle) * self.step, y, depth)
            across = self.step * 0.8 * scale / texture.width
            down = self.height * max(0.06, level) * scale / texture.height
            mapping = place(texture, left, foot, (across, down), camera.roll, (0.5, 1.0))
            canvas.draw(texture, mapping, 0.8)


def bar_wall(draft: Draft, foot: tuple[float, float], width: float, height: float) -> BarWall:
    """A wall of bars `width` and up to `height` world units large."""
    count = 2 * round(width / 0.22) + 1
    codes = ("#3f6cff", "#8a4cff", "#ff3fb0", "#ff5c6c", "#ff9a3f")
    texture_px = draft.px(0.06), draft.px(height / foot[0])
    x, y = grid((texture_px[1], texture_px[0]))
    cells = np.minimum((y * 18) % 1, 1 - (y * 18) % 1) * smoothstep(0.5, 0.42, np.abs(x - 0.5))
    shape = smoothstep(0.08, 0.2, floats(cells)) * (0.25 + 0.55 * (1 - y))
    return BarWall(
        bars=tuple(to_light(floats(shape)[..., None] * colour(code)) for code in codes),
        phases=tuple(draft.layout("bars").random(count).tolist()),
        foot=foot,
        step=width / count,
        height=height,
    )


def bokeh(draft: Draft, codes: tuple[str, ...], box: tuple[float, float, float, float]) -> Bulbs:
    """Blurred lights far away, inside `box`: left, top, right, bottom at depth 1.65."""
    left, top, right, bottom = box
    random = draft.layout("bokeh").random((26, 4))
    spots = np.stack(
        (
            left + (right - left) * random[:, 0],
            top + (bottom - top) * random[:, 1],
            1.62 + 0.05 * random[:, 2],
            random[:, 3],
        ),
        1,
    )
    discs = tuple(to_light(_disc(draft.px(0.036), code)) for code in codes)
    return Bulbs(textures=discs, spots=spots, height=0.13, twinkle=0.9, depth=1.66)


def _disc(radius_px: int, code: str) -> Floats:
    steps = np.arange(-radius_px, radius_px + 1, dtype=np.float32) / max(1, radius_px)
    far = np.hypot(steps[None], steps[:, None])
    disc = smoothstep(1.0, 0.9, far) * (0.3 + 0.2 * far**3)
    return floats(disc[..., None] * colour(code))


def footlights(draft: Draft, level: float, depth: float, code: str) -> Bulbs:
    """A row of small lamps along the stage's front edge."""
    half = draft.frame.half_width * depth + 0.6
    count = round(2 * half / 0.16)
    x = np.linspace(-half, half, count)
    phases = draft.layout("footlights").random(count)
    spots = np.stack((x, np.full(count, level - 0.008), np.full(count, depth), phases), 1)
    lamp = glow(draft.px(0.05), code, 2.4, 0.16)
    return Bulbs(textures=(lamp,), spots=spots, height=0.085, twinkle=0.15, depth=depth - 0.002)
