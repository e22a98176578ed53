"""The pictures that come with a film's spec, decoded."""

from __future__ import annotations

import asyncio
from pathlib import Path

from matinee.engines.animatic.film_wish import FilmWish, Materials
from matinee.engines.animatic.puppets.standee import picture_card
from matinee.engines.animatic.roles import glyph_of
from matinee.media.inspection import ReferenceLimits
from matinee.media.reference import ReferenceImage, fit, load_reference


async def load_materials(wish: FilmWish) -> Materials:
    """Decode what belongs to `wish`. Raises MediaInvalid for what is no good image."""
    first = None
    if wish.reference is not None:
        image = await _load(wish.reference)
        first = await asyncio.to_thread(fit, image, wish.size.width_px, wish.size.height_px)
    cards = {}
    for role, poster in zip(wish.spec.roles, wish.posters, strict=False):
        image = await _load(poster)
        cards[glyph_of(role.name)] = await asyncio.to_thread(picture_card, image.pixels)
    return Materials(first=first, cards=cards)


async def _load(path: Path) -> ReferenceImage:
    data = await asyncio.to_thread(path.read_bytes)
    # How large it may be was settled when it was admitted.
    return await load_reference(data, limits=ReferenceLimits(max_bytes=len(data)))
