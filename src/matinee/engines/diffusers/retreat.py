"""What is done when a device's memory turns out too small: the same film, with less of the model
on the device. How much a film takes is an estimate, and others may use the device, too."""

from __future__ import annotations

import logging
from collections.abc import Callable

from matinee.core.errors import OutOfMemory
from matinee.engines.diffusers.memory import MemoryPolicy

logger = logging.getLogger(__name__)

Draw = Callable[[MemoryPolicy], None]
"""Draws a film under a policy at least as strict. Raises RanOut."""


class RanOut(Exception):
    """The memory did not suffice under `policy`, which is None if nothing was loaded."""

    def __init__(self, policy: MemoryPolicy | None, told: OutOfMemory) -> None:
        super().__init__(str(told))
        self.policy = policy
        self.told = told


def draw_somehow(draw: Draw, may_retreat: Callable[[], bool]) -> None:
    """Call `draw`, and again with the next stricter policy while it runs out of memory.

    `may_retreat` is asked before each further try. Raises OutOfMemory when nothing is left to try.
    """
    least = MemoryPolicy.RESIDENT
    while True:
        try:
            draw(least)
        except RanOut as error:
            stricter = stricter_than(error.policy)
            if stricter is None or not may_retreat():
                raise error.told from error
            logger.warning(
                "out of memory, drawn again with less on the device",
                extra={"policy": error.policy, "next": stricter.value},
            )
            least = stricter
        else:
            return


def stricter_than(policy: MemoryPolicy | None) -> MemoryPolicy | None:
    """The next policy that keeps less on the device, if there is one."""
    ordered = list(MemoryPolicy)
    if policy is None or policy is ordered[-1]:
        return None
    return ordered[ordered.index(policy) + 1]


def stricter_of(one: MemoryPolicy, other: MemoryPolicy) -> MemoryPolicy:
    """Of two policies, the one that keeps less on the device."""
    return max(one, other, key=list(MemoryPolicy).index)
