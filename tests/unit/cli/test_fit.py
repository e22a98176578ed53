"""Whether a model fits is said for each device there is."""

from __future__ import annotations

import pytest

from matinee.cli.fit import Gpu, Machine, facts_of, parse_gpus, verdicts
from matinee.core.open_models import OpenModel, open_model

GB = 1_000_000_000


def model(name: str) -> OpenModel:
    found = open_model(name)
    assert found is not None
    return found


def a_machine(*free_gb: int, ram_gb: int = 256) -> Machine:
    return Machine(
        disk_free_bytes=100 * GB,
        ram_free_bytes=ram_gb * GB,
        gpus=tuple(
            Gpu(name="GPU", total_bytes=free * GB, free_bytes=free * GB) for free in free_gb
        ),
        asked="nvidia-smi was asked",
    )


def test_the_answer_of_nvidia_smi_is_read() -> None:
    gpus = parse_gpus("NVIDIA H200, 143771, 143000\nNVIDIA RTX 6000, Ada, 49140, 48000\n")
    assert [gpu.name for gpu in gpus] == ["NVIDIA H200", "NVIDIA RTX 6000, Ada"]
    assert gpus[0].free_bytes == 143000 * 2**20


@pytest.mark.parametrize("answer", ["No devices were found", "GPU, [N/A], [N/A]"])
def test_an_answer_without_figures_is_none(answer: str) -> None:
    with pytest.raises(ValueError, match=r"unpack|invalid literal"):
        parse_gpus(answer)


def test_a_large_gpu_holds_all_of_a_small_model() -> None:
    [verdict] = verdicts(model("wan2.1-t2v-1.3b"), a_machine(143))
    assert verdict.fits
    assert verdict.reason.startswith("resident")


def test_a_small_gpu_gets_a_large_model_piece_by_piece() -> None:
    [verdict] = verdicts(model("wan2.2-t2v-a14b"), a_machine(48))
    assert verdict.fits
    assert not verdict.reason.startswith("resident")


def test_every_gpu_is_judged_by_itself() -> None:
    large, tiny = verdicts(model("ltx-2.5"), a_machine(143, 1))
    assert large.fits
    assert not tiny.fits
    assert "cuda:1" in tiny.device


def test_without_a_gpu_the_processor_is_judged() -> None:
    [verdict] = verdicts(model("wan2.2-t2v-a14b"), a_machine(ram_gb=16))
    assert not verdict.fits
    assert "cpu" in verdict.device


def test_the_machine_is_told_in_json() -> None:
    facts = facts_of(a_machine(24))
    assert facts["gpus"] == [{"name": "GPU", "total_bytes": 24 * GB, "free_bytes": 24 * GB}]
