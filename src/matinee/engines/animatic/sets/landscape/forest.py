"""Forests: a clearing among firs, deep woods with shafts of light, an autumn grove."""

from __future__ import annotations

from functools import partial

import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.layers import Strip
from matinee.engines.animatic.paint import gradient
from matinee.engines.animatic.sets.outdoors.air import glade_light, leaves, mist, motes, shafts
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.greens import (
    Painter,
    Planting,
    front_grass,
    grove,
    tuft_rows,
    wall,
)
from matinee.engines.animatic.sets.outdoors.grounds import Sward, grassland, litter
from matinee.engines.animatic.sets.outdoors.plants import bush, fern
from matinee.engines.animatic.sets.outdoors.relief import Terrain
from matinee.engines.animatic.sets.outdoors.site import Site, site_of
from matinee.engines.animatic.sets.outdoors.stagings import Staging, staged
from matinee.engines.animatic.sets.outdoors.stamps import Trees
from matinee.engines.animatic.sets.outdoors.trees import broadleaf, conifer, trunk
from matinee.engines.animatic.shots import Weather
from matinee.engines.animatic.staging import Draft, Grade, Layer, Set

FIRS = ("#3c7446", "#35694a", "#4a7f42", "#3f6b3a")
MOSS = ("#35582f", "#4b7638", "#6f9445")
BLADES = ("#3f7034", "#558a3c", "#74a048")
SOIL = ("#4a3c28", "#5c5a30", "#6f8040")
FALLOW = ("#6a4e2a", "#8a7a3a", "#93964a")
GOLD = ("#8f8a3c", "#b89a48", "#c9b25a")
AUTUMN = ("#e08a2c", "#d2562a", "#e8b23c", "#b8432c", "#c9742c")


def forest(draft: Draft) -> Set:
    """Among trees."""
    return staged(site_of(draft), STAGINGS)


def _clearing(site: Site) -> Set:
    """Firs around a glade, wooded hills behind."""
    firs = partial(_fir, FIRS)
    rows = Planting(
        name="row", paint=firs, kinds=6, count=26, period=0, near=4.4, far=5.6, height=(1.3, 2.1)
    )
    near = Planting(
        name="near",
        paint=firs,
        kinds=6,
        count=11,
        period=9.0,
        near=1.9,
        far=3.2,
        height=(1.15, 1.75),
        sharp=0.8,
    )
    sward = Sward(codes=BLADES, height=0.012, lean=1.2)
    return site.stage(
        [
            *site.sky(),
            _wooded_hills(site),
            mist(site, 6.0, 0.14, 0.5),
            wall(site, rows, 2.6),
            mist(site, 3.9, 0.1, 0.4),
            grassland(site.draft, site.hour, site.level, sward, MOSS),
            grove(site, near),
            *tuft_rows(site, (2.6, 1.7, 1.3, 1.06, 0.86), BLADES, ("#ffffff", "#c9a2ee")),
            front_grass(site, BLADES),
            *_lights(site),
        ]
    )


def _deep(site: Site) -> Set:
    """Tall trunks and ferns."""
    site = site.under_leaves()
    layers: list[Layer] = [
        glade_light(site),
        mist(site, 9.0, 0.5, 0.7),
        wall(site, _far_trunks(), 2.4, 0.75),
        mist(site, 5.0, 0.3, 0.55),
        litter(site.draft, site.hour, site.level, SOIL, ("#8a6a3a", "#6d7f3c", "#a88648")),
        grove(site, _trunks()),
        grove(site, _ferns()),
        *tuft_rows(site, (1.06, 0.86), BLADES, tall=0.08),
        front_grass(site, BLADES, 0.09, 380),
        *_lights(site),
    ]
    if site.draft.shot.weather is Weather.CLEAR:
        strength = 0.55 if not site.hour.night else 0.3
        layers += [shafts(site, 3.6, 6, strength), shafts(site, 1.5, 3, strength * 0.6)]
    return site.stage(layers, Grade(bloom=0.5, bloom_from=170, vignette=0.42))


def _autumn(site: Site) -> Set:
    """Broad-leaved trees in red and gold."""
    trees = partial(_oak, AUTUMN)
    rows = Planting(
        name="row", paint=trees, kinds=5, count=22, period=0, near=4.4, far=5.6, height=(1.2, 1.9)
    )
    return site.stage(
        [
            *site.sky(),
            _wooded_hills(site, AUTUMN),
            mist(site, 6.0, 0.14, 0.45),
            wall(site, rows, 2.6),
            litter(site.draft, site.hour, site.level, FALLOW, AUTUMN),
            grove(site, _maples(trees)),
            grove(site, _bushes()),
            *tuft_rows(site, (1.3, 1.06, 0.86), GOLD, tall=0.08),
            front_grass(site, GOLD, 0.08, 420),
            leaves(site, AUTUMN, 40),
        ]
    )


