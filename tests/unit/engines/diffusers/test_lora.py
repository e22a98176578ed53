"""Which LoRA files may be named, and that no name leads out of their folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from matinee.core.errors import UnsupportedParameter
from matinee.engines.diffusers.lora import find_lora, lora_names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shelf = tmp_path / "loras"
    (shelf / "deeper").mkdir(parents=True)
    (tmp_path / "secret.safetensors").touch()
    for name in ("film-grain.safetensors", "old.ckpt", ".hidden.safetensors", "notes.txt"):
        (shelf / name).touch()
    (shelf / "two words.safetensors").touch()
    for name in ("anime.high.safetensors", "anime.low.safetensors", "lone.high.safetensors"):
        (shelf / name).touch()
    (shelf / "deeper" / "inner.safetensors").touch()
    return shelf


def test_names_are_those_of_the_safetensors_in_the_folder(folder: Path) -> None:
    assert lora_names(folder) == ("anime", "film-grain", "lone.high")


@pytest.mark.parametrize("name", ["film-grain", "film-grain.safetensors"])
def test_a_name_may_carry_the_ending_of_its_file(folder: Path, name: str) -> None:
    files = find_lora(name, folder)
    assert files.file == files.second == folder / "film-grain.safetensors"


def test_a_pair_is_for_two_experts(folder: Path) -> None:
    files = find_lora("anime", folder)
    assert (files.file.name, files.second.name) == (
        "anime.high.safetensors",
        "anime.low.safetensors",
    )


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../secret",
        "deeper/inner",
        "/etc/passwd",
        "old",
        "old.ckpt",
        ".hidden",
        "film-grain\0",
        "two words",
    ],
)
def test_any_other_name_is_refused_with_those_there_are(folder: Path, name: str) -> None:
    with pytest.raises(
        UnsupportedParameter, match=r"There are: 'anime', 'film-grain', 'lone\.high'"
    ):
        find_lora(name, folder)


def test_without_a_folder_there_are_none() -> None:
    with pytest.raises(
        UnsupportedParameter, match=r"There is no LoRA 'film-grain'\. There are: none\."
    ):
        find_lora("film-grain", None)
