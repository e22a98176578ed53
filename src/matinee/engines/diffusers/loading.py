"""Loading a checkpoint part by part, so that it is seen how far that is, and can be stopped."""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from matinee.core.errors import EngineError
from matinee.engines.diffusers.family import Pipeline
from matinee.weights.folder import INDEX

logger = logging.getLogger(__name__)

_UNUSABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError)
"""What the libraries raise for weights that are incomplete, damaged, or not what they say."""

OnBytes = Callable[[int, int], None]
"""Told how many bytes of how many are loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Weights on disk: what the model is called, and where they lie."""

    model: str
    folder: Path

    def check(self) -> None:
        """Raise EngineError if there are none, saying how to get them."""
        if not (self.folder / INDEX).is_file():
            raise EngineError(
                f"The weights of {self.model} are not here. Fetch them on the server with: "
                f"matinee models pull {self.model}"
            )

    def parts(self) -> Mapping[str, int]:
        """How many bytes of weights each part has that has any."""
        sizes = {
            folder.name: sum(file.stat().st_size for file in folder.glob("*.safetensors"))
            for folder in sorted(self.folder.iterdir())
            if folder.is_dir()
        }
        return {name: size_bytes for name, size_bytes in sizes.items() if size_bytes}


class Homes(Protocol):
    """Where the parts of a model belong, and in which type of number."""

    def dtype(self, part: str) -> Any:
        """The torch dtype of `part`."""

    def device(self, part: str) -> str:
        """The device on which it lies between films."""


def load_pipeline(weights: Weights, pipeline: str, homes: Homes, on_bytes: OnBytes) -> Pipeline:
    """The pipeline of the class `pipeline` in diffusers, its parts in their homes.

    Only safetensors are read, nothing is fetched, and no code that came with the weights is run.
    `on_bytes` may raise to stop it. Raises EngineError for weights that can't be used.
    """
    import diffusers

    with _explained(weights):
        index = json.loads((weights.folder / INDEX).read_text(encoding="utf-8"))
        sizes = weights.parts()
        total, loaded = sum(sizes.values()), 0
        kind = getattr(diffusers, pipeline)
        wanted = inspect.signature(kind.__init__).parameters
        parts = {}
        for name, size_bytes in sizes.items():
            # Some checkpoints hold more than their pipeline takes.
            if name in wanted and _is_part(index.get(name)):
                on_bytes(loaded, total)
                parts[name] = _load_part(weights, name, index[name], homes)
            loaded += size_bytes
        on_bytes(total, total)
        return kind.from_pretrained(
            weights.folder, local_files_only=True, use_safetensors=True, **parts
        )


def sibling(pipe: Pipeline, pipeline: str) -> Pipeline:
    """A pipeline of the class `pipeline` of the very parts of `pipe`: it takes no more memory."""
    import diffusers

    kind = getattr(diffusers, pipeline)
    # What is no part but a setting, such as `boundary_ratio`, is not among the parts.
    wanted = inspect.signature(kind.__init__).parameters
    settings = {
        name: value
        for name, value in pipe.config.items()
        if name in wanted and name not in pipe.components and not name.startswith("_")
    }
    parts = {name: part for name, part in pipe.components.items() if name in wanted}
    return kind(**parts, **settings)


def _is_part(entry: object) -> bool:
    """Whether an entry of the index names a library and a class."""
    return isinstance(entry, list) and len(entry) == 2 and all(isinstance(e, str) for e in entry)


def _load_part(weights: Weights, name: str, entry: list[str], homes: Homes) -> Any:
    library, kind = entry
    part = _class_of(library, kind).from_pretrained(
        weights.folder / name,
        dtype=homes.dtype(name),
        local_files_only=True,
        use_safetensors=True,
    )
    return part.to(homes.device(name)).eval()


def _class_of(library: str, kind: str) -> Any:
    """The class of a part: of diffusers, of one of its pipelines, or of transformers."""
    import diffusers

    if library == "transformers":
        return getattr(import_module("transformers"), kind)
    if library == "diffusers":
        return getattr(diffusers, kind)
    return getattr(getattr(diffusers.pipelines, library), kind)


@contextmanager
def _explained(weights: Weights) -> Iterator[None]:
    """Turn what the libraries say of weights that can't be used into EngineError."""
    from safetensors import SafetensorError

    try:
        yield
    except (*_UNUSABLE, SafetensorError) as error:
        # What the libraries say names folders of this machine: that is for its log alone.
        logger.warning("weights not usable", extra={"model": weights.model, "reason": str(error)})
        raise EngineError(
            f"The weights of {weights.model} can't be used; the server's log says why. If they "
            f"are damaged, fetch them again: matinee models rm {weights.model}, then "
            f"matinee models pull {weights.model}"
        ) from error
