"""The light outdoors: what every hour and weather does to sky, ground and figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

import numpy as np

from matinee.engines.animatic.paint import Floats, colour, hex_code, mix
from matinee.engines.animatic.shots import Shot, TimeOfDay, Weather
from matinee.engines.animatic.staging import Light

Stops = tuple[tuple[float, str], ...]
LUMA = np.array((0.114, 0.587, 0.299), np.float32)
MOONLIT = np.array((1.35, 1.0, 0.8), np.float32)
"""How the eye tints grey things at night, BGR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """The light of one time of day in one weather. Colours are `#rrggbb`."""

    sky: Stops
    """From the top of the frame (0) to the horizon (1)."""

    sun: str
    """The sun's or the moon's glow."""

    sun_height: float
    """How high it stands: 0 at the horizon, 1 at the top of the frame."""

    glow: float
    """Strength of the light around it; 0 behind closed clouds."""

    key: str
    key_strength: float
    """What the sun adds to a surface that faces it."""

    ambient: str
    ambient_strength: float
    """What the sky gives to every surface."""

    rim: str
    haze: str
    """The colour that distance takes on."""

    haze_per_depth: float = 0.07
    cloud_lit: str = "#ffffff"
    cloud_shade: str = "#8fa4c0"
    cover: float = 0.35
    """Share of the sky under clouds."""

    stars: float = 0.0
    night: bool = False
    """Whether the sky's lamp is the moon."""

    @property
    def key_light(self) -> Floats:
        """The key light as BGR."""
        return colour(self.key) * np.float32(self.key_strength)

    @property
    def ambient_light(self) -> Floats:
        """The ambient light as BGR."""
        return colour(self.ambient) * np.float32(self.ambient_strength)

    def shine(self, albedo: Floats, facing: Floats | float) -> Floats:
        """`albedo` (..., 3) under this light; `facing` is the share of the key light it gets."""
        share = np.asarray(facing, np.float32)[..., None]
        if self.night:
            # By moonlight the eye sees less colour, and that bluish.
            grey = (albedo @ LUMA)[..., None] * MOONLIT
            albedo = albedo + (grey - albedo) * np.float32(0.4)
        return (albedo * (self.ambient_light + share * self.key_light)).astype(np.float32)

    def thickness(self, depth: float | Floats) -> Floats:
        """The share of haze in what is seen at `depth`, 0 up to depth 1."""
        away = np.maximum(np.asarray(depth, np.float32) - 1, 0)
        return (1 - np.exp(-away * np.float32(self.haze_per_depth))).astype(np.float32)

    def hazed(self, bgr: Floats, depth: float | Floats) -> Floats:
        """`bgr` (..., 3) seen through the air at `depth` (a number, or (...) of them)."""
        share = self.thickness(depth)[..., None]
        return (bgr * (1 - share) + colour(self.haze) * share).astype(np.float32)

    def paint(self, code: str, facing: float, depth: float = 1.0) -> str:
        """The code of a colour under this light at a depth."""
        return hex_code(self.hazed(self.shine(colour(code), facing), depth))

    def light(self, side: float) -> Light:
        """The light on figures, the lamp on the `side` -1 (left) to 1 (right)."""
        return Light(
            key=self.key,
            ambient=hex_code(np.clip(self.ambient_light * 1.5, 0, 0.78)),
            rim=self.rim,
            direction=(0.75 * side, -0.55, 0.5),
            strength=min(0.8, 0.12 + 0.72 * self.key_strength),
            rim_strength=0.9 if self.glow > 0.3 else 0.4,
        )


