"""What workers need from outside, in one hand."""

from __future__ import annotations

from dataclasses import dataclass

from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock
from matinee.ports.events import Announcements
from matinee.ports.queue import JobQueue
from matinee.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPorts:
    """Every port that a worker may speak to."""

    store: Store
    blobs: Blobs
    queue: JobQueue
    announcements: Announcements
    clock: Clock
