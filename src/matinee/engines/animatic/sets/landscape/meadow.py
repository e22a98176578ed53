"""Meadows: flowers before rolling hills, fields with a windmill, cherry trees in bloom."""

from __future__ import annotations

from functools import partial

import numpy as np

from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.layers import Sprite, Strip
from matinee.engines.animatic.paint import gradient
from matinee.engines.animatic.sets.outdoors.air import leaves, motes
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.clouds import Heap, cloud_strip
from matinee.engines.animatic.sets.outdoors.greens import (
    Planting,
    front_grass,
    grove,
    tuft_rows,
)
from matinee.engines.animatic.sets.outdoors.grounds import Sward, grassland
from matinee.engines.animatic.sets.outdoors.relief import Terrain
from matinee.engines.animatic.sets.outdoors.ribbons import Ribbon
from matinee.engines.animatic.sets.outdoors.site import Site, site_of
from matinee.engines.animatic.sets.outdoors.stagings import Staging, staged
from matinee.engines.animatic.sets.outdoors.stamps import Trees
from matinee.engines.animatic.sets.outdoors.trees import broadleaf
from matinee.engines.animatic.shading import relight, tinted
from matinee.engines.animatic.staging import Draft, Layer, Set

GREENS = ("#3f7a34", "#5d9a3f", "#83b64c", "#a4c65c")
FLOWERS = ("#ffffff", "#f6d24a", "#e77fb0", "#8f7be0")
BASE = ("#3c6e30", "#5a9440", "#86b552")
ROWS = (3.0, 2.2, 1.65, 1.28, 1.06, 0.86)


def meadow(draft: Draft) -> Set:
    """Green country under a wide sky."""
    return staged(site_of(draft), STAGINGS)


def _rolling(site: Site) -> Set:
    """Hills, flowers, a few round trees."""
    return site.stage(
        [
            *site.sky(),
            _banked(site),
            _far_hills(site),
            _near_hills(site, ("#4d8a3c", "#6fa847", "#9bbd58", "#c2c068")),
            _sward(site),
            grove(site, _oaks("#5d9440", "#6ca046", "#4f8a3e")),
            *tuft_rows(site, ROWS, GREENS, FLOWERS),
            front_grass(site, GREENS),
            *_air(site),
        ]
    )


def _fields(site: Site) -> Set:
    """Ploughed and ripe fields, and a windmill."""
    return site.stage(
        [
            *site.sky(),
            _banked(site),
            _far_hills(site),
            _near_hills(site, ("#5f8f3c", "#b7a44c", "#e0c766", "#7fae4a")),
            _windmill(site),
            _sward(site, ("#7a8a38", "#a9a248", "#d3bd62")),
            *tuft_rows(site, ROWS, ("#8f9a3e", "#c2ad4e", "#e2c96c"), ("#d8483a", "#4f7fe0")),
            front_grass(site, ("#9a9a42", "#cdb554", "#e6d078", "#7f8f3c")),
            *_air(site),
        ]
    )


def _blossom(site: Site) -> Set:
    """Cherry trees in bloom, petals in the wind."""
    return site.stage(
        [
            *site.sky(),
            _far_hills(site),
            _near_hills(site, ("#5f9a48", "#86b556", "#e6b8c6", "#a9c566")),
            _sward(site, ("#4b7f3a", "#6fa24a", "#a6bf74")),
            grove(site, _oaks("#f3b6cb", "#f7cfdc", "#e79ab8", bark="#5a4038")),
            *tuft_rows(site, ROWS, GREENS, ("#ffffff", "#ffd3e2")),
            front_grass(site, GREENS, 0.08),
            leaves(site, ("#ffd3e2", "#ffe8f0", "#f7b8d0"), 54, 0.018),
        ]
    )


def _air(site: Site) -> list[Layer]:
    if site.hour.night:
        return [motes(site, "#d8ff8a", 40, 0.75)]
    return [motes(site, site.hour.sun, 34, 0.35)] if site.hour.glow > 0.3 else []


