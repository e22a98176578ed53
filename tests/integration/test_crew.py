"""Who makes films in a process that shares its rows with others."""

from __future__ import annotations

import asyncio
from pathlib import Path

from matinee.crew import make_crew
from matinee.data_folder import DataFolder
from matinee.engine_room import configured_engines, routes_to
from matinee.foundations import open_foundations
from matinee.settings import Settings
from tests.postgres import a_database

SOON_S = 10.0


async def test_a_worker_of_one_model_says_so_and_counts_no_films_of_others(
    tmp_path: Path,
) -> None:
    (tmp_path / "films").mkdir()
    folder, queues = DataFolder(tmp_path / "data"), (("animatic", "plain"),)
    with a_database() as url:
        settings = Settings(database=url, blob_store=str(tmp_path / "films"))
        async with open_foundations(settings, folder, queues) as foundations:
            configured = configured_engines(settings, folder)
            routes = routes_to(configured, settings, needs_key=False)
            crew = make_crew(settings, folder, foundations, configured, routes, ["animatic"])
            assert await crew.begin() is None
            working = asyncio.create_task(crew.run())
            async with asyncio.timeout(SOON_S):
                while not (workers := await foundations.store.crew.workers()):
                    pass
            working.cancel()
            await asyncio.wait([working])
            await crew.supervisor.close()
    assert [(each.engines, each.queues) for each in workers] == [(("animatic",), queues)]
