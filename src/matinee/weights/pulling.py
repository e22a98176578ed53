"""A model from the hub into the models folder: planned, then fetched, then given its name."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Event

from matinee.core.errors import NotFound, ServiceUnavailable, SettingsInvalid, StorageFull
from matinee.core.open_models import OpenModel
from matinee.weights.fetching import Fetcher, OnBytes, unfinished_file
from matinee.weights.folder import (
    INDEX,
    InstalledModel,
    Marker,
    finish,
    installed_models,
    part_folder,
    read_marker,
    write_marker,
)
from matinee.weights.hub import Hub, Snapshot
from matinee.weights.selection import RemoteFile, parts_of, wanted_files

_AT_A_TIME = 4
_SPARE_BYTES = 1_000_000_000
"""What stays free on the disk, for all else that writes there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullPlan:
    """What is to be fetched of `model` into the models folder `folder`."""

    model: OpenModel
    folder: Path
    snapshot: Snapshot
    files: Sequence[RemoteFile]

    @property
    def total_bytes(self) -> int:
        """How large the model is on the disk."""
        return sum(file.size_bytes for file in self.files)

    @property
    def marker(self) -> Marker:
        """What is noted of it while it is fetched."""
        return Marker(
            repository=self.snapshot.repository,
            revision=self.snapshot.revision,
            digests={file.path: file.digest for file in self.files},
            size_bytes=self.total_bytes,
        )

    @property
    def part(self) -> Path:
        """Where it is while it is fetched."""
        return part_folder(self.folder, self.model.name)

    def here_bytes(self) -> int:
        """How much of it an earlier pull has brought."""
        return sum(_here(self.part / file.path, file) for file in self.files)

    def is_here(self) -> bool:
        """Whether the model is here, with the very files that the hub has."""
        here = installed_models(self.folder).get(self.model.name)
        marker = None if here is None else read_marker(here.folder)
        return marker is not None and marker.digests == self.marker.digests


def plan_pull(model: OpenModel, folder: Path, hub: Hub) -> PullPlan:
    """Ask the hub what the model is made of. A pull that was begun goes on with its own revision.

    Raises NotFound, and what `Hub` raises.
    """
    begun = read_marker(part_folder(folder, model.name))
    is_ours = begun is not None and begun.repository == model.repository
    snapshot = hub.snapshot(model.repository, begun.revision) if begun and is_ours else None
    snapshot = snapshot or hub.snapshot(model.repository)
    if snapshot is None or all(file.path != INDEX for file in snapshot.files):
        raise NotFound(f"The repository {model.repository} holds no checkpoint of diffusers.")
    parts = parts_of(hub.read(snapshot, INDEX))
    files = wanted_files(snapshot.files, parts)
    return PullPlan(model=model, folder=folder, snapshot=snapshot, files=files)


def carry_out(
    plan: PullPlan, hub: Hub, on_bytes: OnBytes, now: datetime, *, pause_s: float = 1.0
) -> InstalledModel:
    """Fetch what is missing, check it and give the model its name.

    Raises ServiceUnavailable if another process fetches it, or the hub fails; StorageFull;
    SettingsInvalid if the folder can't be written. What came is kept for the next time.
    """
    name, stop = plan.model.name, Event()
    with _explained(plan.folder):
        plan.folder.mkdir(parents=True, exist_ok=True)
        with _held(plan.folder, name):
            _prepare(plan)
            _check_room(plan)
            fetcher = Fetcher(
                hub=hub, snapshot=plan.snapshot, on_bytes=on_bytes, stop=stop, pause_s=pause_s
            )
            _fetch_all(plan, fetcher)
            write_marker(plan.part, replace(plan.marker, fetched_at=now))
            finish(plan.folder, name)
    return installed_models(plan.folder)[name]


def _prepare(plan: PullPlan) -> None:
    begun = read_marker(plan.part)
    if plan.part.exists() and (begun is None or begun.digests != plan.marker.digests):
        shutil.rmtree(plan.part)
    plan.part.mkdir(exist_ok=True)
    write_marker(plan.part, plan.marker)
    _take_over(plan)


def _take_over(plan: PullPlan) -> None:
    """Link what an older revision that is here has the same."""
    here = plan.folder / plan.model.name
    marker = read_marker(here)
    for file in plan.files:
        source, target = here / file.path, plan.part / file.path
        is_same = marker is not None and marker.digests.get(file.path) == file.digest
        if is_same and not target.exists() and _here(source, file) == file.size_bytes:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(source, target)


def _check_room(plan: PullPlan) -> None:
    missing = plan.total_bytes - plan.here_bytes()
    free = shutil.disk_usage(plan.folder).free
    if missing and free < missing + _SPARE_BYTES:
        raise StorageFull(
            f"{plan.model.name} needs {missing / 1e9:.1f} GB more in {plan.folder}, and "
            f"{free / 1e9:.1f} GB are free there. Make room, or set 'models_folder'."
        )


def _fetch_all(plan: PullPlan, fetcher: Fetcher) -> None:
    missing = [file for file in plan.files if not (plan.part / file.path).is_file()]
    with ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="fetch") as pool:
        fetched = [pool.submit(fetcher.fetch, file, plan.part / file.path) for file in missing]
        try:
            for future in as_completed(fetched):
                future.result()
        finally:
            # After a failure, or Ctrl-C, the others end with what they have.
            fetcher.stop.set()
            pool.shutdown(cancel_futures=True)


def _here(path: Path, file: RemoteFile) -> int:
    for candidate in (path, unfinished_file(path)):
        if candidate.is_file():
            return min(candidate.stat().st_size, file.size_bytes)
    return 0


@contextmanager
def _held(folder: Path, name: str) -> Iterator[None]:
    with (folder / f".{name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ServiceUnavailable(f"Another process fetches {name} right now.") from error
        yield


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFull(f"The disk of {folder} is full. What came is kept.") from error
        raise SettingsInvalid(
            f"The models folder {folder} can't be written: {error.strerror or error}. "
            "Name another one with 'models_folder'."
        ) from error
