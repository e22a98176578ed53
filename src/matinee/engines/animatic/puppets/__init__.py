"""The puppets: how a subject's artwork moves."""

from __future__ import annotations

from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.puppets.whole import Whole
from matinee.engines.animatic.shots import Subject
from matinee.engines.animatic.staging import Light, Puppet


def make_puppet(subject: Subject, light: Light, artwork: Artwork, seed: int = 0) -> Puppet:
    """The puppet that carries `subject`, lit by `light`; `seed` varies patterns of its coat.

    Raises ArtworkMissing if there is no glyph of that name.
    """
    return Whole(subject, light, artwork, seed)
