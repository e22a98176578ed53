"""Starts a farm whose processes hang in a frame, prints their ids, and waits to be killed."""

from __future__ import annotations

import asyncio
import sys

from matinee.engines.animatic.farm import Farm
from matinee.engines.animatic.studio import Job
from tests.unit.engines.animatic.toy import ToyOrder, ToyStudio, Trick


async def main() -> None:
    """Hang until killed."""
    async with Farm(ToyStudio(), workers=2) as farm:
        sys.stdout.write(f"{farm.process_ids}\n")
        sys.stdout.flush()
        jobs = [Job(order=ToyOrder(20, Trick.HANGS), frames=9, fps=24)]
        async for _ in farm.frames(jobs, width_px=64, height_px=48):
            pass


if __name__ == "__main__":
    asyncio.run(main())
