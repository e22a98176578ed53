"""The looks: visible styles that are laid over any scene."""

from __future__ import annotations

from typing import assert_never

from matinee.engines.animatic import shots, staging
from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.looks.anime import Anime
from matinee.engines.animatic.looks.comic import Comic
from matinee.engines.animatic.looks.news import News
from matinee.engines.animatic.looks.nostalgic import Nostalgic
from matinee.engines.animatic.looks.selfie import Selfie
from matinee.engines.animatic.looks.thanksgiving import Thanksgiving


def make_look(
    look: shots.Look, shot: shots.Shot, frame: Frame, artwork: Artwork
) -> staging.Look | None:
    """The look of that name for `shot`; None for the plain one, which changes nothing."""
    match look:
        case shots.Look.PLAIN:
            return None
        case shots.Look.COMIC:
            return Comic(frame)
        case shots.Look.ANIME:
            return Anime(frame, shot.seed)
        case shots.Look.NOSTALGIC:
            return Nostalgic(frame, shot.seed)
        case shots.Look.THANKSGIVING:
            return Thanksgiving(frame, artwork, shot.seed)
        case shots.Look.NEWS:
            return News(frame, _headline(shot), shot.text)
        case shots.Look.SELFIE:
            return Selfie(frame, shot.seed)
        case _:
            assert_never(look)


def _headline(shot: shots.Shot) -> str:
    """What happens, in a few words."""
    if not shot.subjects:
        return shot.text.partition(",")[0] or shot.setting
    lead = shot.subjects[0]
    return f"{lead.noun} seen in {shot.setting}"
