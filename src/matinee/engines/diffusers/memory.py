"""Where the parts of a model lie, so that it runs in the memory there is: the rule alone."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from matinee.core.errors import EngineError, OutOfMemory
from matinee.engines.diffusers.device import FreeMemory, kind_of

AUTO = "auto"

_GIB = 2**30

_STREAMED_READING = 5
"""A text encoder's largest layer, its table of words, is about a fifth of it."""

_STREAMED_DRAWING = 10
"""Two of a transformer's layers, of 20 or more, are on the device at a time."""

_HEADER_BYTES_MAX = 100_000_000
"""Source: the safetensors format, which allows no larger header."""


class MemoryPolicy(StrEnum):
    """The fastest first."""

    RESIDENT = "resident"
    """Everything stays on the device."""

    PARK_TEXT = "park-text"
    """Text encoders wait in RAM while a film is drawn."""

    OFFLOAD = "offload"
    """Of the text encoders and transformers, one is on the device at a time."""

    STREAM = "stream"
    """Those are brought to the device layer by layer, as they work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a model takes. `parts`: bytes of each part, as it is loaded, by the pipeline's names."""

    parts: Mapping[str, int]
    working_bytes: int
    """What drawing and decoding take besides."""

    @property
    def reading(self) -> list[int]:
        """The sizes of the text encoders."""
        return [size for part, size in self.parts.items() if _reads(part)]

    @property
    def drawing(self) -> list[int]:
        """The sizes of the transformers."""
        return [size for part, size in self.parts.items() if _draws(part)]

    @property
    def staying_bytes(self) -> int:
        """The other parts, which are small and always on the device."""
        return sum(self.parts.values()) - sum(self.reading) - sum(self.drawing)

    def on_device(self, policy: MemoryPolicy) -> int:
        """How many bytes of the device are in use at the fullest moment."""
        everything = sum(self.parts.values())
        match policy:
            case MemoryPolicy.RESIDENT:
                return everything + self.working_bytes
            case MemoryPolicy.PARK_TEXT:
                return max(everything, everything - sum(self.reading) + self.working_bytes)
            case MemoryPolicy.OFFLOAD:
                largest = max(_largest(self.reading), _largest(self.drawing) + self.working_bytes)
                return self.staying_bytes + largest
            case MemoryPolicy.STREAM:
                reading = _largest(self.reading) // _STREAMED_READING
                drawing = _largest(self.drawing) // _STREAMED_DRAWING + self.working_bytes
                return self.staying_bytes + max(reading, drawing)
            case _:
                assert_never(policy)

    def in_ram(self, policy: MemoryPolicy) -> int:
        """How many bytes wait in RAM while the device works."""
        match policy:
            case MemoryPolicy.RESIDENT:
                return 0
            case MemoryPolicy.PARK_TEXT:
                return sum(self.reading)
            case MemoryPolicy.OFFLOAD | MemoryPolicy.STREAM:
                return sum(self.reading) + sum(self.drawing)
            case _:
                assert_never(policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryChoice:
    """A policy, and the sentence for the log that says why."""

    policy: MemoryPolicy
    reason: str


def choose_policy(asked: str, device: str, demand: Demand, free: FreeMemory) -> MemoryChoice:
    """The fastest policy for which there is memory, or the one that was `asked` for by name.

    Raises OutOfMemory if there is none, and EngineError if RAM can't hold what must wait there.
    """
    if asked != AUTO:
        policy = MemoryPolicy(asked)
        return MemoryChoice(policy=policy, reason=_reason(policy, demand, free, "as it is set"))
    if kind_of(device) != "cuda":
        return _choose_without_device_memory(device, demand, free)
    if free.device_bytes is None:
        raise EngineError(f"The free memory of '{device}' can't be told.")
    for policy in MemoryPolicy:
        if demand.on_device(policy) <= free.device_bytes:
            return _with_room_in_ram(policy, demand, free)
    least = demand.on_device(MemoryPolicy.STREAM)
    raise OutOfMemory(
        f"The model needs {_gib(least, up=True)} on '{device}' even if its layers are streamed, "
        f"and {_gib(free.device_bytes)} are free. "
        "A smaller size, fewer seconds or a smaller model may fit."
    )


def home(policy: MemoryPolicy, part: str, device: str) -> str:
    """Where `part` lies between films: `device`, or RAM, which is `cpu`."""
    match policy:
        case MemoryPolicy.RESIDENT:
            return device
        case MemoryPolicy.PARK_TEXT:
            return "cpu" if _reads(part) else device
        case MemoryPolicy.OFFLOAD | MemoryPolicy.STREAM:
            return "cpu" if _reads(part) or _draws(part) else device
        case _:
            assert_never(policy)


def moves(policy: MemoryPolicy, part: str) -> bool:
    """Whether `part` comes to the device only when it works."""
    return home(policy, part, "device") == "cpu"


def count_weights(folder: Path) -> dict[str, int]:
    """How many weights each part of the checkpoint in `folder` has, by its safetensors' headers.

    Raises EngineError for a broken file. Source: https://huggingface.co/docs/safetensors
    """
    counts: dict[str, int] = {}
    for file in sorted(folder.glob("*/*.safetensors")):
        part = file.parent.name
        counts[part] = counts.get(part, 0) + _weights_in(file)
    return counts


def _choose_without_device_memory(device: str, demand: Demand, free: FreeMemory) -> MemoryChoice:
    needed = demand.on_device(MemoryPolicy.RESIDENT)
    if free.device_bytes is not None and needed > free.device_bytes:
        raise OutOfMemory(
            f"The model needs {_gib(needed, up=True)} of memory on '{device}', and "
            f"{_gib(free.device_bytes)} are free. A smaller size or a smaller model may fit."
        )
    reason = _reason(MemoryPolicy.RESIDENT, demand, free, "there is nowhere else to put it")
    return MemoryChoice(policy=MemoryPolicy.RESIDENT, reason=reason)


def _with_room_in_ram(policy: MemoryPolicy, demand: Demand, free: FreeMemory) -> MemoryChoice:
    waiting = demand.in_ram(policy)
    if free.ram_bytes is not None and waiting > free.ram_bytes:
        raise EngineError(
            f"With the policy '{policy}', {_gib(waiting, up=True)} of the model wait in RAM, and "
            f"{_gib(free.ram_bytes)} are free there."
        )
    why = "the fastest that fits"
    return MemoryChoice(policy=policy, reason=_reason(policy, demand, free, why))


def _reason(policy: MemoryPolicy, demand: Demand, free: FreeMemory, why: str) -> str:
    there = "unknown" if free.device_bytes is None else _gib(free.device_bytes)
    needed = _gib(demand.on_device(policy), up=True)
    return f"{policy}: {why}; needs about {needed} on the device, free: {there}"


def _weights_in(file: Path) -> int:
    try:
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            if length > _HEADER_BYTES_MAX:
                raise EngineError(f"'{file.name}' is no safetensors file.")
            header = json.loads(opened.read(length))
        shapes = [entry["shape"] for name, entry in header.items() if name != "__metadata__"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError(f"'{file.name}' is no safetensors file.") from error
    return sum(math.prod(shape) for shape in shapes)


def _reads(part: str) -> bool:
    return part.startswith("text_encoder")


def _draws(part: str) -> bool:
    return part.startswith("transformer")


def _largest(sizes: list[int]) -> int:
    return max(sizes, default=0)


def _gib(size_bytes: int, *, up: bool = False) -> str:
    tenths = size_bytes * 10 / _GIB
    return f"{(math.ceil(tenths) if up else math.floor(tenths)) / 10:.1f} GiB"
