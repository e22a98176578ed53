"""A stage with its audience.

Four stagings: a theatre in red velvet, a concert with coloured lights and a wall of bars, a small
club with a neon sign on its bricks, and an open-air stage under the moon.
"""

from __future__ import annotations

from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.layers import Motes, Sprite
from matinee.engines.animatic.paint import glow
from matinee.engines.animatic.sets.stage.boards import FRONT, Mirror, floor, stage_front
from matinee.engines.animatic.sets.stage.crowd import audience, glow_sticks
from matinee.engines.animatic.sets.stage.lamps import footlights
from matinee.engines.animatic.sets.stage.venues import Venue, club, concert, open_air, theatre
from matinee.engines.animatic.staging import Draft, Grade, Layer, Mark, Set

VENUES = (theatre, concert, club, open_air)


def stage(draft: Draft) -> Set:
    """A stage in one of four venues."""
    frame = draft.frame
    level = 0.5 if frame.portrait else 0.36
    venue = VENUES[draft.variant(len(VENUES))](draft, level)
    layers: list[Layer] = [
        *venue.layers,
        floor(draft, level, venue.wood),
        Mirror(level=level, strength=1.6 * venue.wood.gloss),
        *_front(draft, level, venue),
        *_people(draft, level, venue),
        _dust(draft, venue.dust),
    ]
    return Set(
        layers=tuple(layers),
        light=venue.light,
        marks=_marks(frame),
        floor_y=level,
        grade=Grade(bloom=venue.bloom, bloom_from=165, vignette=0.55),
        reach=0.15,
        figure_height=0.72 if frame.portrait else 0.68,
        shadow=0.6,
    )


def _front(draft: Draft, level: float, venue: Venue) -> list[Layer]:
    """The board that closes the stage towards the audience, and lamps along its edge."""
    # A raised camera still may not look below it.
    height = max(0.3, draft.frame.half_height * FRONT + 0.24 - level)
    board = Sprite(
        texture=stage_front(draft, venue.front, height),
        x=0.0,
        y=level,
        depth=FRONT,
        height=height,
        anchor=(0.5, 0.0),
    )
    if venue.footlight is None:
        return [board]
    return [board, footlights(draft, level, FRONT, venue.footlight)]


def _people(draft: Draft, level: float, venue: Venue) -> list[Layer]:
    top = max(0.36, level / FRONT + 0.02) if not draft.frame.portrait else level / FRONT + 0.06
    rows: list[Layer] = [*audience(draft, top - 0.09, venue.rim, raised=venue.raised)]
    if venue.sticks:
        rows.append(glow_sticks(draft, top, venue.sticks))
    return rows


def _dust(draft: Draft, code: str) -> Motes:
    return Motes(
        texture=glow(draft.px(0.009) + 2, code, 1.4, 0.3),
        spots=draft.layout("dust").random((60, 5)),
        near=0.7,
        far=1.4,
        height=0.013,
        drift=(0.008, -0.014),
        alpha=0.45,
        depth=0.88,
    )


def _marks(frame: Frame) -> tuple[Mark, ...]:
    half = min(0.5, frame.half_width - 0.2)
    return (
        Mark(0.0, 1.0),
        Mark(-half, 1.08),
        Mark(half, 1.08),
        Mark(-0.5 * half, 1.24),
        Mark(0.5 * half, 1.24),
    )
