"""The reckoning finds what is broken: without that its silence would mean nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.promises import Breaches, Film, Found, Memory, breaches

CAUSES = {"plain": frozenset({"submission_unknown"})}
FILM = Film(id="video_1", words="a fox", status="completed", ends=("completed",))
FOUND = Found(films=(FILM,), orders={"a fox": 1}, letters={"video_1": ("wh_1",)})


def a_memory(*ids: str, key: str | None = "k", **about: Any) -> Memory:
    """One wish, which was told as `ids`."""
    memory = Memory()
    wish = memory.wish("a fox", key=key, model="plain", **about)
    wish.sent = max(1, len(ids))
    for video_id in ids:
        memory.accept(wish, video_id)
    return memory


def reckoned(memory: Memory, found: Found) -> Mapping[str, int]:
    """How many breaches of each kind there are, where there are any."""
    all_of_them: Breaches = breaches(memory, found, causes=CAUSES)
    kinds = [each.partition(":")[0] for each in all_of_them.all()]
    return {kind: kinds.count(kind) for kind in kinds}


def test_nothing_is_wrong_with_what_is_right() -> None:
    assert reckoned(a_memory("video_1"), FOUND) == {}


def test_a_wish_that_nobody_answered_may_have_become_a_video_or_none() -> None:
    assert reckoned(a_memory(), FOUND) == {}
    assert reckoned(a_memory(), Found(films=())) == {}


@pytest.mark.parametrize(
    ("film", "kind"),
    [
        (replace(FILM, id="video_2"), "lost"),
        (replace(FILM, status="in_progress", ends=()), "lost"),
        (replace(FILM, words="another"), "duplicate_ids"),
        (replace(FILM, ends=("completed", "completed")), "second_ends"),
        (replace(FILM, ends=("completed", "failed")), "second_ends"),
        (replace(FILM, ends=()), "second_ends"),
        (replace(FILM, turns=(0, 1, 2, 1)), "late_writes"),
        (replace(FILM, faults=("not what was stored",)), "half_files"),
        (replace(FILM, status="failed", cause="crashed_repeatedly", ends=("failed",)), "causeless"),
        (replace(FILM, status="failed", cause="cancelled", ends=("failed",)), "causeless"),
    ],
)
def test_what_is_wrong_with_a_film_is_found(film: Film, kind: str) -> None:
    assert kind in reckoned(a_memory("video_1"), replace(FOUND, films=(film,)))


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (replace(FOUND, films=()), "lost"),
        (replace(FOUND, films=(FILM, replace(FILM, id="video_2"))), "duplicate_ids"),
        (replace(FOUND, orders={"a fox": 2}), "second_orders"),
        (replace(FOUND, letters={}), "untold"),
        (replace(FOUND, letters={"video_1": ("wh_1", "wh_2")}), "untold"),
        (replace(FOUND, letters={"video_1": ("wh_1",), "video_9": ("wh_9",)}), "untold"),
        (replace(FOUND, ends_of_deleted={"video_7": ("completed", "failed")}), "second_ends"),
        (replace(FOUND, half_files=("half a film",)), "half_files"),
    ],
)
def test_what_is_wrong_elsewhere_is_found(found: Found, kind: str) -> None:
    assert kind in reckoned(a_memory("video_1"), found)


def test_a_key_that_was_told_as_two_videos_is_found() -> None:
    assert "duplicate_ids" in reckoned(a_memory("video_1", "video_2"), FOUND)


def test_an_id_that_was_told_to_two_wishes_is_found() -> None:
    memory = a_memory("video_1")
    memory.accept(memory.wish("a cat", model="plain"), "video_1")
    assert "duplicate_ids" in reckoned(memory, FOUND)


def test_a_deletion_that_was_asked_for_is_no_loss() -> None:
    memory = a_memory("video_1", is_unwanted=True)
    assert reckoned(memory, Found(films=(), ends_of_deleted={"video_1": ()})) == {}


def test_a_failure_with_a_reason_is_none_of_ours() -> None:
    failed = replace(FILM, status="failed", cause="submission_unknown", ends=("failed",))
    assert reckoned(a_memory("video_1"), replace(FOUND, films=(failed,))) == {}
    cancelled = replace(failed, cause="cancelled")
    memory = a_memory("video_1", is_cancelled=True)
    assert reckoned(memory, replace(FOUND, films=(cancelled,))) == {}


@pytest.mark.parametrize(
    "told",
    [
        [("in_progress", 40), ("in_progress", 39)],
        [("completed", 100), ("in_progress", 100)],
        [("completed", 100), ("failed", 100)],
        [("in_progress", 100)],
        [("completed", 99)],
        [("failed", 40)],
    ],
)
def test_what_was_told_falsely_is_found(told: list[tuple[str, int]]) -> None:
    memory = a_memory("video_1")
    for status, progress in told:
        memory.see("video_1", status, progress)
    assert "told_falsely" in reckoned(memory, FOUND)


def test_progress_may_wait_and_begin_again() -> None:
    memory = a_memory("video_1")
    told = [("queued", 0), ("in_progress", 40), ("queued", 40), ("in_progress", 40)]
    for status, progress in [*told, ("completed", 100)]:
        memory.see("video_1", status, progress)
    assert reckoned(memory, FOUND) == {}


def test_an_accepted_video_that_was_unknown_later_is_found() -> None:
    memory = a_memory("video_1")
    memory.miss(memory.wishes["a fox"], "video_1")
    assert "told_falsely" in reckoned(memory, FOUND)
