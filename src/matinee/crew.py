"""Who makes films, as the settings have it: engines, attempts and what supervises them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from matinee.data_folder import DataFolder
from matinee.engine_room import ConfiguredEngine, make_engine
from matinee.foundations import Foundations
from matinee.policy.routing import Routes
from matinee.ports.crew import Worker
from matinee.ports.engine import Engine
from matinee.settings import Settings
from matinee.worker.attempt import Attempts, Desk
from matinee.worker.caretaker import Caretaker
from matinee.worker.condition import Condition, JoinedCondition
from matinee.worker.diversions import Diversions
from matinee.worker.duties import Duties, SharedDuties, SoleDuties
from matinee.worker.farewells import Farewells
from matinee.worker.health import LOCAL_WORKER, Health
from matinee.worker.ledger import Ledger
from matinee.worker.ports import WorkerPorts
from matinee.worker.roster import Roster
from matinee.worker.supervisor import Supervisor
from matinee.worker.sweep import Sweep


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who makes films in this process, who knows how well that goes, and who looks after all."""

    supervisor: Supervisor
    caretaker: Caretaker
    farewells: Farewells
    condition: Condition
    duties: Duties
    joined: JoinedCondition | None
    """What is known of the engines of all machines; None where there is only this one."""

    async def begin(self) -> int | None:
        """Take up what an earlier process left; how many videos. None if others may have them."""
        if self.joined is None:
            return await self.supervisor.recover()
        await self.joined.refresh()
        return None

    async def run(self) -> None:
        """Make films and look after those that wait, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.supervisor.run(), name="supervisor")
            group.create_task(self.caretaker.run(), name="caretaker")
            if self.joined is not None:
                group.create_task(self.joined.run(), name="condition")

    async def drain(self, grace_s: float, hurried: asyncio.Event) -> None:
        """Take nothing up any more, and let end what ends within `grace_s`, unless `hurried`."""
        draining = asyncio.ensure_future(self.supervisor.drain(grace_s))
        hurrying = asyncio.ensure_future(hurried.wait())
        await asyncio.wait({draining, hurrying}, return_when=asyncio.FIRST_COMPLETED)
        for task in (draining, hurrying):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def make_crew(
    settings: Settings,
    folder: DataFolder,
    foundations: Foundations,
    configured: Mapping[str, ConfiguredEngine],
    routes: Routes,
    served: Collection[str],
) -> Crew:
    """The crew with those of the `configured` engines that are `served` here.

    Nothing runs yet. With none, it looks after what workers elsewhere leave.
    """
    engines = {name: make_engine(configured[name], settings) for name in served}
    outlook = _outlook(settings, foundations, engines)
    ports, lease = outlook.ports, timedelta(seconds=settings.lease_s)
    desk = _desk(settings, outlook, routes, engines)
    attempts = Attempts(ports, engines, desk, folder=folder.work)
    is_sole = outlook.joined is None
    sweep = Sweep(
        ports,
        configured.keys(),
        is_running=attempts.is_running,
        lease=lease,
        trusts_at_once=is_sole,
        holder=None if is_sole else outlook.worker.id,
    )
    roster = Roster(ports, outlook.worker, silence=lease, leaves=not is_sole)
    slots = {name: configured[name].slots for name in engines}
    return Crew(
        supervisor=Supervisor(ports, attempts, engines, desk, roster, slots=slots),
        caretaker=Caretaker(sweep, desk.diversions, outlook.condition, outlook.duties),
        farewells=desk.farewells,
        condition=outlook.condition,
        duties=outlook.duties,
        joined=outlook.joined,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outlook:
    """This process among the others, if there may be others."""

    ports: WorkerPorts
    worker: Worker
    health: Health
    condition: Condition
    joined: JoinedCondition | None
    duties: Duties


def _outlook(
    settings: Settings, foundations: Foundations, engines: Mapping[str, Engine]
) -> _Outlook:
    ports = WorkerPorts(
        store=foundations.store,
        blobs=foundations.blobs,
        queue=foundations.queue,
        announcements=foundations.announcements,
        clock=foundations.clock,
    )
    worker = _this_worker(settings, foundations, engines)
    health = Health(ports.store, ports.clock, engines, worker_id=worker.id)
    joined: JoinedCondition | None = None
    duties: Duties = SoleDuties()
    if settings.database is not None:
        lease = timedelta(seconds=settings.lease_s)
        joined = JoinedCondition(ports.store, ports.clock, silence=lease)
        duties = SharedDuties(ports.store, ports.clock, holder=worker.id, held=lease)
    return _Outlook(
        ports=ports,
        worker=worker,
        health=health,
        condition=joined or health,
        joined=joined,
        duties=duties,
    )


def _desk(
    settings: Settings, outlook: _Outlook, routes: Routes, engines: Mapping[str, Engine]
) -> Desk:
    ports, condition = outlook.ports, outlook.condition
    lease = timedelta(seconds=settings.lease_s)
    outage = timedelta(seconds=settings.engine_outage_s)
    return Desk(
        ledger=Ledger(
            ports, routes, condition.is_usable, lease=lease, retention=settings.retention
        ),
        health=outlook.health,
        diversions=Diversions(ports, routes, condition, outage=outage),
        farewells=Farewells(ports, engines),
    )


def _this_worker(
    settings: Settings, foundations: Foundations, engines: Mapping[str, Engine]
) -> Worker:
    """This process as a worker. One that shares its rows is another one after each start."""
    now, host = foundations.clock.now(), socket.gethostname()
    own_id = f"{host}-{os.getpid()}-{foundations.identities.secret(5)}"
    return Worker(
        id=LOCAL_WORKER if settings.database is None else own_id,
        host=host,
        process_id=os.getpid(),
        engines=tuple(engines),
        queues=tuple(foundations.queues),
        started_at=now,
        seen_at=now,
    )
