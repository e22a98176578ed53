"""What nobody needs any more is cleared away, chore by chore."""

from __future__ import annotations

import asyncio

from matinee.core.errors import ServiceUnavailable
from matinee.worker.janitor import Janitor


class Rubbish:
    """So much is left of it."""

    def __init__(self, pieces: int, *, away: bool = False) -> None:
        self.pieces = pieces
        self.away = away
        self.done = asyncio.Event()

    async def clear(self) -> int:
        """Take one piece away."""
        if self.away:
            raise ServiceUnavailable("The disk is away.")
        if not self.pieces:
            self.done.set()
            return 0
        self.pieces -= 1
        return 1


async def test_every_chore_is_done_to_its_end_whatever_became_of_another() -> None:
    broken, rubbish = Rubbish(1, away=True), Rubbish(3)
    await Janitor([broken.clear, rubbish.clear]).sweep()
    assert (broken.pieces, rubbish.pieces) == (1, 0)


async def test_it_begins_at_once_and_comes_again() -> None:
    rubbish = Rubbish(2)
    working = asyncio.create_task(Janitor([rubbish.clear], every_s=0).run())
    await rubbish.done.wait()
    rubbish.pieces, rubbish.done = 2, asyncio.Event()
    await rubbish.done.wait()
    working.cancel()
    assert rubbish.pieces == 0
