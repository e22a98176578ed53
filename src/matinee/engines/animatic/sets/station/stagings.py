"""What the four stagings of a station's inside are made of."""

from __future__ import annotations

from dataclasses import dataclass

from matinee.engines.animatic.sets.heavens import Globe, Nebula
from matinee.engines.animatic.sets.station.walls import Lamp, Paint, Strip
from matinee.engines.animatic.staging import Light

MODULE_DEPTHS = (0.86, 1.12, 1.45, 1.86, 2.36)
CORRIDOR_DEPTHS = (0.86, 1.12, 1.46, 1.9, 2.48, 3.24, 4.2)

BANDED_WORLD = Globe(
    ground=((0, "#3a1030"), (0.4, "#a04058"), (0.6, "#e89060"), (1, "#ffe8c0")),
    atmosphere="#ffb090",
    clouds=0,
    banded=True,
    tilt=0.35,
    sun=(-0.6, -0.6, 0.5),
)
BLUE_WORLD = Globe(
    ground=(
        (0, "#0a2a50"),
        (0.35, "#1f6fa8"),
        (0.5, "#3fb0b8"),
        (0.58, "#c8b078"),
        (0.75, "#7a7a4c"),
        (1, "#fff0d8"),
    ),
    sea_level=0.52,
    halo=0.1,
    sun=(-0.4, -0.7, 0.55),
)
RED_WORLD = Globe(
    ground=((0, "#2a1418"), (0.4, "#8a4030"), (0.7, "#d8906a"), (1, "#ffe0c0")),
    atmosphere="#ff9a70",
    clouds=0.15,
    craters=True,
    sun=(0.62, -0.5, 0.5),
)
NIGHT_WORLD = Globe(
    ground=((0, "#061a3c"), (0.45, "#14508a"), (0.52, "#2c7a6a"), (0.7, "#5c7040"), (1, "#e0d8c0")),
    atmosphere="#6fb8ff",
    sea_level=0.48,
    cities="#ffc060",
    night=0.05,
    halo=0.09,
    tilt=0.1,
    sun=(0.28, -0.62, -0.66),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The window of a staging; `reach` is in shares of the end wall's smaller half side."""

    reach: float = 0.76
    stretch: float = 1.0
    """How much longer it is than high."""

    bars: tuple[float, ...] = ()
    inner: float = 0.0
    frame: float = 0.1
    glow: str = "#6fe0ff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """One look of the station's inside."""

    depths: tuple[float, ...]
    """Of its ribs, and of the end wall."""

    roundness: float
    """See `Outline`."""

    half_sides: tuple[float, float] = (1.05, 0.72)
    """Of the hull in a landscape frame, world units."""

    paint: Paint
    opening: Opening
    nebula: Nebula
    world: Globe
    world_at: tuple[float, float, float]
    """x, y and radius as seen through the window, in shares of the window's radius."""

    light: Light
    rays: str
    consoles: bool = True
    cables: tuple[str, ...] = ("#e2683a", "#3a4468")
    bloom: float = 0.42


MODULE = Staging(
    depths=MODULE_DEPTHS,
    roundness=0,
    paint=Paint(
        panel="#9aa4cc",
        trim="#aab4da",
        above="#8c90d8",
        below="#3a3f86",
        strips=(Strip(around=0.31, code="#3fc8ff"), Strip(around=0.80, code="#ff9a4a")),
        lamps=(
            Lamp(first=-0.1, last=0.1, codes=("#ff6ad0", "#3fe8ff")),
            Lamp(first=0.4, last=0.6, codes=("#3fe8ff", "#b45cff")),
            Lamp(first=0.91, last=1.1, codes=("#ff9a4a", "#ff9a4a")),
        ),
        window="#8a5cb0",
    ),
    opening=Opening(bars=(0.0, 0.25, 0.5, 0.75)),
    nebula=Nebula(),
    world=BANDED_WORLD,
    world_at=(0.5, 0.28, 0.62),
    light=Light(key="#fff2e2", ambient="#6a74b4", rim="#5ce0ff", direction=(0.2, -0.75, 0.55)),
    rays="#a8b8ff",
)
CUPOLA = Staging(
    depths=MODULE_DEPTHS,
    roundness=2.5,
    half_sides=(1.12, 0.8),
    paint=Paint(
        panel="#d8d2c6",
        trim="#e6dfd2",
        above="#d0c4b4",
        below="#56709c",
        strips=(Strip(around=0.24, code="#fff0d0", width=0.026),),
        lamps=(
            Lamp(first=0.42, last=0.58, codes=("#ffb060", "#ffd8a0")),
            Lamp(first=0.88, last=1.1, codes=("#50b8ff",)),
        ),
        window="#5c94d8",
        bands=8,
        accent="#e8823a",
    ),
    opening=Opening(
        reach=0.82,
        bars=tuple(i / 6 + 1 / 12 for i in range(6)),
        inner=0.44,
        frame=0.08,
        glow="#ffc890",
    ),
    nebula=Nebula(
        dark=("#02030a", "#050a1c", "#0a1430", "#101c40"),
        clouds=("#2a4ab0", "#5a6ac0", "#80a0ff"),
        strength=0.3,
    ),
    world=BLUE_WORLD,
    world_at=(-0.1, 1.55, 1.7),
    light=Light(key="#fff4e0", ambient="#7a86a4", rim="#8fd0ff", direction=(-0.3, -0.7, 0.6)),
    rays="#b8d8ff",
    cables=("#e8a13a", "#4a5878"),
)
CORRIDOR = Staging(
    depths=CORRIDOR_DEPTHS,
    roundness=5,
    half_sides=(0.98, 0.7),
    paint=Paint(
        panel="#a4b4b4",
        trim="#b4c6c4",
        above="#86a8a4",
        below="#2c5058",
        strips=(
            Strip(around=0.12, code="#b8ffe8", width=0.024),
            Strip(around=0.88, code="#20d8a8", width=0.014),
        ),
        lamps=(Lamp(first=0.38, last=0.62, codes=("#40ffc8", "#ffd060", "#40ffc8")),),
        window="#4cb0a0",
        accent="#ffd060",
    ),
    opening=Opening(reach=0.7, frame=0.14, bars=(0.0, 1 / 3, 2 / 3), inner=0.3, glow="#60ffd0"),
    nebula=Nebula(
        dark=("#03070f", "#062033", "#0a3a4c", "#0d4a58"),
        clouds=("#1a7fb0", "#28c0a0", "#9058e0"),
        fibres="#b8ffd8",
    ),
    world=RED_WORLD,
    world_at=(-0.2, 0.2, 0.55),
    light=Light(key="#fffaf0", ambient="#7c9a98", rim="#70ffd8", direction=(0.1, -0.8, 0.5)),
    rays="#a0ffe0",
)
BRIDGE = Staging(
    depths=MODULE_DEPTHS,
    roundness=3.4,
    half_sides=(1.2, 0.74),
    paint=Paint(
        panel="#5c648c",
        trim="#828cb8",
        above="#565ca0",
        below="#3c2a50",
        strips=(Strip(around=0.72, code="#ff5a48", width=0.016),),
        lamps=(
            Lamp(first=-0.1, last=0.22, codes=("#5c8cff", "#5c8cff")),
            Lamp(first=0.46, last=0.54, codes=("#ff4858", "#ffb04a")),
        ),
        window="#3c64c0",
        accent="#ff7a4a",
    ),
    opening=Opening(reach=0.66, stretch=1.65, bars=(0.0, 0.5), frame=0.09, glow="#6c9cff"),
    nebula=Nebula(
        dark=("#02030a", "#070c24", "#101a44", "#1a2458"),
        clouds=("#3048c8", "#8a4ae0", "#30b0ff"),
        fibres="#d8b8ff",
        strength=0.7,
    ),
    world=NIGHT_WORLD,
    world_at=(0.1, 2.25, 2.4),
    light=Light(key="#e8f0ff", ambient="#5a5c9c", rim="#ff8a70", direction=(-0.25, -0.7, 0.6)),
    rays="#90a8ff",
)
STAGINGS = (MODULE, CUPOLA, CORRIDOR, BRIDGE)
