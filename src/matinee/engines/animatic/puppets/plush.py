"""A stuffed animal: a face on a four-legged body in the face's colours, seen from the front."""

from __future__ import annotations

import math

from matinee.engines.animatic.affine import Matrix, compose, scale, translate
from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.puppets.jointed import Coat, Part, Pose, dyed, put, sized, stacked
from matinee.engines.animatic.puppets.whole import worn
from matinee.engines.animatic.shading import relight, typical_colour
from matinee.engines.animatic.shots import Action, Subject
from matinee.engines.animatic.staging import Light

SHEET_PX = 640
MIDDLE_PX, GROUND_PX = 300, 612
HEAD_PX = 330

PACES = {
    Action.WALK: 5.2,
    Action.RUN: 9.5,
    Action.DANCE: 6.3,
    Action.PLAY: 5.6,
    Action.SWIM: 4.0,
}
"""Radians a second of the gait; who does something else stands and breathes."""


class Plush:
    """Walks by lifting its paws in turn, wags its tail, nods. See `staging.Puppet`."""

    def __init__(self, subject: Subject, light: Light, artwork: Artwork, seed: int) -> None:
        face = worn(artwork.glyph(subject.glyph), subject, seed)
        coat = Coat.of(typical_colour(face))

        def drawn(*layers: tuple[str, str]) -> Image:
            dyes = {"fur": coat.fur, "dark": coat.dark, "pale": coat.pale}
            return relight(
                stacked([dyed(artwork.part(name), dyes[dye]) for name, dye in layers]), light, 0.25
            )

        def part(image: Image, corner: tuple[float, float], pivot: tuple[float, float]) -> Part:
            at = (corner[0] + pivot[0], corner[1] + pivot[1])
            return Part(texture=Texture(image), corner=corner, pivot=at)

        leg = drawn(("plush-leg", "fur"), ("plush-paw", "dark"))
        hind = drawn(("plush-leg", "dark"), ("plush-paw", "dark"))
        head = sized(relight(face, light), HEAD_PX)
        middle = MIDDLE_PX - head.shape[1] / 2
        self._tail = part(
            drawn(("plush-tail", "fur"), ("plush-tail-tip", "pale")), (372, 300), (40, 196)
        )
        self._hind = (part(hind, (164, 430), (50, 16)), part(hind, (338, 430), (50, 16)))
        self._body = part(
            drawn(("plush-body", "fur"), ("plush-belly", "pale")), (170, 300), (130, 240)
        )
        self._fore = (part(leg, (190, 452), (50, 16)), part(leg, (312, 452), (50, 16)))
        self._head = part(head, (middle, 20), (head.shape[1] / 2, head.shape[0] * 0.9))
        self._action = subject.action

    def draw(self, canvas: Canvas, mapping: Matrix, t: float) -> None:
        """Draw it in the phase of its gait that belongs to `t`."""
        sheet = compose(mapping, scale(1 / SHEET_PX), translate(-MIDDLE_PX, -GROUND_PX))
        phase = PACES.get(self._action, 0.0) * t
        left, right = max(0.0, math.sin(phase)), max(0.0, -math.sin(phase))
        bounce = (0.0, -12.0 * abs(math.sin(phase)))
        breath = 1 + 0.012 * math.sin(2.2 * t)
        put(canvas, sheet, self._tail, Pose(angle=0.22 * math.sin(3.1 * t + phase), shift=bounce))
        for leg, lift in zip(self._hind, (right, left), strict=True):
            put(canvas, sheet, leg, Pose(shift=(0.0, -16.0 * lift)))
        sway = Pose(angle=0.03 * math.sin(phase), stretch=(1.0, breath), shift=bounce)
        put(canvas, sheet, self._body, sway)
        for leg, lift in zip(self._fore, (left, right), strict=True):
            lifted = Pose(stretch=(1.0, 1 - 0.10 * lift), shift=(0.0, -32.0 * lift))
            put(canvas, sheet, leg, lifted)
        put(canvas, sheet, self._head, self._nod(t, phase, bounce[1]))

    def _nod(self, t: float, phase: float, bounce: float) -> Pose:
        angle = 0.06 * math.sin(phase + 0.6) + 0.03 * math.sin(0.9 * t)
        return Pose(angle=angle, shift=(0.0, 1.4 * bounce))