DAWN = Hour(
    sky=((0, "#34488c"), (0.4, "#7d80bf"), (0.68, "#dba0b0"), (0.87, "#ffcb9e"), (1, "#ffe8bf")),
    sun="#ffdca6",
    sun_height=0.2,
    glow=0.75,
    key="#ffcf9e",
    key_strength=0.72,
    ambient="#a8a4d6",
    ambient_strength=0.62,
    rim="#ffd9a8",
    haze="#eec3b4",
    haze_per_depth=0.085,
    cloud_lit="#ffdcc0",
    cloud_shade="#9a86b4",
    cover=0.4,
)
DAY = Hour(
    sky=((0, "#1c68cc"), (0.45, "#4b9fe8"), (0.82, "#a6d6f5"), (1, "#d8effa")),
    sun="#fff3cf",
    sun_height=0.72,
    glow=0.42,
    key="#fff0d2",
    key_strength=0.78,
    ambient="#b0cdf0",
    ambient_strength=0.54,
    rim="#fff8e0",
    haze="#b9daee",
    haze_per_depth=0.05,
    cloud_lit="#fafcff",
    cloud_shade="#7c9ac6",
    cover=0.36,
)
DUSK = Hour(
    sky=((0, "#2c2c70"), (0.34, "#7a4596"), (0.6, "#e0647e"), (0.82, "#ff9c5e"), (1, "#ffd690")),
    sun="#ffdc8c",
    sun_height=0.17,
    glow=0.85,
    key="#ffa562",
    key_strength=0.75,
    ambient="#9480b8",
    ambient_strength=0.6,
    rim="#ffc27a",
    haze="#e89a86",
    haze_per_depth=0.085,
    cloud_lit="#ffb98a",
    cloud_shade="#75508c",
    cover=0.45,
)
NIGHT = Hour(
    sky=((0, "#0b1638"), (0.5, "#173168"), (0.85, "#2c558c"), (1, "#4a78a6")),
    sun="#dfe9ff",
    sun_height=0.62,
    glow=0.34,
    key="#b9d2ff",
    key_strength=0.42,
    ambient="#7d99d8",
    ambient_strength=0.44,
    rim="#cfe0ff",
    haze="#4b73a2",
    haze_per_depth=0.06,
    cloud_lit="#7f9cc8",
    cloud_shade="#2a416e",
    cover=0.24,
    stars=1.0,
    night=True,
)
HOURS = {
    TimeOfDay.DAWN: DAWN,
    TimeOfDay.DAY: DAY,
    TimeOfDay.DUSK: DUSK,
    TimeOfDay.NIGHT: NIGHT,
}


def hour_of(shot: Shot) -> Hour:
    """The light of `shot`: its time of day under its weather."""
    hour = HOURS[shot.time_of_day]
    if shot.stars and not hour.stars:
        hour = replace(hour, stars=0.6)
    match shot.weather:
        case Weather.RAIN:
            return _overcast(hour, "#66788c", 0.72, sun=0.30, air=2.2)
        case Weather.SNOW:
            return _overcast(hour, "#a8b6c8", 0.55, sun=0.45, air=1.9)
        case Weather.FOG:
            return _overcast(hour, "#aab6be", 0.8, sun=0.40, air=4.5)
        case Weather.CLEAR:
            return hour
        case unreachable:
            assert_never(unreachable)


def _overcast(hour: Hour, veil: str, share: float, *, sun: float, air: float) -> Hour:
    """`hour` under closed clouds of the colour `veil`, which takes the hour's own brightness."""
    level = float(colour(hour.sky[-2][1]) @ LUMA)
    grey = hex_code(colour(veil) * np.float32((0.28 + level) / 1.1))

    def veiled(code: str, part: float = share) -> str:
        return hex_code(mix(code, grey, part))

    sky = tuple((place, veiled(code)) for place, code in hour.sky)
    return replace(
        hour,
        sky=sky,
        glow=hour.glow * sun,
        key=veiled(hour.key, 0.5 * share),
        key_strength=hour.key_strength * (0.35 + 0.4 * sun),
        ambient=hex_code(mix(hour.ambient, hex_code(colour(veil)), 0.35)),
        ambient_strength=hour.ambient_strength * 1.16,
        rim=veiled(hour.rim, 0.4),
        haze=veiled(hour.haze),
        haze_per_depth=hour.haze_per_depth * air,
        cloud_lit=veiled(hour.cloud_lit, 0.8 * share),
        cloud_shade=hex_code(colour(veiled(hour.cloud_shade)) * np.float32(0.82)),
        cover=0.85,
        stars=0.0,
    )
