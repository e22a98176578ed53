"""`matinee engine-child`: the process that a server starts for an engine."""

from __future__ import annotations

import asyncio

from matinee.engines.registry import load_engine
from matinee.worker.child_host import host


def run_engine(name: str, processes: int) -> None:
    """Let the engine of that name make films as standard input asks for them."""
    asyncio.run(host(load_engine(name, processes=processes)))
