"""The puppets: how a subject's artwork moves."""

from __future__ import annotations

from typing import assert_never

from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.puppets.astronaut import Astronaut
from matinee.engines.animatic.puppets.bust import Bust
from matinee.engines.animatic.puppets.player import Player
from matinee.engines.animatic.puppets.plush import Plush
from matinee.engines.animatic.puppets.whole import Whole
from matinee.engines.animatic.shots import Body, Subject
from matinee.engines.animatic.staging import Light, Puppet


def make_puppet(subject: Subject, light: Light, artwork: Artwork, seed: int = 0) -> Puppet:
    """The puppet that carries `subject`, lit by `light`; `seed` varies patterns of its coat.

    Raises ArtworkMissing if there is no glyph of that name.
    """
    match subject.body:
        case Body.WHOLE:
            return Whole(subject, light, artwork, seed)
        case Body.PLUSH:
            return Plush(subject, light, artwork, seed)
        case Body.ASTRONAUT:
            return Astronaut(subject, light, artwork, seed)
        case Body.PLAYER:
            return Player(subject, light, artwork, seed)
        case Body.BUST | Body.CUTOUT:
            return Bust(subject, light, artwork, seed)
        case _:
            assert_never(subject.body)
