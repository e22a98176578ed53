"""A site: what the builders of outdoor sets start from, and how they hand over a set."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from matinee.engines.animatic.paint import hex_code, mix
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.heavens import heaven, moon
from matinee.engines.animatic.sets.outdoors.hours import Hour, hour_of
from matinee.engines.animatic.staging import Draft, Grade, Layer, Mark, Set


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A piece of open country under its light, before anything stands there."""

    draft: Draft
    hour: Hour
    level: float
    """World y of the ground."""

    side: float
    """Where the sun is: -1 left, 1 right."""

    @property
    def front(self) -> float:
        """The depth where the ground meets the lower edge of the frame."""
        return self.level / (self.draft.frame.half_height - 0.02)

    def painter(self, name: str) -> np.random.Generator:
        """The random stream of a texture."""
        return np.random.default_rng(self.draft.seed(name))

    def botany(self, name: str, height: float, depth: float = 1.0) -> Botany:
        """What a plant is painted with that is `height` high and stands at `depth`."""
        return Botany(
            hour=self.hour,
            random=self.painter(name),
            height_px=max(8, self.draft.px(height / depth)),
            depth=depth,
            side=self.side,
        )

    @property
    def sun_x(self) -> float:
        """Where the sun stands, in frame units from the middle."""
        return self.side * min(0.36, self.draft.frame.half_width * 0.5)

    def sky(self) -> list[Layer]:
        """The layers of the sky."""
        layers: list[Layer] = [heaven(self.draft, self.hour, self.sun_x)]
        if self.hour.night and self.hour.glow > 0.2:
            layers.append(moon(self.draft, self.hour, self.sun_x))
        return layers

    def under_leaves(self) -> Site:
        """The site under a closed roof of leaves, where the air itself is green and golden."""
        air = hex_code(mix(self.hour.haze, "#b9c98a" if not self.hour.night else "#3f6a70", 0.62))
        hour = replace(self.hour, haze=air, haze_per_depth=max(0.11, self.hour.haze_per_depth))
        return replace(self, hour=hour)

    def stage(self, layers: list[Layer], grade: Grade | None = None) -> Set:
        """The finished set: figures stand on the ground, and walkers may go on for ever."""
        return Set(
            layers=tuple(layers),
            light=self.hour.light(self.side),
            marks=_marks(self.draft),
            floor_y=self.level,
            grade=grade or Grade(bloom=0.4, bloom_from=185, vignette=0.3),
            reach=math.inf,
            figure_height=0.58 if self.draft.frame.portrait else 0.5,
            shadow=0.34 if self.hour.night else 0.5,
        )


def site_of(draft: Draft) -> Site:
    """The site of a shot; more often than not its sun stands on the right."""
    side = 1.0 if draft.layout("sun").random() < 0.65 else -1.0
    level = 0.42 if draft.frame.portrait else 0.3
    return Site(draft=draft, hour=hour_of(draft.shot), level=level, side=side)


def _marks(draft: Draft) -> tuple[Mark, ...]:
    """Marks that keep two or three figures together, clear of the frame's edges."""
    count = sum(subject.count for subject in draft.shot.subjects)
    if draft.frame.portrait:
        # A narrow frame has room for two behind each other, hardly side by side.
        pair = (Mark(-0.17, 1.0), Mark(0.27, 1.3))
        three = (Mark(0.0, 1.0), Mark(-0.34, 1.4), Mark(0.36, 1.5))
    else:
        pair = (Mark(-0.25, 1.0), Mark(0.3, 1.08))
        three = (Mark(0.0, 1.0), Mark(-0.5, 1.1), Mark(0.52, 1.14))
    return pair if count == 2 else three
