"""Ids in every spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.core.ids import parse_video_id

ID = "01kahq3x7c9v5m2n8p4r6s0twz"
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ULIDS = st.builds(
    str.__add__,
    st.sampled_from("01234567"),
    st.text(ALPHABET, min_size=25, max_size=25),
)
SPELLINGS = ["{}", "video_{}", "task_{}", "sora-2:task_{}", "chatcmpl-{}", "video-{}"]


@given(ULIDS, st.sampled_from(SPELLINGS), st.booleans())
def test_an_id_is_read_in_every_spelling(ulid: str, spelling: str, in_capitals: bool) -> None:
    spelled = spelling.format(ulid.upper() if in_capitals else ulid)
    assert parse_video_id(spelled) == ulid


@pytest.mark.parametrize(
    "spelled",
    [
        f"sora-2-pro-landscape-15s:task_{ID}",
        f"provider:model:task_{ID}",
        f"模型:task_{ID}",
        f"  video_{ID}\n",
    ],
)
def test_an_id_is_read_behind_any_models_name(spelled: str) -> None:
    assert parse_video_id(spelled) == ID


@pytest.mark.parametrize(
    "spelled",
    [
        *("", "video_", "video_123", ID[:-1], f"{ID}0", f"film_{ID}", f"video_video_{ID}"),
        *(f"a/b:task_{ID}", f"../{ID}", f"{ID}.mp4", f"video_{ID} x", f"video__{ID}"),
        "8" + ID[1:],  # more than 128 bits
        ID[:-1] + "u",
        ID[:-1] + "l",
        ID[:-1] + "\N{ARABIC-INDIC DIGIT ONE}",
    ],
)
def test_what_can_be_no_id_is_none(spelled: str) -> None:
    assert parse_video_id(spelled) is None


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = parse_video_id(text)
    assert found is None or found in text.lower()
