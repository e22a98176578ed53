"""A person: a picture that ends at the chest, or a mere face, on a body with arms and legs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from matinee.engines.animatic.affine import Matrix, compose, rotate, scale, translate
from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.paint import Floats, colour
from matinee.engines.animatic.puppets.jointed import Part, Pose, dyed, put, sized, stacked
from matinee.engines.animatic.puppets.tailoring import (
    SHOULDER,
    TORSO,
    cloth,
    edge_colours,
    laid,
    middle_of,
)
from matinee.engines.animatic.puppets.wardrobe import GOWN, OUTFITS, PLAIN, Outfit
from matinee.engines.animatic.shading import recoat, relight
from matinee.engines.animatic.shots import Action, Subject
from matinee.engines.animatic.staging import Light
from matinee.engines.animatic.vocabulary.cast import FACES

SHEET_PX = 780
WIDTH_PX, MIDDLE_PX, GROUND_PX = 600, 300, 780
SEAM_PX = 470
"""Where the picture ends and the drawn clothes begin."""

HIPS_PX, HIP_ASIDE_PX = 598, 52
THIGH_PX, SHIN_PX = 72, 110
ELBOW_PX, ELBOW_ASIDE_PX = 426, 146
HEAD_PX, HEAD_WIDTH_PX, SHOULDERS_PX = 300, 330, 276
HEM_TOPS = {GOWN: 440}
HEM_TOP = 446

GAITS = {
    Action.WALK: (5.2, 0.42, 0.55),
    Action.RUN: (9.5, 0.72, 1.15),
    Action.DANCE: (6.3, 0.22, 0.75),
    Action.PLAY: (5.6, 0.05, 0.12),
    Action.SWIM: (7.0, 0.35, 0.30),
    Action.FLOAT: (1.4, 0.16, 0.25),
    Action.FLY: (1.8, 0.10, 0.15),
}
"""Radians a second, swing of the thigh and bend of the knee; who does something else stands."""

ALOFT_LEAN = {Action.FLY: 0.7, Action.SWIM: 0.95, Action.FLOAT: 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The legs at a moment: angles of thigh and knee, left and right, in radians."""

    thighs: tuple[float, float]
    knees: tuple[float, float]

    @property
    def reach(self) -> float:
        """How far the lower foot is below the hips, in pixels of the sheet."""
        return max(
            THIGH_PX * math.cos(thigh) + SHIN_PX * math.cos(thigh + knee)
            for thigh, knee in zip(self.thighs, self.knees, strict=True)
        )


class Bust:
    """Walks, runs, dances and sits on its legs; its forearms swing. See `staging.Puppet`."""

    def __init__(self, subject: Subject, light: Light, artwork: Artwork, seed: int) -> None:
        outfit = _outfit(subject)
        picture = _picture(subject, outfit, artwork)
        middle = middle_of(picture) if subject.glyph not in FACES else picture.shape[1] // 2
        torso = edge_colours(picture, middle, TORSO, outfit.hands)
        edge = edge_colours(picture, middle, SHOULDER, outfit.hands)
        upper = np.zeros((GROUND_PX, WIDTH_PX, 4), np.uint8)
        hem = cloth(artwork.part(outfit.hem), torso)
        laid(upper, hem, MIDDLE_PX - hem.shape[1] // 2, HEM_TOPS.get(outfit.hem, HEM_TOP))
        laid(upper, picture, MIDDLE_PX - middle, SEAM_PX - picture.shape[0])
        if outfit.badge is not None:
            laid(upper, artwork.part(outfit.badge), MIDDLE_PX - 180, SHOULDERS_PX)
            _put_head(upper, subject, artwork)
        self._upper = Part(
            texture=Texture(relight(upper, light)), corner=(0, 0), pivot=(MIDDLE_PX, HIPS_PX)
        )
        typical = np.median(torso, 0).astype(np.float32)
        self._thigh, self._shin = _leg(outfit, typical, light, artwork)
        self._arms = _arms(outfit, edge, light, artwork)
        self._cape = _cape(edge, light, artwork) if outfit.cape else None
        self._action = subject.action
