"""Vegetation by the row: groves, tufts and foreground grass, painted and placed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.layers import Strip
from matinee.engines.animatic.paint import blot, colour, smoothstep
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.plants import grass, tufts
from matinee.engines.animatic.sets.outdoors.site import Site
from matinee.engines.animatic.sets.outdoors.stamps import resized, stamp
from matinee.engines.animatic.sets.outdoors.standing import Grove, Hedge, scattered
from matinee.engines.animatic.staging import Layer

Painter = Callable[[Botany, int], Image]
"""Paints the plant of a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planting:
    """What stands where in a grove."""

    name: str
    paint: Painter
    kinds: int
    count: int
    period: float
    near: float
    far: float
    height: tuple[float, float]
    sway: float = 0.012
    shaded: bool = True
    sharp: float = 1.0
    """Share of full resolution that is painted."""


def grove(site: Site, planting: Planting) -> Grove:
    """Plants here and there between two depths."""
    middle = (planting.near * planting.far) ** 0.5
    height = planting.height[1] * planting.sharp

    def one(number: int) -> Texture:
        made = site.botany(f"{planting.name}{number}", height * middle / planting.near, middle)
        return Texture(planting.paint(made, number))

    jobs = [partial(one, number) for number in range(planting.kinds)]
    box = (planting.period, planting.near, planting.far)
    spots = scattered(
        site.draft.layout(planting.name), planting.count, box, planting.height, planting.kinds
    )
    return Grove(
        textures=tuple(site.draft.together(jobs)),
        spots=spots,
        level=site.level,
        period=planting.period,
        depth=middle,
        sway=planting.sway,
        shadow=_shadow(site) if planting.shaded else None,
        side=site.side,
    )


def _shadow(site: Site) -> Texture:
    strength = 0.22 + 0.3 * min(1.0, site.hour.key_strength)
    return blot(48, strength, "#0b1618", 1.1)


def tuft_rows(
    site: Site,
    depths: tuple[float, ...],
    codes: tuple[str, ...],
    flowers: tuple[str, ...] = (),
    tall: float = 0.1,
) -> list[Layer]:
    """Rows of tufts at `depths`; the nearer ones sway more."""

    def row(depth: float) -> Layer:
        made = site.botany(f"tufts{depth}", tall, depth)
        wide = 2.3 if depth < 1.5 else 2.6
        count = round((15 + 11 * depth) * wide / 2.2)
        picture = tufts(made, site.draft.px(wide / max(1.0, depth**0.5)), codes, count, flowers)
        return Hedge(
            texture=Texture(picture),
            y=site.level + 0.15 * tall,
            depth=depth,
            height=tall,
            offset=depth * 3.1,
        )

    return site.draft.together([partial(row, depth) for depth in depths])


def front_grass(site: Site, codes: tuple[str, ...], tall: float = 0.11, count: int = 620) -> Hedge:
    """Soft blades along the lower edge of the frame."""
    depth = site.front + 0.03
    made = site.botany("front", tall, 0.66)
    unit = site.draft.frame.unit_px
    picture = grass(made, site.draft.px(1.9), codes, count, 1.6 * unit / 720)
    return Hedge(texture=Texture(picture), y=site.level + 0.055, depth=depth, height=tall)


def wall(site: Site, planting: Planting, wide: float, misty: float = 0.4) -> Strip:
    """A dense stand of trees as one seamless strip, `wide` frame units long, mist at its feet.

    Of the planting, `near` is its depth, `far` how much deeper its last tree stands.
    """
    depth = planting.near
    unit = site.draft.frame.unit_px
    tall = round(planting.height[1] / depth * unit * 1.08)
    foot = site.level / depth * unit
    rise = foot * (1 - depth / planting.far)
    pixels = np.zeros((round(tall + rise * 0.2), site.draft.px(wide), 4), np.uint8)

    def one(number: int) -> Image:
        made = site.botany(f"{planting.name}{number}", planting.height[1], depth)
        return planting.paint(made, number)

    pictures = site.draft.together([partial(one, number) for number in range(planting.kinds)])
    draws = site.draft.layout(planting.name).random((planting.count, 4))
    order = np.argsort(-draws[:, 1], kind="stable").tolist()
    low, high = planting.height
    for number, k in enumerate(order):
        away, size = float(draws[k, 1]), float(draws[k, 2])
        height = (low + (high - low) * size) / depth * unit * (1 - 0.15 * away)
        image = resized(pictures[number % len(pictures)], height, mirrored=bool(draws[k, 3] < 0.5))
        # Evenly spread with some disorder, or chance would leave holes and heaps.
        place = (k + 0.8 * float(draws[k, 0])) / planting.count
        stamp(pixels, image, place * pixels.shape[1], pixels.shape[0] - rise * away)
    _veil(pixels, site, misty)
    return Strip(
        texture=Texture(pixels),
        y=site.level,
        depth=depth,
        height=pixels.shape[0] / unit * depth,
        anchor_y=0.985,
        offset=float(draws[0, 0]) * depth,
    )


def _veil(pixels: Image, site: Site, strength: float) -> None:
    """Let what is drawn in `pixels` fade into the air's colour towards its foot, in place."""
    lower = pixels[pixels.shape[0] * 11 // 20 :]
    y = np.linspace(0, 1, lower.shape[0], dtype=np.float32)[:, None, None]
    share = smoothstep(0.0, 1.0, y) * np.float32(strength)
    alpha = lower[..., 3:].astype(np.float32)
    mixed = lower[..., :3] * (1 - share) + alpha * colour(site.hour.haze) * share
    lower[..., :3] = np.minimum(mixed, alpha)
