"""Which characters a prompt calls."""

from __future__ import annotations

import time

import pytest

from matinee.core.errors import InvalidRequest
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.policy.cast import called_names, check_called, clean_name, unknown_call

NAMES = ["Mossy", "Mossy Jr", "Ada Lovelace", "小明", "R2-D2"]


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Mossy walks.", ["Mossy"]),
        ("Here comes @Mossy!", ["Mossy"]),
        ("x@Mossy", ["Mossy"]),
        ("Mossy's hat, and 'Mossy'.", ["Mossy"]),
        ("mossy stones", []),
        ("Mossyland", []),
        ("unMossy", []),
        ("@Mossyland", []),
        ("Mossy Jr and Mossy", ["Mossy Jr", "Mossy"]),
        ("Ada\nLovelace", []),
        ("Ada Lovelace meets R2-D2.", ["Ada Lovelace", "R2-D2"]),
        ("今天小明在跑步", ["小明"]),
        ("Mossy在跑步", ["Mossy"]),
        ("nobody", []),
    ],
)
def test_a_name_is_called_as_a_whole_word_or_behind_an_at(text: str, called: list[str]) -> None:
    assert called_names(NAMES, text) == called


def test_thousands_of_names_are_looked_for_quickly() -> None:
    names = [f"n{number:04}" for number in range(3000)]
    began_s = time.process_time()
    assert called_names(names, " ".join(names)) == names
    assert called_names(["a" * length for length in range(1, 81)], "a" * 32_000) == []
    assert time.process_time() - began_s < 2


def test_no_names_are_never_called() -> None:
    assert called_names([], "Mossy") == []


@pytest.mark.parametrize(("said", "kept"), [(" Mossy ", "Mossy"), ("@mossy", "mossy")])
def test_a_name_is_kept_without_its_at(said: str, kept: str) -> None:
    assert clean_name(said) == kept


@pytest.mark.parametrize("said", ["", "  ", "@", "@@a", "x" * 81, "a\nb", "a\x07"])
def test_what_is_no_name_is_refused(said: str) -> None:
    with pytest.raises(InvalidRequest, match="1 to 80") as refused:
        clean_name(said)
    assert refused.value.param == "name"


def test_somebody_without_a_name_is_called_by_the_first_one_behind_an_at() -> None:
    assert unknown_call("Look, @paper.boat. And @other") == "paper.boat"
    assert unknown_call("write to me@home.org") is None


def test_too_many_that_are_called_are_named_in_the_refusal() -> None:
    able = Capabilities(sizes=(Size(2, 2),), min_seconds=1, max_seconds=2, max_characters=1)
    check_called(["A"], able)
    with pytest.raises(InvalidRequest, match="'A', 'B'") as refused:
        check_called(["A", "B"], able)
    assert refused.value.param == "prompt"
