"""What every site stands on: a nursery, and the world outside."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.chaos.nursery import Nursery, nursery


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where servers are begun, beside which world outside."""

    nursery: Nursery
    outside_port: int


@contextmanager
def a_ground(
    seed: int = 1, *, is_calm: bool = True, environment: Mapping[str, str] | None = None
) -> Iterator[Ground]:
    """Both; processes of the nursery have what `environment` adds."""
    with outside(seed, is_calm=is_calm) as port, nursery(**(environment or {})) as place:
        yield Ground(nursery=place, outside_port=port)


@contextmanager
def outside(seed: int, *, is_calm: bool = False, address: str = "127.0.0.1") -> Iterator[int]:
    """The world outside, which listens on `address`; its port."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.chaos.outside", str(seed), address),
            *(["calm"] if is_calm else []),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        assert process.stdin is not None
        process.stdin.close()
