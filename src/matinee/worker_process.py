"""Runs workers as a process of their own: no HTTP, films for whoever shares the database."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from matinee.core.errors import SettingsInvalid
from matinee.crew import Crew, make_crew
from matinee.data_folder import DataFolder
from matinee.engine_room import ConfiguredEngine, configured_engines, routes_to
from matinee.foundations import Foundations, Lay, open_foundations, require_shared_films
from matinee.housekeeping import make_cleaner
from matinee.settings import Settings
from matinee.stopping import Stop
from matinee.worker.janitor import Janitor

logger = logging.getLogger(__name__)

_DRAIN_S = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What a worker makes films with: engines, and of some engines only these models."""

    engines: tuple[str, ...]
    queues: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, engines: Sequence[str], queues: Sequence[str]) -> Assignment:
        """The assignment of the command line; a queue is spelled ENGINE/MODEL.

        Raises SettingsInvalid if there is nothing to do, or a queue is spelled otherwise.
        """
        chosen = []
        for queue in queues:
            engine, slash, model = queue.partition("/")
            if not (engine and slash and model):
                raise SettingsInvalid(
                    f"'{queue}' is no queue: name an engine and one of its models, such as "
                    "--queue gpu/wan2.2-ti2v-5b.",
                    param="queue",
                )
            chosen.append((engine, model))
        names = tuple(dict.fromkeys((*engines, *(engine for engine, _ in chosen))))
        if not names:
            raise SettingsInvalid(
                "A worker needs something to do: name engines with --engine, or some of their "
                "models with --queue ENGINE/MODEL.",
                param="engine",
            )
        return cls(engines=names, queues=tuple(chosen))


def work(
    settings: Settings, folder: DataFolder, assignment: Assignment, *, lay: Lay | None = None
) -> None:
    """Make films until SIGTERM or SIGINT. Raises SettingsInvalid if it can't begin."""
    if settings.database is None:
        raise SettingsInvalid(
            "A worker of its own needs a database that it shares with servers: set 'database' to "
            "a PostgreSQL address, such as postgresql://matinee@db.example.org/matinee. Without "
            "one, 'matinee serve' makes the films itself.",
            param="database",
        )
    require_shared_films(settings)
    folder.prepare()
    opened = lay or partial(open_foundations, queues=assignment.queues)
    asyncio.run(_work(settings, folder.apart(os.getpid()), assignment, opened))


async def _work(settings: Settings, folder: DataFolder, assignment: Assignment, lay: Lay) -> None:
    configured = configured_engines(settings, folder)
    _check(assignment, configured)
    async with lay(settings, folder) as foundations:
        needs_key = await foundations.store.has_keys()
        routes = routes_to(configured, settings, needs_key=needs_key)
        served = assignment.engines
        crew = make_crew(settings, folder, foundations, configured, routes, served)
        await asyncio.to_thread(folder.clear_work)
        await crew.begin()
        logger.info("working", extra={"engines": list(served)})
        janitor = make_cleaner(foundations, folder)
        drain_s = _DRAIN_S if settings.drain_s is None else settings.drain_s
        async with _kept_up(foundations, janitor):
            await _run(crew, drain_s)
        logger.info("stopped")


@asynccontextmanager
async def _kept_up(foundations: Foundations, janitor: Janitor) -> AsyncIterator[None]:
    """Keep going what everything stands on; should that end, everything does."""
    async with asyncio.TaskGroup() as group:
        keeping = [
            group.create_task(foundations.keep_going(), name="foundations"),
            group.create_task(janitor.run(), name="own janitor"),
        ]
        try:
            yield
        finally:
            for task in keeping:
                task.cancel()


async def _run(crew: Crew, drain_s: int) -> None:
    """Work until a signal comes, or something ends that must not."""
    asked = asyncio.Event()

    def begin_to_end() -> None:
        crew.supervisor.begin_no_more()
        asked.set()

    stop = Stop(begin_to_end)
    working = asyncio.ensure_future(crew.run())
    waiting = asyncio.ensure_future(asked.wait())
    with stop.on_signals():
        try:
            await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                await crew.drain(drain_s, stop.hurried)
        finally:
            waiting.cancel()
            working.cancel()
            try:
                with contextlib.suppress(asyncio.CancelledError):
                    await working
            finally:
                await crew.supervisor.close()


def _check(assignment: Assignment, configured: dict[str, ConfiguredEngine]) -> None:
    """Raise SettingsInvalid if an engine or a model is not here."""
    for name in assignment.engines:
        if name not in configured:
            listed = ", ".join(f"'{each}'" for each in configured)
            raise SettingsInvalid(
                f"There is no engine '{name}' in the settings. Engines here: {listed}.",
                param="engine",
            )
    for name, model in assignment.queues:
        configured[name].target(model)
