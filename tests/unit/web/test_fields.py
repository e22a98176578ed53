"""Fields are read leniently, and every fault names what the client wrote."""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.errors import InvalidRequest, InvalidType, MatineeError
from matinee.web.fields import Fields
from matinee.web.forms import FilePart

ALIASES = {"seconds": ("seconds", "duration")}


def fields(value: Any, **query: str) -> Fields:
    return Fields({"x": value}, query=query)


@pytest.mark.parametrize("value", [True, "true", "1", "YES", " on ", 1, ["true"]])
def test_yes_has_many_words(value: object) -> None:
    assert fields(value).flag("x") is True


@pytest.mark.parametrize("value", [False, "false", "0", "No", "off", 0])
def test_no_has_many_words(value: object) -> None:
    assert fields(value).flag("x") is False


@pytest.mark.parametrize(
    ("value", "number"), [(8, 8), ("8", 8), (" -3 ", -3), (8.0, 8), ("8.0", 8)]
)
def test_a_whole_number_may_be_written_as_text(value: object, number: int) -> None:
    assert fields(value).whole("x") == number


@pytest.mark.parametrize("value", [None, "", []])
def test_nothing_is_absent(value: object) -> None:
    absent = fields(value)
    assert (absent.text("x"), absent.whole("x"), absent.flag("x")) == (None, None, None)
    assert absent.many("x") == []


def test_a_blank_text_is_absent() -> None:
    assert fields("  ").text("x") is None


def test_the_body_wins_over_the_query() -> None:
    assert Fields({"seconds": "8"}, query={"duration": "4"}, aliases=ALIASES).whole("seconds") == 8
    assert Fields({}, query={"duration": "4"}, aliases=ALIASES).whole("seconds") == 4


def test_metadata_is_asked_last_and_named_as_such() -> None:
    said = Fields({}, query={}, metadata={"duration": "soon"}, aliases=ALIASES)
    with pytest.raises(InvalidRequest) as refused:
        said.whole("seconds")
    assert refused.value.param == "metadata.duration"
    said = Fields({}, query={"duration": "4"}, metadata={"seconds": 8}, aliases=ALIASES)
    assert said.whole("seconds") == 4


def test_a_blank_value_does_not_hide_one_of_another_name() -> None:
    assert Fields({"seconds": " ", "duration": 4}, aliases=ALIASES).whole("seconds") == 4


def test_fields_that_nobody_asked_for_are_known() -> None:
    said = Fields({"duration": 4, "mood": "blue"}, query={"hue": "1"}, aliases=ALIASES)
    said.whole("seconds")
    assert said.unread == ["mood"]


def test_a_single_value_is_a_list_of_one() -> None:
    assert fields("a").many("x") == [("x", "a")]
    assert fields(["a", "", None, "b"]).many("x") == [("x", "a"), ("x", "b")]


@pytest.mark.parametrize(
    ("value", "got"),
    [
        (1.5, "a number"),
        ({}, "an object"),
        (["a", "b"], "an array"),
        (True, "a boolean"),
        (FilePart(name="f", media_type="x/y", data=b""), "a file"),
    ],
)
def test_the_wrong_type_names_the_field_and_both_types(value: object, got: str) -> None:
    with pytest.raises(
        InvalidType, match=f"Invalid type for 'x': expected a string.*{got}"
    ) as seen:
        fields(value).text("x")
    assert seen.value.param == "x"


@pytest.mark.parametrize("value", ["abc", "8.5", 8.5, "1e3", "٣"])
def test_what_is_no_whole_number_says_so(value: object) -> None:
    with pytest.raises(InvalidRequest, match=r"Invalid value: .*whole numbers"):
        fields(value).whole("x")


@pytest.mark.parametrize("value", ["perhaps", 2, "2"])
def test_what_is_neither_yes_nor_no_says_so(value: object) -> None:
    with pytest.raises(InvalidRequest, match="true and false"):
        fields(value).flag("x")


def test_a_flag_of_another_type_says_so() -> None:
    with pytest.raises(InvalidType, match="expected a boolean, but got a number"):
        fields(0.5).flag("x")


def test_an_error_names_the_field_as_the_client_spelled_it() -> None:
    asked = Fields({"duration": "99"}, aliases=ALIASES)
    asked.whole("seconds")
    with pytest.raises(MatineeError) as seen, asked.as_spelled():
        raise InvalidRequest("Too long.", param="seconds")
    assert seen.value.param == "duration"


def test_a_long_value_is_not_repeated_whole() -> None:
    with pytest.raises(InvalidRequest) as seen:
        fields("9" * 5000).whole("x")
    assert len(str(seen.value)) < 200


def test_a_nul_character_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="NUL"):
        fields("a\x00b").text("x")


def test_as_text_a_number_may_be_as_large_as_a_column_takes() -> None:
    assert fields(str(2**63 - 1)).whole("x") == 2**63 - 1
