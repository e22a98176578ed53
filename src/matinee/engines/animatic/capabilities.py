"""What the animatic can make. Nothing heavy is imported here: the server reads it."""

from __future__ import annotations

from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.video import Relation

ANIMATIC = Capabilities(
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
    styles=("thanksgiving", "comic", "news", "selfie", "nostalgic", "anime"),
    max_references=1,
    has_sound=True,
    relations=(Relation.REMIX, Relation.EDIT, Relation.EXTEND),
    max_scenes=25,
    max_characters=2,
    pace=0.8,
)
