"""What the rehearsal engines can make. Nothing heavy is imported here: the server reads it."""

from __future__ import annotations

from dataclasses import replace

from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.video import Relation

SLOW_FILM_S = 60.0
"""How long a film of the slow one takes, however long it is itself."""

_USUAL_FILM_S = 8.0

INSTANT = Capabilities(
    sizes=(
        Size(720, 1280),
        Size(1280, 720),
        Size(1024, 1792),
        Size(1792, 1024),
        Size(1080, 1920),
        Size(1920, 1080),
    ),
    min_seconds=4,
    max_seconds=25,
    max_references=1,
    has_sound=True,
    relations=tuple(Relation),
    max_scenes=25,
    max_characters=2,
    pace=0.1,
)
"""Everything is taken, so that any request can be tried; nothing of it is seen in the film."""

SLOW = replace(INSTANT, pace=SLOW_FILM_S / _USUAL_FILM_S)
