"""The folder of open models: what is here, what was begun, and how one goes away.

A model lies in a folder of its name. While it is fetched, the folder is called `NAME.part`, so that
what has its name is complete. A file beside the weights, `matinee.json`, says where they came from.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from matinee.core.errors import SettingsInvalid

INDEX = "model_index.json"
"""What every checkpoint of diffusers has at its root; without it, a folder is no model."""

_MARKER = "matinee.json"
_PART = ".part"
_OLD = ".old"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledModel:
    """A model that is here, complete."""

    name: str
    folder: Path
    size_bytes: int
    repository: str | None = None
    """Where it was fetched from; None, as all that follows, if somebody put it there."""

    revision: str | None = None
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What `matinee.json` says. `digests` has the digest of each file by its path."""

    repository: str
    revision: str
    digests: Mapping[str, str]
    size_bytes: int = 0
    fetched_at: datetime | None = None


def installed_models(folder: Path) -> dict[str, InstalledModel]:
    """Every model in `folder` by its name, those that were put there by hand too.

    Looks at names, sizes and markers and reads no weights.
    """
    found = (_installed(path) for path in _subfolders(folder) if not _is_passing(path))
    return {model.name: model for model in found if model is not None}


def begun_models(folder: Path) -> dict[str, int]:
    """How many bytes are here of every model whose fetching was broken off."""
    begun = (path for path in _subfolders(folder) if path.name.endswith(_PART))
    return {path.name.removesuffix(_PART): size_bytes(path) for path in begun}


def part_folder(folder: Path, name: str) -> Path:
    """Where the model `name` is while it is fetched."""
    return folder / f"{name}{_PART}"


def finish(folder: Path, name: str) -> None:
    """Give the fetched model its name, in place of what had it."""
    target, old = folder / name, folder / f"{name}{_OLD}"
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    part_folder(folder, name).rename(target)
    shutil.rmtree(old, ignore_errors=True)


def remove(folder: Path, name: str) -> None:
    """Remove the model `name`, and what there is of it unfinished. Raises SettingsInvalid."""
    try:
        for path in (folder / name, part_folder(folder, name), folder / f"{name}{_OLD}"):
            if path.is_dir():
                shutil.rmtree(path)
    except OSError as error:
        raise SettingsInvalid(
            f"The model '{name}' can't be removed from {folder}: {error.strerror}."
        ) from error


def read_marker(folder: Path) -> Marker | None:
    """What is written in a model's folder of its origin, if anything."""
    try:
        return msgspec.json.decode((folder / _MARKER).read_bytes(), type=Marker)
    except (OSError, msgspec.DecodeError):
        return None


def write_marker(folder: Path, marker: Marker) -> None:
    """Write the origin of the model in `folder` down, whole or not at all."""
    fresh = folder / f"{_MARKER}.new"
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(marker), indent=1))
    fresh.replace(folder / _MARKER)


def size_bytes(folder: Path) -> int:
    """How large all files below `folder` are together."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _installed(path: Path) -> InstalledModel | None:
    if not (path / INDEX).is_file():
        return None
    marker = read_marker(path)
    if marker is None:
        return InstalledModel(name=path.name, folder=path, size_bytes=size_bytes(path))
    return InstalledModel(
        name=path.name,
        folder=path,
        size_bytes=marker.size_bytes,
        repository=marker.repository,
        revision=marker.revision,
        fetched_at=marker.fetched_at,
    )


def _is_passing(path: Path) -> bool:
    return path.name.endswith((_PART, _OLD))


def _subfolders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir())
