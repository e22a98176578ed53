"""Files written into a request's text."""

from __future__ import annotations

from base64 import b64encode, encodebytes

import pytest

from matinee.core.errors import MediaInvalid, TooLarge
from matinee.net.data_uri import decode_base64, decode_data_uri

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
ENCODED = b64encode(PNG).decode()


@pytest.mark.parametrize(
    ("header", "claimed"),
    [
        ("data:image/png;base64,", "image/png"),
        ("DATA:Image/PNG;BASE64,", "image/png"),
        ("data:image/svg+xml;charset=utf-8;base64,", "image/svg+xml"),
        ("data:image/png;name=cat.png;base64,", "image/png"),
        ("data:;base64,", "application/octet-stream"),
    ],
)
def test_a_data_uri_holds_a_file_and_its_claimed_type(header: str, claimed: str) -> None:
    fetched = decode_data_uri(header + ENCODED, 1000)
    assert (fetched.data, fetched.content_type) == (PNG, claimed)


@pytest.mark.parametrize(
    "text",
    [
        "", "data:", "data:,", "data:image/png", f"data:image/png,{ENCODED}",
        "data:image/png;base64",
        f"data:image/png;base64;{ENCODED}", f"data:image/png;base64 ,{ENCODED}",
        f"data:a;base64,{ENCODED}",
        f" data:image/png;base64,{ENCODED}", f"data:image/png;;base64,{ENCODED}",
        f"data:/;base64,{ENCODED}",
        f"data:image/png;base64,data:image/png;base64,{ENCODED}", f"data:image/ï;base64,{ENCODED}",
        f"data:image/png;{'a=b;' * 500}base64,{ENCODED}", "data:image/svg+xml,%3Csvg/%3E",
        f"data:image/png\n;base64,{ENCODED}", f"data:image/png;base64%2C{ENCODED}",
    ],
)  # fmt: skip
def test_a_data_uri_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(MediaInvalid) as refused:
        decode_data_uri(text, 1000, param="input_reference")
    assert refused.value.param == "input_reference"


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "A", "AA", "AAA", "AAAAA", "AA=", "AA==A", "AAAA=", "====", "=AAA",
        "AA==AA==", "A A A A",
        "AAA-", "AAA_", "AAA%3D", "AAAA AAAA", "ÄAAA", "AAA\x00", "AAA\t", "ＡＡＡＡ", "cat",
        "%%%%", "AAAA;",
    ],
)  # fmt: skip
def test_base64_with_a_flaw_is_refused(text: str) -> None:
    with pytest.raises(MediaInvalid) as refused:
        decode_base64(text, 1000, param="image")
    assert refused.value.param == "image"


@pytest.mark.parametrize("text", [ENCODED, encodebytes(PNG).decode(), ENCODED + "\r\n"])
def test_base64_may_stand_in_lines(text: str) -> None:
    assert decode_base64(text, 1000).data == PNG


@pytest.mark.parametrize("size_bytes", range(1, 8))
def test_a_file_of_exactly_the_limit_is_taken_and_one_more_byte_is_not(size_bytes: int) -> None:
    encoded = b64encode(bytes(size_bytes)).decode()
    assert len(decode_base64(encoded, size_bytes).data) == size_bytes
    with pytest.raises(TooLarge, match="MiB"):
        decode_base64(encoded, size_bytes - 1)


def test_a_text_too_long_to_fit_is_not_decoded_at_all() -> None:
    with pytest.raises(TooLarge):
        decode_base64("!" * 1000, 700)
