"""What a device can do, and how much memory is free there and beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")
_KIBIBYTE = 1024

_CUDNN_SINCE = (8, 0)
"""The compute capability from which cuDNN has an attention: Ampere."""

_COMPILED_SINCE = (7, 0)
"""The compute capability from which Triton compiles: Volta."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeMemory:
    """Bytes that nobody uses at this moment; None where that can't be told."""

    device_bytes: int | None
    """Of the device itself; the same as `ram_bytes` where it shares the machine's memory."""

    ram_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """What speed profiles need to know of a device."""

    kind: str
    """`cuda`, `mps`, `cpu`."""

    has_cudnn_attention: bool = False
    compiles: bool = False
    """Whether torch can compile for it."""


def kind_of(device: str) -> str:
    """`cuda` of `cuda:1`."""
    return device.partition(":")[0]


def device_facts(device: str) -> DeviceFacts:
    """Ask torch for the facts of `device`."""
    import torch

    kind = kind_of(device)
    if kind != "cuda":
        return DeviceFacts(kind=kind)
    capability = torch.cuda.get_device_capability(device)
    return DeviceFacts(
        kind=kind,
        has_cudnn_attention=capability >= _CUDNN_SINCE and torch.backends.cudnn.is_available(),
        compiles=capability >= _COMPILED_SINCE and find_spec("triton") is not None,
    )


def free_memory(device: str) -> FreeMemory:
    """Ask torch and the system."""
    import torch

    ram_bytes = free_ram_bytes()
    match kind_of(device):
        case "cuda":
            return FreeMemory(device_bytes=torch.cuda.mem_get_info(device)[0], ram_bytes=ram_bytes)
        case "mps":
            room = torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
            return FreeMemory(device_bytes=room, ram_bytes=room)
        case _:
            return FreeMemory(device_bytes=ram_bytes, ram_bytes=ram_bytes)


def free_ram_bytes(meminfo: Path = _MEMINFO, cgroup: Path = _CGROUP) -> int | None:
    """What this process may still take: of the machine, and of the container it runs in.

    Source: proc_meminfo(5), `MemAvailable`; the kernel's documentation of cgroup v2. Elsewhere
    than on Linux it can't be told.
    """
    rooms = [*_of_machine(meminfo), *_of_container(cgroup)]
    return min(rooms, default=None)


def _of_machine(meminfo: Path) -> Iterator[int]:
    if not meminfo.is_file():
        return
    for line in meminfo.read_text().splitlines():
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            yield int(rest.split()[0]) * _KIBIBYTE


def _of_container(cgroup: Path) -> Iterator[int]:
    files = [cgroup / name for name in ("memory.max", "memory.current", "memory.stat")]
    if not all(file.is_file() for file in files):
        return
    limit, used, stat = (file.read_text().strip() for file in files)
    if limit == "max":
        return
    # What files left in the cache is given back when it is needed.
    cached = next(
        (int(line.split()[1]) for line in stat.splitlines() if line.startswith("inactive_file ")),
        0,
    )
    yield max(0, int(limit) - int(used) + cached)
