"""The reserve of a disk: what is left for the films that were accepted already."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from matinee.core.errors import StorageFull

logger = logging.getLogger(__name__)

_LOOK_S = 1.0
_CALM_S = 30.0
"""So long there must have been room: around the reserve it comes and goes with every film."""

_MIB = 1024 * 1024
_MOST_BYTES = 2_000_000_000
_SHARE = 0.05


class DiskReserve:
    """The `Room` on the disks that hold `folders`.

    With less than the reserve free, what is new is refused, and what was accepted before can still
    be finished, read and deleted. `reserve_mb` is in MiB; None: 5 percent of the disk, 2 GB at
    most; 0: none. `monotonic` counts seconds.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        reserve_mb: int | None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        free: Callable[[Path], tuple[int, int]] | None = None,
    ) -> None:
        """`free` says how many bytes of a folder's disk are free, and how many there are."""
        self._folders = tuple(folders)
        self._reserve_mb = reserve_mb
        self._monotonic = monotonic
        self._free = free or _free_bytes
        self._looked_s = -_LOOK_S
        self._short: StorageFull | None = None
        self._short_s: float | None = None
        self._disks: list[tuple[Path, int, int, bool]] = []

    def check(self) -> None:
        """Raise StorageFull while a disk has less than its reserve free.

        It looks once a second, so room that was made counts a second later.
        """
        if self._reserve_mb == 0:
            return
        now_s = self._monotonic()
        if now_s - self._looked_s >= _LOOK_S:
            self._looked_s, self._short = now_s, self._look()
            self._log(now_s)
        if self._short is not None:
            raise StorageFull(str(self._short))

    def _look(self) -> StorageFull | None:
        self._disks = [(folder, *self._measure(folder)) for folder in self._folders]
        for _, free_mib, reserve_mib, is_short in self._disks:
            if is_short:
                return StorageFull(
                    f"The disk has {free_mib} MiB left, and {reserve_mib} MiB are reserved "
                    "for films that were accepted already. Delete videos or files, or make room."
                )
        return None

    def _measure(self, folder: Path) -> tuple[int, int, bool]:
        """What is free of the folder's disk, what is reserved, and whether that is too little."""
        free, whole = self._free(folder)
        reserve = self._reserve_of(whole)
        return free // _MIB, reserve // _MIB, free < reserve

    def _log(self, now_s: float) -> None:
        """Tell the operator when it begins that what is new is refused, and when it is over."""
        if self._short is not None:
            if self._short_s is None:
                logger.warning("disk is short, new films are refused", extra=self._facts())
            self._short_s = now_s
        elif self._short_s is not None and now_s - self._short_s >= _CALM_S:
            self._short_s = None
            logger.warning("disk has room again", extra=self._facts())

    def _facts(self) -> dict[str, str]:
        said = [
            f"{folder}: {free_mib} MiB free, {reserve_mib} MiB reserved"
            for folder, free_mib, reserve_mib, _ in self._disks
        ]
        return {"disks": "; ".join(said)}

    def _reserve_of(self, whole: int) -> int:
        if self._reserve_mb is not None:
            return self._reserve_mb * _MIB
        return min(_MOST_BYTES, int(whole * _SHARE))


def _free_bytes(folder: Path) -> tuple[int, int]:
    try:
        disk = os.statvfs(folder)
    except OSError:
        # Not made yet, or its disk is away: whoever writes there will say so.
        return sys.maxsize, 0
    return disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
