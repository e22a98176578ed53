"""The simplest puppet: a glyph that shows the whole figure, moved as one piece."""

from __future__ import annotations

import math

from matinee.engines.animatic.affine import Matrix, compose, matrix, rotate, scale, translate
from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.shading import calico, recoat, relight
from matinee.engines.animatic.shots import Action, Subject
from matinee.engines.animatic.staging import Light, wander

FACE_RIGHT = frozenset(
    {"airplane", "airplane-departure", "helicopter", "rocket", "small-airplane", "seat"}
)
"""Glyphs drawn facing right; by custom the others face left or us."""

STEPS = {
    Action.WALK: (5.2, 0.045, 0.055),
    Action.RUN: (9.5, 0.075, 0.08),
    Action.DANCE: (6.3, 0.06, 0.16),
    Action.PLAY: (5.6, 0.02, 0.07),
}
"""Radians a second, height of the hop and lean of each stepping action."""


def worn(image: Image, subject: Subject, seed: int) -> Image:
    """`image` in the coat that `subject` wears: a colour, a pattern, or its own."""
    if subject.coat is None:
        return image
    if subject.coat.startswith("#"):
        return recoat(image, subject.coat)
    return calico(image, seed) if subject.coat == "calico" else image


class Whole:
    """A relit glyph that hops, leans, floats or swims. See `staging.Puppet`."""

    def __init__(self, subject: Subject, light: Light, artwork: Artwork, seed: int) -> None:
        image = relight(worn(artwork.glyph(subject.glyph), subject, seed), light)
        self._texture = Texture(image)
        self._action = subject.action
        self._mirror = 1.0 if subject.glyph in FACE_RIGHT else -1.0

    def draw(self, canvas: Canvas, mapping: Matrix, t: float) -> None:
        """Draw it in the phase of its motion that belongs to `t`."""
        texture = self._texture
        # A wide thing is fitted by its width, or a car would be as long as a house.
        fit = 1 / max(texture.height, 0.8 * texture.width)
        feet = (texture.width / 2, texture.height - 2)
        stand = matrix(
            self._mirror * fit, 0.0, -self._mirror * fit * feet[0], 0.0, fit, -fit * feet[1]
        )
        canvas.draw(texture, compose(mapping, self._motion(t), stand))

    def _motion(self, t: float) -> Matrix:
        if self._action in STEPS:
            return self._step(t)
        if self._action in {Action.FLY, Action.FLOAT, Action.SWIM}:
            return self._hover(t)
        if self._action is Action.DRIVE:
            return compose(translate(0, 0.006 * math.sin(31 * t)), rotate(0.006 * math.sin(17 * t)))
        breath = 0.012 * math.sin(2.2 * t)
        return compose(rotate(0.012 * math.sin(1.3 * t)), scale(1 - breath, 1 + breath))

    def _step(self, t: float) -> Matrix:
        pace, hop, lean = STEPS[self._action]
        phase = pace * t
        squash = 0.04 * math.cos(2 * phase)
        return compose(
            translate(0.0, -hop * abs(math.sin(phase))),
            rotate(lean * math.sin(phase) + (0.05 if self._action is Action.RUN else 0.0)),
            scale(1 - squash, 1 + squash),
        )

    def _hover(self, t: float) -> Matrix:
        calm, pace = (0.3, 0.6) if self._action is Action.FLOAT else (0.1, 1.6)
        turn = calm * wander(0.21, t, pace)
        wave = 0.03 * math.sin(6 * t) if self._action is Action.SWIM else 0.0
        around = compose(translate(0.0, -0.5), rotate(turn), scale(1 + wave, 1 - wave))
        return compose(around, translate(0.0, 0.5))
