"""What nobody needs any more is cleared away, chore by chore."""

from __future__ import annotations

import asyncio

from matinee.core.errors import ServiceUnavailable
from matinee.worker.janitor import Chore, Janitor


class Rubbish:
    """So much is left of it."""

    def __init__(self, pieces: int, *, away: bool = False) -> None:
        self.pieces = pieces
        self.away = away
        self.done = asyncio.Event()
        self.looks = 0

    async def clear(self) -> int:
        """Take one piece away."""
        self.looks += 1
        if self.away:
            raise ServiceUnavailable("The disk is away.")
        if not self.pieces:
            self.done.set()
            return 0
        self.pieces -= 1
        return 1

    def chore(self, name: str = "rubbish", every_s: float = 60) -> Chore:
        """To clear all of it."""
        return Chore(name=name, do=self.clear, every_s=every_s)


async def test_every_chore_is_done_to_its_end_whatever_became_of_another() -> None:
    broken, rubbish = Rubbish(1, away=True), Rubbish(3)
    await Janitor([broken.chore("broken"), rubbish.chore()]).sweep()
    assert (broken.pieces, rubbish.pieces) == (1, 0)


async def test_what_is_cleared_at_once_is_not_repeated() -> None:
    rubbish = Rubbish(3)
    await Janitor([Chore(name="rubbish", do=rubbish.clear, repeats=False)]).sweep()
    assert rubbish.pieces == 2


async def test_it_begins_at_once_and_comes_again() -> None:
    rubbish = Rubbish(2)
    working = asyncio.create_task(Janitor([rubbish.chore(every_s=0)]).run())
    await rubbish.done.wait()
    rubbish.pieces, rubbish.done = 2, asyncio.Event()
    await rubbish.done.wait()
    working.cancel()
    assert rubbish.pieces == 0


async def test_each_chore_comes_in_its_own_time_and_a_failed_one_soon() -> None:
    clock = [0.0]
    often, seldom, broken = Rubbish(0), Rubbish(0), Rubbish(0, away=True)
    janitor = Janitor(
        [often.chore("often"), seldom.chore("seldom", 3600), broken.chore("broken", 3600)],
        monotonic=lambda: clock[-1],
    )
    for now_s in (0.0, 30.0, 61.0, 3601.0):
        clock.append(now_s)
        await janitor.sweep()
    assert (often.looks, seldom.looks, broken.looks) == (3, 2, 3)
