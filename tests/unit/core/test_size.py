"""Sizes of films."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.core.size import Size

SIDES = st.integers(1, 99_999)


@given(SIDES, SIDES)
def test_a_size_is_read_back_from_its_text(width_px: int, height_px: int) -> None:
    size = Size(width_px, height_px)
    assert Size.parse(str(size)) == size


@pytest.mark.parametrize("text", ["1280x720", "1280X720", "1280×720", "1280*720", " 1280 x 720 "])
def test_a_size_is_read_however_it_is_written(text: str) -> None:
    assert Size.parse(text) == Size(1280, 720)


@pytest.mark.parametrize(
    "text",
    [
        *("", "720p", "1280", "1280x", "x720", "0x720", "1280x0", "-1280x720", "1280x720x3"),
        *("16:9", "1280.5x720", "123456x720", "1280x720p", "large"),
    ],
)
def test_what_is_no_size_is_none(text: str) -> None:
    assert Size.parse(text) is None


def test_only_what_is_higher_than_wide_is_portrait() -> None:
    assert Size(720, 1280).is_portrait
    assert not Size(1280, 720).is_portrait
    assert not Size(720, 720).is_portrait


def test_a_size_knows_its_pixels() -> None:
    assert Size(1280, 720).pixels == 921_600
