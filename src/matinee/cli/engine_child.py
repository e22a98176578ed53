"""`matinee engine-child`: the process that a server starts for an engine."""

from __future__ import annotations

import asyncio

from matinee.engines.registry import load_film_maker
from matinee.worker.child_host import host


def run_engine() -> None:
    """Let an engine make films, both as standard input says."""
    asyncio.run(host(load_film_maker))
