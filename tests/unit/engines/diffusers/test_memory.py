"""Where the parts of a model lie is decided by their bytes and the memory there is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matinee.core.errors import EngineError, OutOfMemory
from matinee.engines.diffusers.device import FreeMemory, free_ram_bytes
from matinee.engines.diffusers.memory import (
    Demand,
    MemoryPolicy,
    choose_policy,
    count_weights,
    home,
)
from tests.unit.engines.diffusers.known_models import GB, TI2V_5B

SMALL = Demand(parts=TI2V_5B.memory_bytes, working_bytes=6 * GB)
TWO_EXPERTS = Demand(
    parts={
        "transformer": 28_600_000_000,
        "transformer_2": 28_600_000_000,
        "text_encoder": 11_400_000_000,
        "vae": GB // 2,
    },
    working_bytes=10 * GB,
)


@pytest.mark.parametrize(
    ("demand", "free_gb", "policy"),
    [
        (SMALL, 80, "resident"),
        (SMALL, 31, "resident"),
        (SMALL, 25, "park-text"),
        (SMALL, 24, "offload"),
        (SMALL, 16, "stream"),
        (TWO_EXPERTS, 140, "resident"),
        (TWO_EXPERTS, 75, "park-text"),
        (TWO_EXPERTS, 48, "offload"),
        (TWO_EXPERTS, 24, "stream"),
    ],
)
def test_the_fastest_policy_that_fits_is_chosen(demand: Demand, free_gb: int, policy: str) -> None:
    choice = choose_policy("auto", "cuda:0", demand, on_card(free_gb))
    assert choice.policy == policy


def test_the_choice_is_told_with_what_is_needed_and_what_is_free() -> None:
    choice = choose_policy("auto", "cuda:0", SMALL, on_card(80))
    assert choice.reason == (
        "resident: the fastest that fits; needs about 28.2 GiB on the device, free: 74.5 GiB"
    )


def test_a_model_too_large_for_any_policy_is_refused_with_what_would_help() -> None:
    with pytest.raises(
        OutOfMemory, match=r"even if its layers are streamed, and 3\.7 GiB are free"
    ):
        choose_policy("auto", "cuda:0", SMALL, on_card(4))


def test_parts_that_must_wait_need_room_in_ram() -> None:
    free = FreeMemory(device_bytes=16 * GB, ram_bytes=8 * GB)
    with pytest.raises(EngineError, match=r"20\.0 GiB of the model wait in RAM"):
        choose_policy("auto", "cuda:0", SMALL, free)


def test_a_policy_that_is_set_is_obeyed_even_if_it_seems_too_large() -> None:
    choice = choose_policy("resident", "cuda:0", SMALL, on_card(16))
    assert choice.policy is MemoryPolicy.RESIDENT
    assert "as it is set" in choice.reason


@pytest.mark.parametrize("device", ["cpu", "mps"])
def test_without_memory_of_its_own_a_device_holds_everything_or_nothing(device: str) -> None:
    free = FreeMemory(device_bytes=40 * GB, ram_bytes=40 * GB)
    assert choose_policy("auto", device, SMALL, free).policy is MemoryPolicy.RESIDENT
    with pytest.raises(OutOfMemory, match=f"28.2 GiB of memory on '{device}'"):
        choose_policy("auto", device, SMALL, FreeMemory(device_bytes=GB, ram_bytes=GB))


def test_memory_that_cannot_be_told_is_trusted_on_a_processor() -> None:
    unknown = FreeMemory(device_bytes=None, ram_bytes=None)
    assert choose_policy("auto", "cpu", SMALL, unknown).policy is MemoryPolicy.RESIDENT


def test_only_what_reads_and_draws_ever_waits_in_ram() -> None:
    waiting = {
        policy: [part for part in TWO_EXPERTS.parts if home(policy, part, "cuda:0") == "cpu"]
        for policy in MemoryPolicy
    }
    assert waiting[MemoryPolicy.RESIDENT] == []
    assert waiting[MemoryPolicy.PARK_TEXT] == ["text_encoder"]
    assert waiting[MemoryPolicy.STREAM] == ["transformer", "transformer_2", "text_encoder"]


def test_weights_are_counted_by_part_without_reading_them(tmp_path: Path) -> None:
    write_header(tmp_path / "transformer" / "a-00001-of-00002.safetensors", {"w": [10, 20]})
    write_header(tmp_path / "transformer" / "a-00002-of-00002.safetensors", {"w": [5], "b": []})
    write_header(tmp_path / "vae" / "model.safetensors", {"w": [3, 3]})
    assert count_weights(tmp_path) == {"transformer": 206, "vae": 9}


@pytest.mark.parametrize(
    "content", [b"", b"\xff" * 8, b"\x02\0\0\0\0\0\0\0{]", b"\x01" + b"\0" * 7]
)
def test_a_broken_file_of_weights_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "vae").mkdir()
    (tmp_path / "vae" / "model.safetensors").write_bytes(content)
    with pytest.raises(EngineError, match=r"'model\.safetensors' is no safetensors file"):
        count_weights(tmp_path)


def test_free_ram_is_what_the_machine_and_the_container_both_allow(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9000 kB\nMemAvailable: 2000 kB\n")
    assert free_ram_bytes(meminfo, tmp_path) == 2_048_000
    contained(tmp_path, limit="1000000")
    assert free_ram_bytes(meminfo, tmp_path) == 650_000
    contained(tmp_path, limit="max")
    assert free_ram_bytes(meminfo, tmp_path) == 2_048_000


def test_free_ram_is_unknown_where_the_system_does_not_tell(tmp_path: Path) -> None:
    assert free_ram_bytes(tmp_path / "meminfo", tmp_path) is None


def on_card(free_gb: int) -> FreeMemory:
    return FreeMemory(device_bytes=free_gb * GB, ram_bytes=256 * GB)


def contained(cgroup: Path, limit: str) -> None:
    (cgroup / "memory.max").write_text(f"{limit}\n")
    (cgroup / "memory.current").write_text("400000\n")
    (cgroup / "memory.stat").write_text("anon 300000\ninactive_file 50000\n")


def write_header(file: Path, shapes: dict[str, list[int]]) -> None:
    entries = {
        name: {"dtype": "BF16", "shape": shape, "data_offsets": [0, 0]}
        for name, shape in shapes.items()
    }
    header = json.dumps({"__metadata__": {"format": "pt"}, **entries}).encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(len(header).to_bytes(8, "little") + header)
