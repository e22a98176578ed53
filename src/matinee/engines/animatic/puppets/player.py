"""A pianist: a face with a bow tie behind a grand piano, paws on the keys."""

from __future__ import annotations

import math

import numpy as np

from matinee.engines.animatic.affine import Matrix, compose, scale, translate
from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.camera import ease
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.paint import blot, glow
from matinee.engines.animatic.puppets.jointed import Coat, Part, Pose, dyed, put, sized, stacked
from matinee.engines.animatic.puppets.whole import worn
from matinee.engines.animatic.shading import calico, relight, typical_colour
from matinee.engines.animatic.shots import Subject
from matinee.engines.animatic.staging import Light
from matinee.engines.animatic.vocabulary.cast import HUMAN_FACES

SHEET_PX = 860
MIDDLE_PX, GROUND_PX = 550, 640
HEAD_PX = 340
SEAT_PX = 480
ARM_PX = 214
BEATS_A_SECOND = 2.0
SHADOW, SHADOW_PX, SHADOW_AT_PX = 0.55, (1280, 200), (540, 622)
"""Darkness, size and middle of the piano's shadow."""

EVENING_DRESS = "#4b4668"
CALICO_PALE, CALICO_DARK, CALICO_WARM = "#fbf4ea", "#3a322f", "#e98a35"


class Player:
    """Sways to the beat and strikes keys, left and right in turn. See `staging.Puppet`."""

    def __init__(self, subject: Subject, light: Light, artwork: Artwork, seed: int) -> None:
        face = worn(artwork.glyph(subject.glyph), subject, seed)
        patched = subject.coat == "calico"
        is_person = subject.glyph in HUMAN_FACES
        own = Coat.named(EVENING_DRESS) if is_person else Coat.of(typical_colour(face))
        coat = Coat.named(CALICO_PALE) if patched else own
        hands = Coat.of(typical_colour(face)) if is_person else coat
        arms = (Coat.named(CALICO_WARM) if patched else hands, hands)
        tail = Coat.named(CALICO_DARK) if patched else coat

        def part(image: Image, corner: tuple[float, float], pivot: tuple[float, float]) -> Part:
            at = (corner[0] + pivot[0], corner[1] + pivot[1])
            return Part(texture=Texture(image), corner=corner, pivot=at)

        torso = dyed(artwork.part("player-torso"), coat.fur)
        if patched:
            torso = calico(torso, seed + 1)
        head = sized(relight(face, light), HEAD_PX)
        self._lid = part(relight(artwork.part("piano-lid"), light, 0.03), (0, -112), (0, 0))
        self._tail = (
            None
            if is_person
            else part(
                relight(dyed(artwork.part("player-tail"), tail.fur), light), (626, -30), (60, 206)
            )
        )
        self._torso = part(relight(torso, light), (SEAT_PX - 185, 20), (185, 250))
        self._bow = part(relight(artwork.part("player-bow"), light), (SEAT_PX - 70, 30), (70, 45))
        self._head = part(
            head, (SEAT_PX - head.shape[1] / 2, 60 - HEAD_PX), (head.shape[1] / 2, HEAD_PX * 0.85)
        )
        self._body = part(relight(artwork.part("piano-body"), light, 0.03), (0, 190), (0, 0))
        self._keys = part(artwork.part("piano-keys"), (0, 190), (0, 0))
        self._arms = tuple(
            part(relight(arm, light), (-60, -180), (60, 20))
            for arm in (
                _sleeve(artwork, coat, one) if is_person else _paw(artwork, one) for one in arms
            )
        )
        self._shadow = blot(48, SHADOW)
        self._spark = glow(46, "#ffd980", 2.0, 0.2)
        random = np.random.default_rng((seed, 88))
        self._strikes = tuple(random.uniform(0, 1, (64, 2)).tolist())

    def draw(self, canvas: Canvas, mapping: Matrix, t: float) -> None:
        """Draw it as it plays at `t`."""
        sheet = compose(mapping, scale(1 / SHEET_PX), translate(-MIDDLE_PX, -GROUND_PX))
        beat = math.pi * BEATS_A_SECOND * t
        bob = abs(math.sin(beat))
        # The scene's own shadow is as wide as a figure; a piano stands on more floor than that.
        width, height = (size / self._shadow.width for size in SHADOW_PX)
        under = compose(sheet, translate(*SHADOW_AT_PX), scale(width, height))
        middle = translate(-self._shadow.width / 2, -self._shadow.height / 2)
        canvas.draw(self._shadow, compose(under, middle))
        put(canvas, sheet, self._lid)
        if self._tail is not None:
            put(canvas, sheet, self._tail, Pose(angle=0.25 * math.sin(2.2 * t)))
        put(canvas, sheet, self._torso, Pose(stretch=(1.0, 1 + 0.02 * bob)))
        put(canvas, sheet, self._bow, Pose(shift=(0.0, 4 * bob)))
        sway = 0.10 * math.sin(beat / 2)
        put(canvas, sheet, self._head, Pose(angle=sway, shift=(60 * sway, 9 * bob)))
        put(canvas, sheet, self._body)
        put(canvas, sheet, self._keys)
        self._draw_hands(canvas, sheet, t)

    def _draw_hands(self, canvas: Canvas, sheet: Matrix, t: float) -> None:
        stroke, share = divmod(t * BEATS_A_SECOND * 2, 1)
        for side, arm in enumerate(self._arms):
            now, next_ = (self._key(int(stroke) + step, side) for step in (0, 1))
            x = now + (next_ - now) * ease(min(1.0, 2.2 * share))
            strikes = (int(stroke) + side) % 2 == 0
            lift = 34 * math.sin(min(1.0, 2 * share) * math.pi) if strikes else 6.0
            lean = 0.10 if side else -0.10
            put(canvas, sheet, arm, Pose(angle=lean, shift=(x, 240 - lift)))
            if strikes and share > 0.45:
                at = compose(sheet, translate(x - 46, 250 - 46))
                canvas.draw(self._spark, at, 1 - share)

    def _key(self, stroke: int, side: int) -> float:
        """Where the paw of `side` (0 left, 1 right) strikes, across the sheet."""
        share: float = self._strikes[stroke % len(self._strikes)][side]
        return (300.0, 520.0)[side] + 150 * share


def _paw(artwork: Artwork, fur: Coat) -> Image:
    return dyed(artwork.part("player-arm"), fur.fur)


def _sleeve(artwork: Artwork, clothes: Coat, hand: Coat) -> Image:
    """A person's forearm with its hand, in the place of a paw."""
    arm = stacked(
        [dyed(artwork.part("bust-hand"), hand.fur), dyed(artwork.part("bust-forearm"), clothes.fur)]
    )
    return sized(arm, ARM_PX)
