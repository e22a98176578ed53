"""Who makes films, as the settings have it: engines, attempts and what supervises them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from matinee.data_folder import DataFolder
from matinee.engine_room import ConfiguredEngine, make_engine
from matinee.foundations import Foundations
from matinee.policy.routing import Routes
from matinee.settings import Settings
from matinee.worker.attempt import Attempts, Desk
from matinee.worker.diversions import Diversions
from matinee.worker.health import Health
from matinee.worker.ledger import Ledger
from matinee.worker.ports import WorkerPorts
from matinee.worker.supervisor import Supervisor


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who makes films, and who knows how well that goes."""

    supervisor: Supervisor
    health: Health


def make_crew(
    settings: Settings,
    folder: DataFolder,
    foundations: Foundations,
    configured: Mapping[str, ConfiguredEngine],
    routes: Routes,
) -> Crew:
    """The crew of the `configured` engines, with nothing running yet."""
    engines = {name: make_engine(each, settings) for name, each in configured.items()}
    ports = WorkerPorts(
        store=foundations.store,
        blobs=foundations.blobs,
        queue=foundations.queue,
        announcements=foundations.announcements,
        clock=foundations.clock,
    )
    health = Health(ports.store, ports.clock, engines)
    lease = timedelta(seconds=settings.lease_s)
    outage = timedelta(seconds=settings.engine_outage_s)
    desk = Desk(
        ledger=Ledger(ports, routes, health.is_usable, lease=lease),
        health=health,
        diversions=Diversions(ports, routes, health, outage=outage),
    )
    attempts = Attempts(ports, engines, desk, folder=folder.work)
    slots = {name: each.slots for name, each in configured.items()}
    return Crew(supervisor=Supervisor(ports, attempts, engines, desk, slots=slots), health=health)
