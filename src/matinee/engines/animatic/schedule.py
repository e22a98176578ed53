"""In what order the farm builds scenes and draws frames: a pure account of what is due."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

SCENES_ALIVE = 2
"""The shot that is drawn, and the next one. A scene takes 50 to 100 MB."""


@dataclass(frozen=True, slots=True)
class Due:
    """A frame to draw: its number in the film, its shot, and its number in the shot."""

    number: int
    shot: int
    index: int


class Schedule:
    """Keeps the ring from overflowing, the scenes few, and the frames in order.

    Frame n lies in slot n % slots of the ring, so at most `slots` frames are under way.
    """

    def __init__(self, frames_of_shots: Sequence[int], slots: int) -> None:
        self._starts = [0, *accumulate(frames_of_shots)]
        self._slots = slots
        self._next_build = 0
        self._built: set[int] = set()
        self._finished = 0
        self._next_frame = 0
        self._drawn: set[int] = set()
        self._left = list(frames_of_shots)
        self._taken = 0

    @property
    def frames(self) -> int:
        """The number of frames of the film."""
        return self._starts[-1]

    def shot_to_build(self) -> int | None:
        """The next shot whose scene may be built now."""
        alive = self._next_build - self._finished
        if self._next_build == len(self._left) or alive >= SCENES_ALIVE:
            return None
        return self._next_build

    def building(self) -> None:
        """That scene is being built."""
        self._next_build += 1

    def built(self, shot: int) -> None:
        """The scene of `shot` is ready."""
        self._built.add(shot)

    def frame_to_draw(self) -> Due | None:
        """The next frame that may be drawn now."""
        number = self._next_frame
        if number >= min(self.frames, self._taken + self._slots):
            return None
        shot = bisect_right(self._starts, number) - 1
        return Due(number, shot, number - self._starts[shot]) if shot in self._built else None

    def drawing(self) -> None:
        """That frame is being drawn."""
        self._next_frame += 1

    def drawn(self, number: int) -> int | None:
        """Frame `number` is in its slot. Returns its shot if that was the last frame of it."""
        self._drawn.add(number)
        shot = bisect_right(self._starts, number) - 1
        self._left[shot] -= 1
        if self._left[shot]:
            return None
        self._finished += 1
        return shot

    def is_drawn(self, number: int) -> bool:
        """Whether frame `number` is in its slot."""
        return number in self._drawn

    def take(self, number: int) -> None:
        """Frame `number` was used: its slot is free."""
        self._drawn.discard(number)
        self._taken = number + 1
