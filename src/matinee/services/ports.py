"""What the use cases need from outside, in one hand."""

from __future__ import annotations

from dataclasses import dataclass, field

from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock, Identities
from matinee.ports.events import Announcements
from matinee.ports.queue import JobQueue
from matinee.ports.room import AmpleRoom, Room
from matinee.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Every port that a use case may speak to."""

    store: Store
    blobs: Blobs
    queue: JobQueue
    announcements: Announcements
    clock: Clock
    identities: Identities
    room: Room = field(default_factory=AmpleRoom)
