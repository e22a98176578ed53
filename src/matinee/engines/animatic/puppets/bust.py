"""A person: a picture that ends at the chest, a face or a card, on a body with arms and legs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matinee.engines.animatic.affine import Matrix, compose, rotate, scale, translate
from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.paint import Floats, colour, floats
from matinee.engines.animatic.puppets.jointed import Part, Pose, dyed, put, stacked
from matinee.engines.animatic.puppets.standee import carded
from matinee.engines.animatic.puppets.tailoring import (
    GROUND_PX,
    MIDDLE_PX,
    SEAM_PX,
    Figure,
    cloth,
    tailored,
)
from matinee.engines.animatic.puppets.wardrobe import OUTFITS, PLAIN, Outfit
from matinee.engines.animatic.shading import relight
from matinee.engines.animatic.shots import Action, Body, Subject
from matinee.engines.animatic.staging import Light

HIPS_PX, HIP_ASIDE_PX, STRIDING_ASIDE_PX = 578, 50, 20
THIGH_PX, SHIN_PX = 92, 110
SOLE_PX = (-44.0, 70.0)
"""Heel and toe, sideways from the ankle."""

GAITS = {
    Action.WALK: (5.2, 0.42, 0.55),
    Action.RUN: (9.5, 0.72, 1.15),
    Action.DANCE: (6.3, 0.24, 0.80),
    Action.PLAY: (5.6, 0.05, 0.12),
    Action.SWIM: (7.0, 0.35, 0.30),
    Action.FLOAT: (1.4, 0.16, 0.25),
    Action.FLY: (1.8, 0.10, 0.15),
}
"""Radians a second, swing of the thigh and bend of the knee; who does something else stands."""

STILL = (0.0, 0.0, 0.0)
ARM_SWINGS = {
    Action.WALK: 0.45,
    Action.RUN: 0.85,
    Action.DANCE: 0.80,
    Action.PLAY: 0.35,
    Action.SWIM: 0.60,
    Action.FLOAT: 0.35,
    Action.FLY: 0.15,
}
LEANS = {Action.RUN: 0.10, Action.FLY: 0.62, Action.SWIM: 0.85}
"""How far the whole figure leans into its way."""

ALOFT = frozenset({Action.FLY, Action.FLOAT, Action.SWIM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The legs at a moment: angles of thigh and knee, left and right, in radians."""

    thighs: tuple[float, float]
    knees: tuple[float, float]

    @property
    def reach(self) -> float:
        """How far the lower foot is below the hips, in pixels of the sheet."""
        return max(
            THIGH_PX * math.cos(thigh)
            + SHIN_PX * math.cos(thigh + knee)
            + sole * math.sin(thigh + knee)
            for thigh, knee in zip(self.thighs, self.knees, strict=True)
            for sole in SOLE_PX
        )


SEATED = Step(thighs=(1.22, -1.22), knees=(0.12, -0.12))
REST_REACH = float(THIGH_PX + SHIN_PX)