def _far_trunks() -> Planting:
    return Planting(
        name="far-trunks",
        paint=partial(_trunk, "#5f7a44"),
        kinds=4,
        count=20,
        period=0,
        near=6.0,
        far=7.0,
        height=(7.6, 7.8),
    )


def _trunks() -> Planting:
    return Planting(
        name="trunks",
        paint=partial(_trunk, "#6f8f46"),
        kinds=3,
        count=8,
        period=6.5,
        near=1.85,
        far=3.6,
        height=(3.6, 4.2),
        sway=0.0,
        sharp=0.55,
    )


def _ferns() -> Planting:
    return Planting(
        name="ferns",
        paint=_fern,
        kinds=4,
        count=16,
        period=6.0,
        near=1.25,
        far=2.6,
        height=(0.13, 0.24),
        sway=0.05,
        shaded=False,
    )


def _maples(paint: Painter) -> Planting:
    return Planting(
        name="near",
        paint=paint,
        kinds=5,
        count=8,
        period=9.0,
        near=2.0,
        far=3.3,
        height=(1.2, 1.6),
        sharp=0.75,
    )


def _bushes() -> Planting:
    return Planting(
        name="bushes",
        paint=_bush,
        kinds=3,
        count=7,
        period=7.0,
        near=1.5,
        far=2.4,
        height=(0.18, 0.3),
        sway=0.02,
    )


def _lights(site: Site) -> list[Layer]:
    if site.hour.night:
        return [motes(site, "#d8ff8a", 40, 0.8)]
    return [motes(site, site.hour.sun, 36, 0.4)] if site.hour.glow > 0.3 else []


def _wooded_hills(site: Site, codes: tuple[str, ...] = FIRS) -> Strip:
    land = Terrain(draft=site.draft, level=site.level, near=5.5, far=24)
    rise = np.clip(land.share * 1.25 - 0.05, 0, 1)
    heights = land.noise("hills", 2.4, 2.8, 2.4) * rise * 4.2
    tone = land.noise("hills-tone", 9, 12, 1.2)
    steps = len(codes) - 1
    albedo = gradient(tone, [(i / steps, code) for i, code in enumerate(codes)])
    lit = land.facing(heights, site.side, 0.7)
    pointed = codes is FIRS
    trees = Trees(
        random=site.draft.layout("hill-trees"),
        paint=partial(_far_tree, site, codes),
        kinds=4,
        count=700,
        height=0.95 if pointed else 0.75,
    )
    return land.strip(heights, site.hour.hazed(site.hour.shine(albedo, lit), land.z), 10, trees)


def _far_tree(
    site: Site,
    codes: tuple[str, ...],
    number: int,
    depth: float,
) -> Image:
    made = site.botany(f"far-tree{number}", 0.13 * depth, depth)
    code = codes[number % len(codes)]
    return conifer(made, code) if codes is FIRS else broadleaf(made, code)


def _fir(codes: tuple[str, ...], made: Botany, number: int) -> Image:
    return conifer(made, codes[number % len(codes)])


def _oak(codes: tuple[str, ...], made: Botany, number: int) -> Image:
    return broadleaf(made, codes[number % len(codes)])


def _bush(made: Botany, number: int) -> Image:
    return bush(made, AUTUMN[number], "#b8322c" if number == 1 else None)


def _fern(made: Botany, number: int) -> Image:
    return fern(made, ("#5f9440", "#74a548", "#4d8238", "#86ad4c")[number])


def _trunk(moss: str, made: Botany, number: int) -> Image:
    return trunk(made, ("#6a5442", "#5c4a40", "#76604a", "#54483e")[number], moss)


STAGINGS = (
    Staging(
        build=_clearing,
        words=frozenset({"clearing", "glade", "pine", "pines", "fir", "firs", "spruce", "taiga"}),
        shows=frozenset({"evergreen-tree"}),
    ),
    Staging(
        build=_deep,
        words=frozenset({"deep", "jungle", "rainforest", "ancient", "enchanted", "fern", "ferns"}),
    ),
    Staging(
        build=_autumn,
        words=frozenset({"autumn", "fall", "autumnal", "maple", "maples", "october", "leaves"}),
        shows=frozenset({"fallen-leaf", "maple-leaf", "deciduous-tree"}),
    ),
)
