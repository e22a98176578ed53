"""A city: what the parts of a street share while a shot is built."""

from __future__ import annotations

from dataclasses import dataclass, replace

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.layers import Sprite
from matinee.engines.animatic.paint import glow, hex_code, mix
from matinee.engines.animatic.sets.outdoors.hours import Hour
from matinee.engines.animatic.sets.street.quarters import Quarter, hour_in, lamplight
from matinee.engines.animatic.shading import relight, tinted
from matinee.engines.animatic.shots import Weather
from matinee.engines.animatic.staging import Draft, Grade, Layer, Light

GLOW_DEPTH = 89.0
MOST_HAZE = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A quarter of a city under its light, before anything stands there."""

    draft: Draft
    quarter: Quarter
    hour: Hour
    lamps: float
    """How much the city's own lights count, 0 at noon to 1 at night."""

    level: float
    """World y of the ground."""

    side: float
    """Where the sun is: -1 left, 1 right."""

    @property
    def burns(self) -> bool:
        """Whether lamps are lit."""
        return self.lamps > 0.25

    @property
    def rains(self) -> bool:
        """Whether it rains."""
        return self.draft.shot.weather is Weather.RAIN

    @property
    def snows(self) -> bool:
        """Whether it snows."""
        return self.draft.shot.weather is Weather.SNOW

    def standing(self, picture: Image, depth: float, roundness: float = 0.2) -> Image:
        """`picture` in the light of the street, seen through the air at `depth`."""
        lit = relight(picture, self.hour.light(0.45 * self.side), roundness)
        return tinted(lit, self.hour.haze, min(MOST_HAZE, float(self.hour.thickness(depth))))

    def grade(self) -> Grade:
        """Lights bloom when they count."""
        if self.lamps > 0.5:
            return Grade(bloom=0.5, bloom_from=165, vignette=0.42)
        return Grade(bloom=0.35, bloom_from=190, vignette=0.3)

    def light(self) -> Light:
        """The light on figures: the sky's by day, that of lamps and signs by night."""
        light = self.hour.light(self.side)
        if self.lamps < 0.8:
            return light
        cool, warm = self.quarter.street_glow
        return replace(
            light,
            key=hex_code(mix(warm, "#ffe8d0", 0.78)),
            ambient=hex_code(mix(self.hour.haze, "#b0a8d8", 0.6)),
            rim=hex_code(mix(cool, "#ffffff", 0.25)),
            strength=0.55,
            rim_strength=0.9,
        )

    def air_glow(self, size: float = 0.95) -> list[Layer]:
        """The light of the city in the air above the horizon, `size` units of the frame high."""
        if not self.burns:
            return []
        texture = glow(max(16, self.draft.px(0.2)), self.quarter.night_sky[-1], 2.0)
        return [
            Sprite(
                texture=texture,
                x=0.0,
                y=-0.01 * GLOW_DEPTH,
                depth=GLOW_DEPTH,
                height=size * GLOW_DEPTH,
                alpha=0.75 * self.lamps,
            )
        ]


def city_of(draft: Draft, quarter: Quarter) -> City:
    """The city of a shot."""
    return City(
        draft=draft,
        quarter=quarter,
        hour=hour_in(quarter, draft.shot),
        lamps=lamplight(draft.shot),
        level=0.42 if draft.frame.portrait else 0.3,
        side=1.0 if draft.layout("sun").random() < 0.5 else -1.0,
    )
