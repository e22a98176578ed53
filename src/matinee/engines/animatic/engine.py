"""The animatic as an engine."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from matinee.core.video import VideoSpec
from matinee.engines.animatic.farm import Farm
from matinee.engines.animatic.film import make_film
from matinee.engines.animatic.film_wish import FilmWish
from matinee.engines.animatic.reference import build_reference
from matinee.engines.animatic.scene_studio import Drawn, SceneStudio, ShotOrder
from matinee.ports.engine import Report, Workspace
from matinee.ports.engine_kind import EngineSetup


def make_animatic(setup: EngineSetup) -> AnimaticEngine:
    """The engine that `setup` describes."""
    return AnimaticEngine(processes=setup.processes)


class AnimaticEngine:
    """Makes films in this process and `processes` more, which stay for the next film."""

    def __init__(self, *, processes: int) -> None:
        self._farm: Farm[ShotOrder, Drawn] = Farm(
            SceneStudio(build_picture=build_reference), workers=processes
        )

    async def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Make the film; progress is frames done of frames to do."""
        wish = FilmWish(
            spec=spec,
            reference=space.references[0] if space.references else None,
            source=space.source,
            posters=space.posters,
        )
        async with aclosing(make_film(wish, space.film, self._farm)) as reports:
            async for report in reports:
                yield report

    async def close(self) -> None:
        """End the render processes."""
        await self._farm.close()
