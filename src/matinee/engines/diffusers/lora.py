"""LoRA files: small additions to a model's weights that a request may name.

Only files of the one folder that is set for it, only safetensors, and never a path.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matinee.core.errors import EngineError, UnsupportedParameter, shown
from matinee.core.video import LORA_NAME, Lora

_SUFFIX = ".safetensors"
_HIGH, _LOW = ".high", ".low"
_LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraFiles:
    """The file of a LoRA, and another one for a second expert, which else uses the same."""

    file: Path
    second: Path


def lora_names(folder: Path | None) -> tuple[str, ...]:
    """What may be asked for: the files' names without `.safetensors`, where requests can say them.

    A pair for two experts, `NAME.high.safetensors` and `NAME.low.safetensors`, is one name.
    """
    if folder is None or not folder.is_dir():
        return ()
    stems = {file.name.removesuffix(_SUFFIX) for file in folder.glob(f"*{_SUFFIX}")}
    pairs = {stem.removesuffix(_HIGH) for stem in stems if stem.endswith(_HIGH)}
    pairs = {name for name in pairs if f"{name}{_LOW}" in stems}
    halves = {f"{name}{end}" for name in pairs for end in (_HIGH, _LOW)}
    return tuple(sorted(name for name in (stems - halves) | pairs if LORA_NAME.fullmatch(name)))


def find_lora(name: str, folder: Path | None) -> LoraFiles:
    """The files of the LoRA `name`, with or without `.safetensors`.

    Raises UnsupportedParameter, with the names there are, if it is none of them: no other engine
    is to make the film without it.
    """
    names = lora_names(folder)
    plain = name.removesuffix(_SUFFIX)
    if folder is None or plain not in names:
        there = ", ".join(f"'{each}'" for each in names[:_LISTED]) or "none"
        raise UnsupportedParameter(
            f"There is no LoRA '{shown(name)}'. There are: {there}.", param="loras"
        )
    one = folder / f"{plain}{_SUFFIX}"
    if one.is_file():
        return LoraFiles(file=one, second=one)
    return LoraFiles(
        file=folder / f"{plain}{_HIGH}{_SUFFIX}", second=folder / f"{plain}{_LOW}{_SUFFIX}"
    )


@contextmanager
def wearing(pipe: Any, loras: tuple[Lora, ...], folder: Path | None) -> Iterator[None]:
    """While the block runs, `pipe` draws with `loras`; afterwards it is as it was.

    Raises UnsupportedParameter if one is not there, EngineError if it does not fit the model.
    """
    if not loras:
        yield
        return
    found = [(lora, find_lora(lora.name, folder)) for lora in loras]
    if not hasattr(pipe, "load_lora_weights"):
        raise EngineError("This model takes no LoRA.", param="loras")
    try:
        for number, (lora, files) in enumerate(found):
            _load(pipe, lora, files, f"lora_{number}")
        pipe.set_adapters(
            [f"lora_{number}" for number in range(len(found))],
            adapter_weights=[lora.weight for lora, _ in found],
        )
        yield
    finally:
        pipe.unload_lora_weights()


def _load(pipe: Any, lora: Lora, files: LoraFiles, adapter: str) -> None:
    _load_file(pipe, lora, files.file, adapter)
    if getattr(pipe, "transformer_2", None) is not None:
        _load_file(pipe, lora, files.second, adapter, load_into_transformer_2=True)
    if not any(adapter in names for names in pipe.get_list_adapters().values()):
        raise EngineError(_refusal(lora), param="loras")


def _load_file(pipe: Any, lora: Lora, file: Path, adapter: str, **further: bool) -> None:
    from safetensors import SafetensorError

    try:
        with warnings.catch_warnings():
            # What peft warns of is meant: several of them.
            warnings.filterwarnings("ignore", message="Already found a `peft_config`")
            pipe.load_lora_weights(
                file.parent,
                weight_name=file.name,
                adapter_name=adapter,
                local_files_only=True,
                use_safetensors=True,
                **further,
            )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise EngineError(_refusal(lora), param="loras") from error


def _refusal(lora: Lora) -> str:
    return f"The LoRA '{shown(lora.name)}' can't be used with this model."
