"""The reserve of a disk."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from matinee.blobs.reserve import DiskReserve
from matinee.core.errors import StorageFull

MIB = 1024 * 1024
GB = 1_000_000_000


class Disk:
    """So much of it is free; `looks` counts who asked."""

    def __init__(self, free: int, whole: int) -> None:
        self.free = free
        self.whole = whole
        self.looks = 0
        self.now_s = 0.0

    def look(self, folder: Path) -> tuple[int, int]:
        self.looks += 1
        return self.free, self.whole

    def reserve(self, reserve_mb: int | None) -> DiskReserve:
        return DiskReserve([Path("/")], reserve_mb, monotonic=lambda: self.now_s, free=self.look)


@pytest.mark.parametrize(
    ("whole", "enough"), [(10 * GB, GB // 2), (40 * GB, 2 * GB), (1000 * GB, 2 * GB)]
)
def test_the_reserve_is_a_twentieth_of_the_disk_and_two_gigabytes_at_most(
    whole: int, enough: int
) -> None:
    Disk(enough, whole).reserve(None).check()
    with pytest.raises(StorageFull, match="reserved"):
        Disk(enough - 1, whole).reserve(None).check()


def test_a_reserve_that_is_set_is_what_counts_and_zero_is_none() -> None:
    Disk(100 * MIB, 1000 * GB).reserve(100).check()
    with pytest.raises(StorageFull, match="99 MiB left, and 100 MiB"):
        Disk(100 * MIB - 1, 1000 * GB).reserve(100).check()
    Disk(0, 1000 * GB).reserve(0).check()


def test_room_that_was_made_counts_a_second_later_and_the_disk_is_asked_no_more_often() -> None:
    disk = Disk(0, 10 * GB)
    reserve = disk.reserve(None)
    for disk.now_s in (0.0, 0.5, 0.9):
        with pytest.raises(StorageFull):
            reserve.check()
    assert disk.looks == 1
    disk.free, disk.now_s = 5 * GB, 1.0
    reserve.check()
    assert disk.looks == 2


def test_a_real_disk_is_asked_and_one_that_is_away_refuses_nothing(tmp_path: Path) -> None:
    DiskReserve([tmp_path, tmp_path / "not-there"], 1).check()
    with pytest.raises(StorageFull):
        DiskReserve([tmp_path], 1 << 40).check()


def test_the_operator_is_told_when_it_begins_and_when_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    disk = Disk(GB, 100 * GB)
    reserve = disk.reserve(2000)
    # It comes and goes for a while, as films are made and deleted.
    for disk.now_s, disk.free in enumerate([GB, GB, 3 * GB, GB, 3 * GB]):
        with suppress(StorageFull):
            reserve.check()
    disk.now_s = 40.0
    reserve.check()
    began, over = caplog.records
    assert (began.getMessage(), began.levelname) == (
        "disk is short, new films are refused",
        "WARNING",
    )
    assert vars(began)["disks"] == "/: 953 MiB free, 2000 MiB reserved"
    assert (over.getMessage(), over.levelname) == ("disk has room again", "WARNING")
    assert vars(over)["disks"] == "/: 2861 MiB free, 2000 MiB reserved"
