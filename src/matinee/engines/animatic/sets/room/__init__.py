"""Rooms: living room, kitchen, study, library, classroom; also looked at over a table."""

from __future__ import annotations

from matinee.engines.animatic.sets.room.furnishing import furniture
from matinee.engines.animatic.sets.room.shell import room_of
from matinee.engines.animatic.sets.room.surfaces import shell, table_top
from matinee.engines.animatic.sets.room.window import window
from matinee.engines.animatic.staging import Draft, Grade, Layer, Mark, Set


def room(draft: Draft) -> Set:
    """The room that the shot's words or variant choose, in the light of its hour."""
    made = room_of(draft)
    layers: list[Layer] = [*window(made), *shell(made), *furniture(made)]
    if made.on_table:
        layers += table_top(made)
    half = 0.28 if draft.frame.portrait else 0.5
    return Set(
        layers=tuple(layers),
        light=made.light(),
        marks=(Mark(0.0, 1.0), Mark(-half, 1.08), Mark(half, 1.12), Mark(0.5 * half, 1.3)),
        floor_y=made.stage,
        grade=Grade(bloom=0.42, bloom_from=180, vignette=0.42),
        reach=0.12,
        figure_height=0.44 if made.on_table else 0.5,
        shadow=0.5,
    )