class Bust:
    """Walks, runs, dances and sits on its legs; its forearms swing. See `staging.Puppet`."""

    def __init__(self, subject: Subject, light: Light, artwork: Artwork, seed: int) -> None:
        outfit = OUTFITS.get(subject.glyph, PLAIN)
        if subject.body is Body.CUTOUT:
            figure = carded(artwork.glyph(subject.glyph))
        else:
            figure = tailored(subject, outfit, artwork)
        self._upper = Part(
            texture=Texture(relight(figure.upper, light, figure.rounding)),
            corner=(0, 0),
            pivot=(MIDDLE_PX, HIPS_PX),
        )
        self._thigh, self._shin = _leg(outfit, figure, light, artwork)
        self._arms = _arms(outfit, figure, light, artwork)
        self._cape = _cape(figure, light, artwork) if outfit.cape else None
        self._action = subject.action
        # Not all of them step off with the same foot.
        self._phase = math.pi * (seed % 2)

    def draw(self, canvas: Canvas, mapping: Matrix, t: float) -> None:
        """Draw it in the phase of its motion that belongs to `t`."""
        sheet = compose(
            mapping,
            self._whole(t),
            scale(1 / GROUND_PX),
            translate(-MIDDLE_PX, -GROUND_PX),
        )
        step, phase = self._step(t), self._pace * t + self._phase
        drop = (0.0, REST_REACH - step.reach - self._hop(phase))
        sway = self._sway(t, phase)
        carried = Pose(angle=sway, shift=drop)
        if self._cape is not None:
            put(canvas, sheet, self._cape, self._billow(t, phase, drop))
        is_seated = self._action is Action.SIT
        if not is_seated:
            self._draw_legs(canvas, sheet, step, drop)
        self._draw_arms(canvas, sheet, t, phase, carried)
        breath = 1 + 0.008 * math.sin(2.2 * t)
        put(canvas, sheet, self._upper, Pose(angle=sway, stretch=(1.0, breath), shift=drop))
        if is_seated:
            self._draw_legs(canvas, sheet, step, drop)

    @property
    def _pace(self) -> float:
        return GAITS.get(self._action, STILL)[0]

    def _whole(self, t: float) -> Matrix:
        """How the figure as one piece lies in the air, or leans."""
        lean = LEANS.get(self._action, 0.0)
        if self._action not in ALOFT:
            jolt = 0.004 * math.sin(31 * t) if self._action is Action.DRIVE else 0.0
            return compose(translate(0.0, jolt), rotate(lean))
        turn = lean + 0.12 * math.sin(0.9 * t + self._phase)
        return compose(translate(0.0, -0.5), rotate(turn), translate(0.0, 0.5))

    def _step(self, t: float) -> Step:
        if self._action is Action.SIT:
            kick = 0.05 * math.sin(2.6 * t)
            left, right = SEATED.thighs
            return Step(thighs=(left + kick, right + kick), knees=SEATED.knees)
        pace, swing, bend = GAITS.get(self._action, STILL)
        if self._action is Action.DRIVE:
            swing, bend = 0.0, 0.16
        phase = pace * t + self._phase
        knees = (bend * max(0.0, math.cos(phase)), bend * max(0.0, -math.cos(phase)))
        apart = 0.0 if self._action in {Action.WALK, Action.RUN} else 0.05
        thighs = (apart - swing * math.sin(phase), -apart + swing * math.sin(phase))
        return Step(thighs=thighs, knees=knees)

    def _hop(self, phase: float) -> float:
        if self._action is Action.RUN:
            return 34 * abs(math.cos(phase))
        return 26 * abs(math.sin(phase)) if self._action is Action.DANCE else 0.0

    def _sway(self, t: float, phase: float) -> float:
        much = 0.13 if self._action is Action.DANCE else 0.035
        return much * math.sin(phase) if self._pace else 0.02 * math.sin(1.3 * t)

    def _billow(self, t: float, phase: float, drop: tuple[float, float]) -> Pose:
        """The cape trails behind who moves, and stirs behind who stands."""
        trail = 0.16 if self._pace else 0.02
        angle = trail + 0.05 * math.sin(3.3 * t + phase)
        return Pose(angle=angle, stretch=(1.0, 1 + 0.03 * math.sin(4.1 * t)), shift=drop)

    def _draw_legs(
        self, canvas: Canvas, sheet: Matrix, step: Step, drop: tuple[float, float]
    ) -> None:
        # Who strides is seen a little from the side: the hips lie behind each other.
        strides = self._action in {Action.WALK, Action.RUN}
        aside = STRIDING_ASIDE_PX if strides else HIP_ASIDE_PX
        for side, thigh, knee in zip((-1, 1), step.thighs, step.knees, strict=True):
            hip = (MIDDLE_PX + side * aside + drop[0], HIPS_PX + drop[1])
            at_hip = compose(sheet, translate(*hip), rotate(thigh))
            put(canvas, compose(at_hip, translate(0, THIGH_PX), rotate(knee)), self._shin)
            put(canvas, at_hip, self._thigh)

    def _draw_arms(
        self, canvas: Canvas, sheet: Matrix, t: float, phase: float, carried: Pose
    ) -> None:
        swing = ARM_SWINGS.get(self._action, 0.0)
        around = compose(
            sheet,
            translate(MIDDLE_PX + carried.shift[0], HIPS_PX + carried.shift[1]),
            rotate(carried.angle),
            translate(-MIDDLE_PX, -HIPS_PX),
        )
        for side, arm in zip((-1, 1), self._arms, strict=True):
            if arm is None:
                continue
            # Outwards is what a hanging arm may do; inwards the chest would hide its hand.
            out = 0.10 + 0.03 * math.sin(1.6 * t + side)
            if self._action is Action.DANCE:
                out += swing * (0.5 + 0.5 * math.sin(phase + side))
                angle = -side * out
            else:
                angle = -side * out + swing * side * 0.6 * math.sin(phase)
            put(canvas, around, arm, Pose(angle=angle))


def _leg(outfit: Outfit, figure: Figure, light: Light, artwork: Artwork) -> tuple[Part, Part]:
    """Thigh, with its hip at the origin, and shin with shoe, with its knee there."""
    trousers = colour(outfit.trousers) if outfit.trousers else figure.typical * 0.72
    thigh = dyed(artwork.part("bust-thigh"), trousers)
    shin = stacked(
        [
            dyed(artwork.part("bust-shin"), trousers),
            dyed(artwork.part("bust-shoe"), colour(outfit.shoes)),
        ]
    )
    return (
        Part(texture=Texture(relight(thigh, light)), corner=(-50, -44), pivot=(0, 0)),
        Part(texture=Texture(relight(shin, light)), corner=(-56, -36), pivot=(0, 0)),
    )


def _arms(
    outfit: Outfit, figure: Figure, light: Light, artwork: Artwork
) -> tuple[Part | None, Part | None]:
    """The forearms, left and right, where the picture shows none."""

    def arm(side: int, sleeve: Floats) -> Part:
        layers: list[Image] = [
            dyed(artwork.part("bust-hand"), colour(outfit.hands)),
            dyed(artwork.part("bust-forearm"), sleeve),
        ]
        aside, down = figure.elbow_px
        elbow = (MIDDLE_PX + side * aside, down)
        texture = Texture(relight(stacked(layers), light))
        return Part(texture=texture, corner=(elbow[0] - 45, elbow[1] - 40), pivot=elbow)

    left, right = figure.sleeves
    return (
        None if outfit.bare[0] else arm(-1, left),
        None if outfit.bare[1] else arm(1, right),
    )


def _cape(figure: Figure, light: Light, artwork: Artwork) -> Part:
    left, right = figure.sleeves
    image = cloth(artwork.part("bust-cape"), floats((left + right)[None] / 2))
    corner = (MIDDLE_PX - image.shape[1] // 2, SEAM_PX - 50)
    return Part(
        texture=Texture(relight(image, light, 0.1)), corner=corner, pivot=(MIDDLE_PX, SEAM_PX - 40)
    )
