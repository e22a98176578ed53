"""`matinee models`, without the library that fetches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from matinee.core.open_models import CATALOGUE
from matinee.weights.folder import INDEX, part_folder
from tests.e2e.serving import serving

NAME = "wan2.1-t2v-1.3b"

pytestmark = pytest.mark.timeout(120)


def models(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "matinee", "models", *arguments, "--data", str(data)],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def put_there(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / INDEX).write_text("{}")
    return folder


def test_the_list_says_what_is_here(tmp_path: Path) -> None:
    put_there(tmp_path / "models" / NAME)
    put_there(tmp_path / "models" / "my-own")
    put_there(part_folder(tmp_path / "models", "ltx-2"))
    lines = {line.split()[0]: line for line in models(tmp_path, "list").stdout.splitlines()}
    assert set(lines) == {*(model.name for model in CATALOGUE), "my-own"}
    assert "  here  Apache-2.0" in lines[NAME]
    assert "not here" in lines["ltx-2.5"]
    assert "fetched so far" in lines["ltx-2"]
    assert "not of the catalogue" in lines["my-own"]


def test_the_list_is_json_if_asked_for(tmp_path: Path) -> None:
    put_there(tmp_path / "models" / NAME)
    listed = json.loads(models(tmp_path, "list", "--json").stdout)
    assert [each["name"] for each in listed if each["is_here"]] == [NAME]


def test_another_models_folder_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "matinee.toml").write_text(f"models_folder = '{tmp_path / 'elsewhere'}'\n")
    put_there(tmp_path / "elsewhere" / NAME)
    listed = json.loads(models(tmp_path, "list", "--json").stdout)
    assert [each["folder"] for each in listed if each["is_here"]] == [
        str(tmp_path / "elsewhere" / NAME)
    ]


def test_a_model_is_shown_with_its_licence_and_whether_it_fits(tmp_path: Path) -> None:
    shown = models(tmp_path, "show", "ltx-2.5").stdout
    assert "10 million US dollars" in shown
    assert "must be accepted" in shown
    assert "nvidia-smi" in shown
    assert "disk free" in shown


def test_whether_it_fits_is_told_in_json_too(tmp_path: Path) -> None:
    shown = json.loads(models(tmp_path, "show", NAME, "--json").stdout)
    assert shown["machine"]["disk_free_bytes"] > 0
    assert {"device", "fits", "reason"} == set(shown["fit"][0])


def test_an_unknown_model_is_told_with_its_neighbour(tmp_path: Path) -> None:
    done = models(tmp_path, "show", "wan2.2-ti2v")
    assert done.returncode == 4
    assert "Did you mean 'wan2.2-ti2v-5b'" in done.stderr


def test_a_pull_without_its_library_names_what_to_install(tmp_path: Path) -> None:
    # It stands before the library on the path, where there is one, and can't be imported either.
    (tmp_path / "huggingface_hub.py").write_text("raise ImportError('not installed')")
    done = models(tmp_path, "pull", NAME, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert "pip install -e '.[diffusers]'" in done.stderr


def test_nothing_is_removed_unasked(tmp_path: Path) -> None:
    folder = put_there(tmp_path / "models" / NAME)
    done = models(tmp_path, "rm", NAME)
    assert done.returncode == 2
    assert str(folder) in done.stderr
    assert "--yes" in done.stderr
    assert folder.exists()


def test_a_model_is_removed_with_what_was_begun(tmp_path: Path) -> None:
    folder = put_there(tmp_path / "models" / NAME)
    part = put_there(part_folder(tmp_path / "models", NAME))
    assert models(tmp_path, "rm", NAME, "--yes").returncode == 0
    assert not folder.exists()
    assert not part.exists()


def test_a_model_that_is_not_here_can_not_be_removed(tmp_path: Path) -> None:
    done = models(tmp_path, "rm", "../keys", "--yes")
    assert done.returncode == 4
    assert "Models here: none" in done.stderr


def test_a_server_keeps_its_models(tmp_path: Path) -> None:
    put_there(tmp_path / "models" / NAME)
    with serving(tmp_path) as server:
        (tmp_path / "matinee.toml").write_text('[engines.gpu]\nkind = "diffusers"\n')
        done = models(tmp_path, "rm", NAME, "--yes")
    assert done.returncode == 2
    assert server.url in done.stderr
    assert (tmp_path / "models" / NAME).exists()
