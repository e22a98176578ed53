"""Begins real `matinee` processes quickly: one that has loaded all code forks for each of them.

A server that is killed two hundred times would spend most of its life loading modules.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec


class Birth(msgspec.Struct, frozen=True, kw_only=True):
    """A process that is wanted: the arguments after `matinee`, and what the environment adds."""

    arguments: tuple[str, ...]
    environment: dict[str, str]
    log: str
    """The file that its output is added to."""

    doomed: bool = False
    """Whether it is a server whose adapters are wrapped, as `doomed` says."""

    namespace: str = ""
    """The network namespace that it lives in, as a file; empty: that of the nursery."""


@dataclass(slots=True)
class Nursery:
    """Where processes are begun."""

    process: subprocess.Popen[bytes]

    def begin(self, birth: Birth) -> int:
        """The id of a new process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(msgspec.json.encode(birth) + b"\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def nursery(**environment: str) -> Iterator[Nursery]:
    """A nursery, which with all its children is gone afterwards."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.births"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **environment},
        start_new_session=True,
    ) as process:
        yield Nursery(process)
