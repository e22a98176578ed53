"""What lies in the models folder is known by its names alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from matinee.weights.folder import (
    INDEX,
    Marker,
    begun_models,
    finish,
    installed_models,
    part_folder,
    read_marker,
    remove,
    write_marker,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MARKER = Marker(
    repository="a/b", revision="1" * 40, digests={INDEX: "git:0"}, size_bytes=7, fetched_at=NOW
)


def a_model(folder: Path, *, index: bool = True) -> Path:
    folder.mkdir(parents=True)
    (folder / "weights.safetensors").write_bytes(b"12345")
    if index:
        (folder / INDEX).write_text("{}")
    return folder


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert installed_models(tmp_path / "models") == {}
    assert begun_models(tmp_path / "models") == {}


def test_a_model_that_was_put_there_by_hand_counts(tmp_path: Path) -> None:
    a_model(tmp_path / "my-own")
    found = installed_models(tmp_path)["my-own"]
    assert (found.size_bytes, found.repository, found.revision) == (7, None, None)


def test_a_folder_without_an_index_is_no_model(tmp_path: Path) -> None:
    a_model(tmp_path / "loras", index=False)
    assert installed_models(tmp_path) == {}


def test_a_fetched_model_tells_where_it_came_from(tmp_path: Path) -> None:
    write_marker(a_model(tmp_path / "wan"), MARKER)
    found = installed_models(tmp_path)["wan"]
    assert (found.repository, found.revision) == ("a/b", "1" * 40)
    assert (found.fetched_at, found.size_bytes) == (NOW, 7)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"repository": 1}', "\x00"])
def test_a_broken_marker_says_nothing(text: str, tmp_path: Path) -> None:
    (a_model(tmp_path / "wan") / "matinee.json").write_text(text)
    assert read_marker(tmp_path / "wan") is None
    assert installed_models(tmp_path)["wan"].revision is None


def test_an_unfinished_model_is_begun_and_not_here(tmp_path: Path) -> None:
    a_model(part_folder(tmp_path, "wan"))
    assert installed_models(tmp_path) == {}
    assert begun_models(tmp_path) == {"wan": 7}


def test_a_finished_model_takes_the_place_of_the_former(tmp_path: Path) -> None:
    (a_model(tmp_path / "wan") / "gone.json").write_text("{}")
    a_model(part_folder(tmp_path, "wan"))
    finish(tmp_path, "wan")
    assert [path.name for path in tmp_path.iterdir()] == ["wan"]
    assert not (tmp_path / "wan" / "gone.json").exists()


def test_a_removed_model_is_gone_with_what_was_begun(tmp_path: Path) -> None:
    a_model(tmp_path / "wan")
    a_model(part_folder(tmp_path, "wan"))
    a_model(tmp_path / "other")
    remove(tmp_path, "wan")
    assert [path.name for path in tmp_path.iterdir()] == ["other"]
