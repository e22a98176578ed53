"""Bad disks and jumping clocks for real processes, in a moment on and in a moment off."""

from __future__ import annotations

import errno
import mmap
import shutil
import struct
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DISKS: Mapping[str, int] = {
    "full": errno.ENOSPC,
    "broken": errno.EIO,
    "read-only": errno.EROFS,
}
"""What a disk can be, and what it answers then."""

_PAGE = struct.Struct("=iiq")
_SOURCE = Path(__file__).with_suffix(".c")


def is_possible() -> bool:
    """Whether there is a compiler here for what makes weather."""
    return shutil.which("cc") is not None


@dataclass(slots=True)
class Weather:
    """The weather over one folder, for the processes that have its `environment`."""

    environment: dict[str, str]
    _page: mmap.mmap
    _disk: int = 0
    _clock_ns: int = 0

    def disk(self, name: str | None) -> None:
        """Let the disk be one of `DISKS`, or well again."""
        self._disk = DISKS[name] if name else 0
        self._write()

    def clock(self, wrong_s: float) -> None:
        """Let the wall clock be wrong by so much."""
        self._clock_ns = int(wrong_s * 1e9)
        self._write()

    def _write(self) -> None:
        _PAGE.pack_into(self._page, 0, self._disk, 0, self._clock_ns)


@contextmanager
def weather_over(root: Path, place: Path) -> Iterator[Weather]:
    """Weather over the files under `root`; what makes it is put into `place`."""
    library, control = place / "weather.so", place / "weather.now"
    command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    control.write_bytes(bytes(_PAGE.size))
    with control.open("r+b") as file, mmap.mmap(file.fileno(), _PAGE.size) as page:
        environment = {
            "LD_PRELOAD": str(library),
            "WEATHER_FILE": str(control),
            "WEATHER_ROOT": str(root),
        }
        yield Weather(environment, page)
