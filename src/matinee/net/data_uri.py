"""Files written into a request's text: data URIs and bare base64."""

from __future__ import annotations

import binascii
import re

from matinee.core.errors import MediaInvalid
from matinee.net.fetched import UNKNOWN_TYPE, Fetched, too_large

# Source: RFC 2397, with the tokens of RFC 2045; its percent-encoded form is not for images.
_WORD = r"[0-9a-z!#$&^_.+-]{1,64}"
_HEADER = re.compile(
    rf"data:(?P<type>{_WORD}/{_WORD})?(?:;{_WORD}={_WORD}){{0,4}};base64",
    re.IGNORECASE | re.ASCII,
)
_BROKEN = "The base64 is empty or broken: only A-Z, a-z, 0-9, + and /, padded with = at the end."
_MAX_HEADER_CHARACTERS = 1024


def decode_data_uri(text: str, limit_bytes: int, *, param: str | None = None) -> Fetched:
    """The file in a URI such as `data:image/png;base64,iVBORw0KGgo=`.

    Raises MediaInvalid if it is written otherwise, TooLarge if it holds more than `limit_bytes`.
    """
    comma = text.find(",", 0, _MAX_HEADER_CHARACTERS)
    header = _HEADER.fullmatch(text, 0, max(comma, 0))
    if header is None:
        raise MediaInvalid(
            "A data URI must begin as data:image/png;base64, does, with the image's own type.",
            param=param,
        )
    data = _decode(text[comma + 1 :], limit_bytes, param)
    return Fetched(data=data, content_type=(header["type"] or UNKNOWN_TYPE).lower())


def decode_base64(text: str, limit_bytes: int, *, param: str | None = None) -> Fetched:
    """The file in bare base64. Raises as `decode_data_uri` does."""
    return Fetched(data=_decode(text, limit_bytes, param), content_type=UNKNOWN_TYPE)


def _decode(text: str, limit_bytes: int, param: str | None) -> bytes:
    # Tools wrap base64 into lines. A blank stays an error: it is what a form makes of a plus.
    encoded = text.replace("\r", "").replace("\n", "")
    # Four characters hold three bytes, the last four up to two fewer.
    if len(encoded) // 4 * 3 - 2 > limit_bytes:
        raise too_large(limit_bytes, param)
    # Strict mode forgives a = too many, and says yes to nothing at all.
    if not encoded or len(encoded) % 4:
        raise MediaInvalid(_BROKEN, param=param)
    try:
        data = binascii.a2b_base64(encoded, strict_mode=True)
    except ValueError as error:
        raise MediaInvalid(_BROKEN, param=param) from error
    if len(data) > limit_bytes:
        raise too_large(limit_bytes, param)
    return data
