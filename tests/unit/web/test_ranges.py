"""Ranges against what slicing gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.web.ranges import ByteRange, RangeUnsatisfiable, is_unchanged, may_resume, parse_range

DATA = bytes(range(200))


@given(st.integers(0, 250), st.integers(0, 250))
def test_a_range_is_the_slice_that_it_names(first: int, last: int) -> None:
    header = f"bytes={first}-{last}"
    if last < first:
        assert parse_range(header, len(DATA)) is None
    elif first >= len(DATA):
        with pytest.raises(RangeUnsatisfiable):
            parse_range(header, len(DATA))
    else:
        part = parse_range(header, len(DATA))
        assert part is not None
        assert DATA[part.start : part.start + part.length] == DATA[first : last + 1]


@given(st.integers(1, 300))
def test_a_suffix_is_the_end(length: int) -> None:
    part = parse_range(f"bytes=-{length}", len(DATA))
    assert part is not None
    assert DATA[part.start : part.start + part.length] == DATA[-length:]


def test_an_open_range_goes_to_the_end() -> None:
    assert parse_range("Bytes = 5-", 10) is None
    assert parse_range("BYTES=5-", 10) == ByteRange(start=5, length=5)


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0"])
def test_a_range_behind_the_end_can_not_be_satisfied(header: str) -> None:
    with pytest.raises(RangeUnsatisfiable):
        parse_range(header, 10)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=-5"])
def test_an_empty_file_has_no_ranges(header: str) -> None:
    with pytest.raises(RangeUnsatisfiable):
        parse_range(header, 0)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-3",
        "items=0-5",
        "bytes=0-1,4-5",
        "bytes=0-" + "9" * 40,
        "bytes=+1-2",
    ],
)
def test_what_is_malformed_or_several_gives_the_whole_file(header: str | None) -> None:
    assert parse_range(header, 10) is None


def test_content_range_tells_first_last_and_size() -> None:
    assert ByteRange(start=5, length=3).content_range(10) == b"bytes 5-7/10"


@pytest.mark.parametrize("header", ['"a"', 'W/"a"', '"b", "a"', "*"])
def test_a_known_tag_is_unchanged(header: str) -> None:
    assert is_unchanged(header, '"a"')


@pytest.mark.parametrize("header", [None, '"b"', "a"])
def test_another_tag_is_not(header: str | None) -> None:
    assert not is_unchanged(header, '"a"')


def test_only_the_very_tag_may_resume() -> None:
    assert may_resume(None, '"a"')
    assert may_resume('"a"', '"a"')
    assert not may_resume('W/"a"', '"a"')
    assert not may_resume("Sat, 21 Nov 2026 09:30:00 GMT", '"a"')