def _banked(site: Site) -> Ribbon:
    heap = Heap(name="bank", wide=3.4, tall=0.24, towers=6)
    return cloud_strip(site, heap, (0.015, 60), 0.18, 0.004)


def _sward(site: Site, base: tuple[str, ...] = BASE) -> Layer:
    sward = Sward(codes=base + base[-1:], height=0.012, lean=1.2)
    return grassland(site.draft, site.hour, site.level, sward, base)


def _far_hills(site: Site) -> Strip:
    land = Terrain(draft=site.draft, level=site.level, near=10, far=34)
    heights = land.noise("far", 3, 3) * (0.5 + 4.5 * land.share**1.2)
    tone = land.noise("far-tone", 8, 9)
    albedo = gradient(tone, [(0, "#3f7048"), (0.5, "#5e9250"), (1, "#8fae62")])
    lit = land.facing(heights, site.side, 0.7)
    return land.strip(heights, site.hour.hazed(site.hour.shine(albedo, lit), land.z), 18)


def _near_hills(site: Site, codes: tuple[str, ...]) -> Strip:
    land = Terrain(draft=site.draft, level=site.level, near=3.4, far=10)
    rise = np.clip(land.share * 1.3 - 0.06, 0, 1)
    heights = land.noise("near", 2.2, 2.4, 2.6) * rise * 1.35
    grain = land.noise("near-fine", 40, 120, 0.9)
    lit = land.facing(heights, site.side, 0.7) * (0.8 + 0.3 * grain)
    tone = land.noise("near-tone", 5, 6)
    steps = len(codes) - 1
    albedo = gradient(tone, [(i / steps, code) for i, code in enumerate(codes)])
    trees = Trees(
        random=site.draft.layout("hill-trees"),
        paint=partial(_far_tree, site),
        kinds=3,
        count=260,
        height=0.4,
        where=np.clip(land.noise("woods", 3, 5) * 2.2 - 0.9, 0, 1).astype(np.float32),
    )
    bgr = site.hour.hazed(site.hour.shine(albedo, lit), land.z)
    return land.strip(heights, bgr, 5, trees)


def _far_tree(site: Site, number: int, depth: float) -> Image:
    made = site.botany(f"far-tree{number}", 0.12 * depth, depth)
    return broadleaf(made, ("#5d9440", "#6ca046", "#4f8a3e")[number])


def _oaks(*codes: str, bark: str = "#6b5038") -> Planting:
    return Planting(
        name="oaks",
        paint=partial(_oak, codes, bark),
        kinds=len(codes),
        count=5,
        period=8.0,
        near=2.1,
        far=3.3,
        height=(0.9, 1.3),
        sharp=0.8,
    )


def _oak(codes: tuple[str, ...], bark: str, made: Botany, number: int) -> Image:
    return broadleaf(made, codes[number], bark)


def _windmill(site: Site) -> Sprite:
    depth = 4.2
    picture = relight(site.draft.artwork.glyph("windmill"), site.hour.light(site.side))
    share = float(site.hour.thickness(depth))
    return Sprite(
        texture=Texture(tinted(picture, site.hour.haze, share)),
        x=-0.42 * site.side * depth,
        y=site.level - 0.05,
        depth=depth,
        height=1.15,
        anchor=(0.5, 0.98),
    )


STAGINGS = (
    Staging(
        build=_rolling,
        words=frozenset({"hill", "hills", "rolling", "flowers", "wildflowers", "pasture"}),
        shows=frozenset({"deciduous-tree", "blossom"}),
    ),
    Staging(
        build=_fields,
        words=frozenset(
            {"field", "fields", "farm", "wheat", "harvest", "corn", "crops", "prairie"}
        ),
        shows=frozenset({"windmill", "sheaf-of-rice", "ear-of-corn"}),
    ),
    Staging(
        build=_blossom,
        words=frozenset({"cherry", "sakura", "spring", "orchard", "blossoms", "blossoming"}),
        shows=frozenset({"cherry-blossom"}),
    ),
)
