"""Which files of a repository make a checkpoint of diffusers: its parts and nothing else.

Repositories hold more: the same weights in other formats and precisions, pictures, code. Weights
are taken as safetensors alone, which can't run anything; code is never taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from matinee.core.errors import NotFound
from matinee.weights.folder import INDEX

_WEIGHTS = ".safetensors"
_TEXTS = frozenset({".json", ".txt", ".model", ".jinja", ".bpe", ".tiktoken"})
"""Configurations, indexes of weights, and what tokenizers are made of."""

_OTHER_WEIGHTS = frozenset({".bin", ".pt", ".pth", ".ckpt", ".msgpack", ".h5", ".gguf", ".onnx"})
_LEGAL = ("license", "licence", "notice")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file of a repository, by its path there."""

    path: str
    size_bytes: int
    digest: str
    """`sha256:` of its bytes; or `git:`, the SHA-1 that git gives a blob."""


def parts_of(index: bytes) -> frozenset[str]:
    """The folders that `model_index.json` names as parts of the pipeline. Raises NotFound."""
    try:
        said = json.loads(index)
        return frozenset(name for name, value in said.items() if _is_part(name, value))
    except (ValueError, AttributeError) as error:
        raise NotFound(f"The repository's {INDEX} can't be read.") from error


def wanted_files(files: Iterable[RemoteFile], parts: frozenset[str]) -> Sequence[RemoteFile]:
    """Those of `files` that make the checkpoint, in the order of their paths.

    Raises NotFound if a part has its weights in no safe format.
    """
    listed = sorted(files, key=lambda file: file.path)
    wanted = [file for file in listed if _is_wanted(PurePosixPath(file.path), parts)]
    _refuse_unsafe(listed, wanted, parts)
    return wanted


def is_inside(path: str) -> bool:
    """Whether a path of a repository stays in the folder that it is put in."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and "\\" not in path


def _is_part(name: str, value: object) -> bool:
    # A part of the pipeline that this checkpoint does without is [null, null].
    return not name.startswith("_") and isinstance(value, list) and value[:1] not in ([], [None])


def _is_wanted(path: PurePosixPath, parts: frozenset[str]) -> bool:
    if not is_inside(str(path)):
        return False
    if len(path.parts) == 1:
        return path.name == INDEX or path.name.lower().startswith(_LEGAL)
    if path.parts[0] not in parts:
        return False
    if path.suffix == _WEIGHTS:
        # `model.fp16.safetensors` is another precision of `model.safetensors`.
        return "." not in path.stem
    return path.suffix in _TEXTS and not _is_index_of_variant(path)


def _is_index_of_variant(path: PurePosixPath) -> bool:
    return ".index." in path.name and not path.name.endswith(f"{_WEIGHTS}.index.json")


def _refuse_unsafe(
    listed: Sequence[RemoteFile], wanted: Sequence[RemoteFile], parts: frozenset[str]
) -> None:
    safe = {PurePosixPath(file.path).parts[0] for file in wanted if file.path.endswith(_WEIGHTS)}
    for file in listed:
        path = PurePosixPath(file.path)
        part = next(iter(path.parts), "")
        if part in parts - safe and path.suffix in _OTHER_WEIGHTS:
            raise NotFound(
                f"The repository has the weights of '{part}' as '{path.name}' only. "
                "Nothing but safetensors is loaded, since other formats may run code."
            )
