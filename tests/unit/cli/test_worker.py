"""What a worker is told to do, and when it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from matinee.core.errors import SettingsInvalid
from matinee.data_folder import DataFolder
from matinee.server import serve
from matinee.settings import Settings
from matinee.worker_process import Assignment, work

SHARED = Settings(database="postgresql://nobody@127.0.0.1:9/nowhere", blob_store="/films")


def test_a_worker_makes_films_with_the_engines_that_are_named() -> None:
    assignment = Assignment.parse(["gpu", "cloud", "gpu"], [])
    assert (assignment.engines, assignment.queues) == (("gpu", "cloud"), ())


def test_a_queue_names_its_engine_too() -> None:
    assignment = Assignment.parse(["cloud"], ["gpu/wan2.2", "gpu/org/other"])
    assert assignment.engines == ("cloud", "gpu")
    assert assignment.queues == (("gpu", "wan2.2"), ("gpu", "org/other"))


@pytest.mark.parametrize("queue", ["gpu", "gpu/", "/wan2.2", ""])
def test_a_queue_without_engine_or_model_is_refused(queue: str) -> None:
    with pytest.raises(SettingsInvalid, match="is no queue"):
        Assignment.parse([], [queue])


def test_a_worker_without_anything_to_do_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="--engine"):
        Assignment.parse([], [])


def test_a_worker_without_a_shared_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="'database'") as refusal:
        work(Settings(), DataFolder(tmp_path), Assignment.parse(["animatic"], []))
    assert refusal.value.param == "database"


def test_a_server_without_workers_and_a_shared_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="'database'"):
        serve(Settings(), DataFolder(tmp_path), has_workers=False)


def test_films_that_others_serve_or_make_need_a_place_that_all_find(tmp_path: Path) -> None:
    settings = Settings(database=SHARED.database)
    with pytest.raises(SettingsInvalid, match="blob_store"):
        work(settings, DataFolder(tmp_path), Assignment.parse(["animatic"], []))
    with pytest.raises(SettingsInvalid, match="blob_store"):
        serve(settings, DataFolder(tmp_path), has_workers=False)
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_is_not_there_is_named_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"no engine 'gpu'.*'animatic'"):
        work(SHARED, DataFolder(tmp_path), Assignment.parse(["gpu"], []))


def test_a_model_that_the_engine_has_not_is_named_too(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="'animatic'"):
        work(SHARED, DataFolder(tmp_path), Assignment.parse([], ["animatic/wan2.2"]))
