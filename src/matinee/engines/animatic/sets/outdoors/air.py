"""What hangs, shines and falls in the air of a set: mist, shafts of light, leaves, pollen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.affine import compose, scale
from matinee.engines.animatic.camera import Camera, place
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.layers import Backdrop, Motes
from matinee.engines.animatic.paint import colour, cone, glow, grid, to_texture
from matinee.engines.animatic.sets.outdoors.mist import Bank, bank
from matinee.engines.animatic.sets.outdoors.site import Site
from matinee.engines.animatic.staging import wander


def motes(
    site: Site, code: str, count: int = 46, alpha: float = 0.4, twinkle: float = 0.8
) -> Motes:
    """Pollen in the sun, or fireflies at night."""
    radius = max(3, site.draft.px(0.012))
    return Motes(
        texture=glow(radius, code, 1.6, 0.3),
        spots=np.asarray(site.draft.layout("motes").random((count, 5))),
        height=0.022,
        alpha=alpha,
        twinkle=twinkle,
        drift=(0.018, -0.006),
        flutter=0.03,
        depth=0.7,
    )


def mist(site: Site, depth: float, tall: float, alpha: float, code: str | None = None) -> Bank:
    """A bank of mist on the ground at `depth`, `tall` frame units high, drifting."""
    name = f"mist{depth}"
    high = tall * depth
    box = (site.level - 0.88 * high, high, depth)
    return bank(site.draft.seed(name), code or site.hour.haze, alpha, box)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shafts:
    """Slanting beams of light that breathe. A layer."""

    beam: Texture
    spots: NDArray[np.float64]
    """(count, 4): world x, width, brightness, phase."""

    depth: float
    top: float
    """World y where beams begin."""

    tall: float
    slant: float
    """Radians from upright, towards the right with height if positive."""

    period: float = 4.0

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Add the beams' light."""
        for x, wide, bright, phase in self.spots.tolist():
            near = x + round((camera.x - x) / self.period) * self.period
            left, top, across = camera.project(near, self.top, self.depth)
            fit = (wide * across / self.beam.width, self.tall * across / self.beam.height)
            turn = self.slant + 0.03 * wander(phase, t, 0.5)
            alpha = bright * (0.72 + 0.28 * wander(phase + 0.3, t, 0.8))
            canvas.draw(self.beam, place(self.beam, left, top, fit, turn, (0.5, 0.0)), alpha)


def shafts(
    site: Site, depth: float, count: int, strength: float, code: str | None = None
) -> Shafts:
    """Beams from the sun's side at `depth`."""
    random = site.draft.layout(f"shafts{depth}")
    spots = random.random((count, 4))
    spots[:, 0] = (np.arange(count) + spots[:, 0]) * 4.0 / count
    spots[:, 1] = 0.25 + 0.4 * spots[:, 1]
    spots[:, 2] = 0.5 + 0.5 * spots[:, 2]
    high = site.draft.frame.half_height + 0.25
    return Shafts(
        beam=cone((96, 384), code or site.hour.sun, 0.9, strength),
        spots=np.asarray(spots),
        depth=depth,
        top=-high * depth,
        tall=(high + 0.3) * depth * 1.1,
        slant=0.34 * site.side,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaves:
    """Leaves or petals that fall and tumble. A layer."""

    textures: tuple[Texture, ...]
    spots: NDArray[np.float64]
    """(count, 6), uniform in 0..1: place x, y, depth, size, phase, speed."""

    height: float = 0.03
    fall: float = 0.09
    wind: float = 0.06
    near: float = 0.55
    far: float = 2.6
    depth: float = 0.72

    def depth_at(self, t: float) -> float:
        """Their common depth among the layers."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw each."""
        for number, spot in enumerate(self.spots.tolist()):
            x, y, z, size, phase, speed = spot
            depth = self.near + (self.far - self.near) * z
            box_x = 2.2 * camera.frame.half_width * depth
            box_y = 2.3 * camera.frame.half_height * depth
            across = (x * box_x + self.wind * (0.5 + speed) * t - camera.x) % box_x - box_x / 2
            down = (y * box_y + self.fall * (0.6 + speed) * t) % box_y - box_y / 2
            across += 0.05 * wander(phase, t, 1.4)
            px, py, scaling = camera.project(across + camera.x, down, depth)
            texture = self.textures[number % len(self.textures)]
            fit = self.height * (0.6 + 0.6 * size) * scaling / texture.height
            turn = math.tau * phase + 1.4 * wander(phase + 0.7, t, 1.1)
            # It tumbles: seen now from its edge, now from its face.
            flip = math.sin(2.3 * (0.6 + speed) * t + math.tau * phase)
            mapping = place(texture, px, py, fit, turn)
            squeeze = _about_middle(texture, 0.25 + 0.75 * abs(flip))
            canvas.draw(texture, compose(mapping, squeeze))


def _about_middle(texture: Texture, share: float) -> NDArray[np.float64]:
    squeezed = scale(1.0, share)
    squeezed[1, 2] = texture.height * 0.5 * (1 - share)
    return squeezed


def leaves(site: Site, codes: tuple[str, ...], count: int, height: float = 0.03) -> Leaves:
    """Falling leaves of the colours `codes`."""
    size = max(6, site.draft.px(height * 1.2))
    steps = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    across, down = steps[None], steps[:, None]
    # Two arcs that meet in two tips.
    inside = 0.62 * (1 - down**2) - np.abs(across)
    alpha = np.clip(inside * size * 0.5 + 0.5, 0, 1).astype(np.float32)
    vein = 1 - 0.25 * (np.abs(across) < 1.6 / size)
    textures = []
    for code in codes:
        lit = site.hour.shine(colour(code), 0.7)
        shade = (0.82 + 0.25 * across) * vein
        bgr = np.clip(lit * np.broadcast_to(shade, alpha.shape)[..., None], 0, 1)
        textures.append(to_texture(bgr.astype(np.float32), alpha))
    spots = np.asarray(site.draft.layout("leaves").random((count, 6)))
    return Leaves(textures=tuple(textures), spots=spots, height=height)


def glade_light(site: Site) -> Backdrop:
    """The light behind a closed forest, in place of a sky."""
    shape = (72, 128)
    x, y = grid(shape)
    near = np.exp(-(((x - 0.5 - 0.18 * site.side) / 0.34) ** 2) - ((y - 0.36) / 0.3) ** 2)
    air = colour(site.hour.haze)
    bright = air + (colour(site.hour.sun) - air) * np.float32(0.7)
    bgr = air * np.float32(0.86) + (bright - air * np.float32(0.86)) * near[..., None]
    return Backdrop(texture=to_texture(np.clip(bgr, 0, 0.95).astype(np.float32)), parallax=0.03)
