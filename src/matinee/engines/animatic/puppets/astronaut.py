"""An astronaut: a face in a glass helmet, a white suit and a jet pack with flames."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from matinee.engines.animatic.affine import Matrix, compose, scale, translate
from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.paint import glow, grid, to_light
from matinee.engines.animatic.puppets.jointed import Part, Pose, dyed, put, sized
from matinee.engines.animatic.puppets.whole import worn
from matinee.engines.animatic.shading import relight, typical_colour
from matinee.engines.animatic.shots import Action, Subject
from matinee.engines.animatic.staging import Light

SHEET_PX = 680
MIDDLE_PX, GROUND_PX = 300, 640
HEAD_PX = 250
NOZZLES_PX = ((199, 488), (399, 488))
BARE_FACED = frozenset({"robot", "alien"})
"""Who needs no air, and shows no tail."""


class Astronaut:
    """Floats with swinging limbs; the jets burn when it travels. See `staging.Puppet`."""

    def __init__(self, subject: Subject, light: Light, artwork: Artwork, seed: int) -> None:
        face = worn(artwork.glyph(subject.glyph), subject, seed)
        suit = replace(light, rim_strength=max(0.7, light.rim_strength))

        def part(
            image: Image, corner: tuple[float, float], pivot: tuple[float, float], *, lit: bool
        ) -> Part:
            at = (corner[0] + pivot[0], corner[1] + pivot[1])
            texture = Texture(relight(image, suit) if lit else image)
            return Part(texture=texture, corner=corner, pivot=at)

        def drawn(name: str, corner: tuple[float, float], pivot: tuple[float, float]) -> Part:
            return part(artwork.part(f"astronaut-{name}"), corner, pivot, lit=True)

        def mirrored(name: str, corner: tuple[float, float], pivot: tuple[float, float]) -> Part:
            image = np.ascontiguousarray(artwork.part(f"astronaut-{name}")[:, ::-1])
            return part(image, corner, pivot, lit=True)

        torso = "torso-paw" if subject.glyph.endswith("-face") else "torso"
        tail = dyed(artwork.part("astronaut-tail"), typical_colour(face))
        head = sized(relight(face, light), HEAD_PX)
        at_head = (MIDDLE_PX - head.shape[1] / 2, 156 - head.shape[0] / 2)
        self._tail = (
            part(tail, (366, 392), (22, 100), lit=True)
            if torso == "torso-paw" and subject.glyph not in BARE_FACED
            else None
        )
        self._pack = drawn("pack", (134, 252), (166, 120))
        self._legs = (drawn("leg", (196, 462), (56, 18)), mirrored("leg", (292, 462), (56, 18)))
        self._torso = drawn(torso, (180, 262), (120, 120))
        self._arms = (mirrored("arm", (118, 276), (66, 36)), drawn("arm", (372, 276), (44, 36)))
        self._ring = drawn("ring", (190, 236), (110, 40))
        self._head = part(head, at_head, (head.shape[1] / 2, head.shape[0] * 0.85), lit=False)
        self._back, self._front = (
            part(artwork.part(f"astronaut-helmet-{side}"), (130, -20), (170, 330), lit=False)
            for side in ("back", "front")
        )
        self._flame, self._heat = _flame(), glow(120, "#ff8a30", 2.2)
        self._spark = glow(60, "#ffffff", 3.0, 0.35)
        self._jets = 1.0 if subject.action in {Action.FLOAT, Action.FLY, Action.SWIM} else 0.0

    def draw(self, canvas: Canvas, mapping: Matrix, t: float) -> None:
        """Draw it as it floats at `t`."""
        sheet = compose(mapping, scale(1 / SHEET_PX), translate(-MIDDLE_PX, -GROUND_PX))

        def swing(pace: float, much: float, phase: float = 0.0) -> float:
            return much * math.sin(pace * t + phase)

        if self._jets:
            self._draw_jets(canvas, sheet, t)
        if self._tail is not None:
            put(canvas, sheet, self._tail, Pose(angle=swing(7, 0.35)))
        put(canvas, sheet, self._pack)
        put(canvas, sheet, self._legs[0], Pose(angle=0.16 + swing(1.7, 0.16)))
        put(canvas, sheet, self._legs[1], Pose(angle=-0.16 + swing(1.7, 0.16, 1.2)))
        put(canvas, sheet, self._torso, Pose(stretch=(1.0, 1 + swing(2.1, 0.008))))
        put(canvas, sheet, self._arms[0], Pose(angle=0.55 + swing(1.3, 0.22)))
        put(canvas, sheet, self._arms[1], Pose(angle=-0.75 + swing(1.3, 0.2, 2.0)))
        put(canvas, sheet, self._back)
        put(canvas, sheet, self._ring)
        put(canvas, sheet, self._head, Pose(angle=swing(0.9, 0.07), shift=(0.0, swing(1.1, 4))))
        put(canvas, sheet, self._front)
        self._draw_spark(canvas, sheet, t)

    def _draw_jets(self, canvas: Canvas, sheet: Matrix, t: float) -> None:
        for x, y in NOZZLES_PX:
            flicker = 0.85 + 0.15 * math.sin(37 * t + x) + 0.12 * math.sin(61 * t + 2 * x)
            canvas.draw(self._heat, compose(sheet, translate(x - 120, y - 88)), 0.5 * flicker)
            flame = compose(sheet, translate(x - 50, y), scale(1.0, 1.05 * flicker))
            canvas.draw(self._flame, flame)

    def _draw_spark(self, canvas: Canvas, sheet: Matrix, t: float) -> None:
        """A highlight that wanders around the glass."""
        angle = 0.9 * t - 2.2
        x, y = MIDDLE_PX + 105 * math.cos(angle), 150 + 105 * math.sin(angle)
        canvas.draw(
            self._spark, compose(sheet, translate(x - 60, y - 60)), 0.35 + 0.3 * math.sin(1.7 * t)
        )


def _flame() -> Texture:
    """A pointed flame, 100 x 220 px, hottest at its top middle."""
    x, y = grid((220, 100))
    width = 0.62 * np.clip(1 - y, 0, 1) ** 0.55 * (0.6 + 0.4 * np.clip(6 * y, 0, 1))
    core = np.clip(1 - np.abs(2 * x - 1) / np.maximum(width, 1e-3), 0, 1)
    heat = core * np.clip(1.15 - y, 0, 1)
    planes = (heat**2.2 * 1.3 + 0.3 * heat, heat**1.2 * 1.25, heat**0.6 * 1.3)
    return to_light(np.clip(np.stack(planes, -1), 0, 1).astype(np.float32))
