"""Whether a model fits on this machine: what was asked, what was found, what follows."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matinee.core.errors import MatineeError
from matinee.core.open_models import OpenModel
from matinee.engines.diffusers.device import FreeMemory, free_ram_bytes
from matinee.engines.diffusers.memory import AUTO, Demand, choose_policy
from matinee.engines.diffusers.workload import working_bytes

_QUERY = ("--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits")
_ANSWER_S = 10.0
_MIB = 2**20
_GB = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """A GPU of NVIDIA."""

    name: str
    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What there is. `asked` says who was asked for GPUs, and with what success."""

    disk_free_bytes: int
    ram_free_bytes: int | None
    gpus: tuple[Gpu, ...]
    asked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a model fits on `device`; `reason` names the policy for its memory, or the lack."""

    device: str
    fits: bool
    reason: str


def this_machine(models_folder: Path) -> Machine:
    """Ask the system, and `nvidia-smi` if it is here."""
    gpus, asked = _find_gpus()
    return Machine(
        disk_free_bytes=shutil.disk_usage(_existing(models_folder)).free,
        ram_free_bytes=free_ram_bytes(),
        gpus=gpus,
        asked=asked,
    )


def verdicts(model: OpenModel, machine: Machine) -> list[Verdict]:
    """For each GPU, or for the processor if there is none, whether a usual film can be made."""
    if not machine.gpus:
        free = FreeMemory(device_bytes=machine.ram_free_bytes, ram_bytes=machine.ram_free_bytes)
        return [_verdict(model, "cpu", "this machine's processor, very slowly", free)]
    return [
        _verdict(
            model,
            f"cuda:{number}",
            f"{gpu.name}, {gpu.free_bytes / _GB:.1f} of {gpu.total_bytes / _GB:.1f} GB free",
            FreeMemory(device_bytes=gpu.free_bytes, ram_bytes=machine.ram_free_bytes),
        )
        for number, gpu in enumerate(machine.gpus)
    ]


def parse_gpus(answer: str) -> tuple[Gpu, ...]:
    """What `nvidia-smi` answers, a line for each GPU, in MiB. Raises ValueError."""
    found = []
    for line in answer.strip().splitlines():
        name, total, free = (field.strip() for field in line.rsplit(",", 2))
        found.append(Gpu(name=name, total_bytes=int(total) * _MIB, free_bytes=int(free) * _MIB))
    return tuple(found)


def facts_of(machine: Machine) -> dict[str, Any]:
    """The machine as JSON."""
    return {
        "disk_free_bytes": machine.disk_free_bytes,
        "ram_free_bytes": machine.ram_free_bytes,
        "gpus": [
            {"name": gpu.name, "total_bytes": gpu.total_bytes, "free_bytes": gpu.free_bytes}
            for gpu in machine.gpus
        ],
        "asked": machine.asked,
    }


def _verdict(model: OpenModel, device: str, title: str, free: FreeMemory) -> Verdict:
    size = model.grid.canvas(model.sizes[0])
    # What is known are the sizes in 16 bits, and a processor calculates in 32.
    wide = 2 if device == "cpu" else 1
    parts = {part: wide * count for part, count in model.memory_bytes.items()}
    working = working_bytes(model, size, model.max_frames, device=device)
    demand = Demand(parts=parts, working_bytes=working)
    named = f"{device} ({title})"
    try:
        choice = choose_policy(AUTO, device, demand, free)
    except MatineeError as error:
        return Verdict(device=named, fits=False, reason=str(error))
    return Verdict(device=named, fits=True, reason=choice.reason)


def _find_gpus() -> tuple[tuple[Gpu, ...], str]:
    command = shutil.which("nvidia-smi")
    if command is None:
        return (), "nvidia-smi is not here, so no NVIDIA GPU is counted on"
    try:
        done = subprocess.run(  # noqa: S603  # the driver's own command, found in PATH
            [command, *_QUERY], capture_output=True, text=True, check=True, timeout=_ANSWER_S
        )
        return parse_gpus(done.stdout), "nvidia-smi was asked"
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return (), f"nvidia-smi was asked and failed ({type(error).__name__})"


def _existing(folder: Path) -> Path:
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
