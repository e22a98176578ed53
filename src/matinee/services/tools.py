"""How images and films are fetched and looked at on this machine, as the use cases need it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from matinee.core.size import Size
from matinee.media.film_inspection import FilmLimits, inspect_film, take_poster
from matinee.media.inspection import ReferenceLimits, inspect_reference
from matinee.net.fetch import FetchLimits, fetch_source, fetch_source_into
from matinee.net.guard import Guard
from matinee.services.films import FilmFacts, FilmTools, Span, Still
from matinee.services.references import Fetch, ImageFacts, Inspect

_FILM_FETCH_S = 60.0
"""How long the server behind a film's URL may take for all of it."""


def image_tools(guard: Guard, *, max_bytes: int) -> tuple[Inspect, Fetch]:
    """What looks into images of at most `max_bytes`, and what fetches them."""
    limits = ReferenceLimits(max_bytes=max_bytes)
    return partial(_inspect_image, limits), partial(_fetch_image, guard, max_bytes)


def film_tools(guard: Guard, *, max_bytes: int) -> FilmTools:
    """What fetches films of at most `max_bytes` and looks into them."""
    limits = FilmLimits(max_bytes=max_bytes)
    return FilmTools(
        inspect=partial(_inspect_film, limits),
        take_still=partial(_take_still, limits),
        fetch=partial(_fetch_film, guard, max_bytes),
    )


async def _inspect_image(limits: ReferenceLimits, data: bytes, *, param: str) -> ImageFacts:
    facts = await inspect_reference(data, param=param, limits=limits)
    return ImageFacts(
        media_type=facts.media_type, width_px=facts.width_px, height_px=facts.height_px
    )


async def _fetch_image(guard: Guard, limit_bytes: int, text: str, *, param: str) -> bytes:
    fetched = await fetch_source(text, limit_bytes=limit_bytes, guard=guard, param=param)
    return fetched.data


async def _inspect_film(limits: FilmLimits, path: Path, *, param: str) -> FilmFacts:
    facts = await inspect_film(path, param=param, limits=limits)
    return FilmFacts(size=Size(facts.width_px, facts.height_px), seconds=facts.seconds)


async def _take_still(limits: FilmLimits, path: Path, span: Span, *, param: str) -> Still:
    picture = await take_poster(
        path, start_s=span.start_s, end_s=span.end_s, param=param, limits=limits
    )
    return Still(
        data=picture.data,
        media_type="image/webp",
        width_px=picture.width_px,
        height_px=picture.height_px,
    )


async def _fetch_film(
    guard: Guard, limit_bytes: int, text: str, target: Path, *, param: str
) -> None:
    limits = FetchLimits(total_s=_FILM_FETCH_S)
    await fetch_source_into(
        target, text, limit_bytes=limit_bytes, guard=guard, param=param, limits=limits
    )
