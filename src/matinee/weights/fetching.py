"""One file from the hub, going on where it was broken off, and checked before it has its name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from matinee.core.errors import ServiceUnavailable
from matinee.weights.hub import Hub, Snapshot
from matinee.weights.selection import RemoteFile

OnBytes = Callable[[int], None]
"""Told how many bytes came; a negative number if so many are of no use."""

_TRIES = 5
_READ_BYTES = 1 << 22


class Stopped(Exception):
    """The fetching was called off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Brings files of a snapshot. `pause_s` is how long it waits before it tries again."""

    hub: Hub
    snapshot: Snapshot
    on_bytes: OnBytes
    stop: Event
    pause_s: float = 1.0

    def fetch(self, file: RemoteFile, target: Path) -> None:
        """Bring `file` to `target`; what came before is kept and only the rest is asked for.

        Raises ServiceUnavailable if the hub breaks off again and again, or what came is wrong;
        Stopped; OSError.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = unfinished_file(target)
        self._complete(file, unfinished)
        if digest_of(unfinished, file.digest) != file.digest:
            unfinished.unlink()
            self.on_bytes(-file.size_bytes)
            raise ServiceUnavailable(
                f"What came of '{file.path}' is not what the hub has. It was thrown away; pull "
                "again to fetch it anew."
            )
        unfinished.replace(target)

    def _complete(self, file: RemoteFile, unfinished: Path) -> None:
        unfinished.touch()
        failures = 0
        while (here := unfinished.stat().st_size) != file.size_bytes:
            try:
                self._go_on(file, unfinished, here if here < file.size_bytes else 0)
            except ServiceUnavailable:
                came = unfinished.stat().st_size > here
                failures = 1 if came else failures + 1
                if failures == _TRIES:
                    raise
                self.stop.wait(self.pause_s)

    def _go_on(self, file: RemoteFile, unfinished: Path, offset: int) -> None:
        here = unfinished.stat().st_size
        with (
            self.hub.open(self.snapshot, file.path, offset) as (begins, chunks),
            unfinished.open("r+b") as out,
        ):
            out.truncate(begins)
            out.seek(begins)
            self.on_bytes(begins - here)
            for chunk in chunks:
                if self.stop.is_set():
                    raise Stopped
                out.write(chunk)
                self.on_bytes(len(chunk))
            out.flush()
            os.fsync(out.fileno())
        if unfinished.stat().st_size != file.size_bytes:
            raise ServiceUnavailable(f"The hub broke off in the middle of '{file.path}'.")


def unfinished_file(target: Path) -> Path:
    """Where a file is until all of it is there and found right."""
    return target.with_name(f"{target.name}.incomplete")


def digest_of(path: Path, like: str) -> str:
    """The digest of the file at `path`, of the same kind as `like`."""
    kind = like.partition(":")[0]
    # git's own digest, which names a file and keeps no secret.
    state = hashlib.sha256() if kind == "sha256" else hashlib.sha1(usedforsecurity=False)
    if kind == "git":
        state.update(f"blob {path.stat().st_size}\0".encode())
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            state.update(piece)
    return f"{kind}:{state.hexdigest()}"
