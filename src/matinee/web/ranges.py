"""Which bytes of a file a request asks for. Source: RFC 9110, sections 13 and 14."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=[ \t]*(\d*)-(\d*)[ \t]*", re.IGNORECASE | re.ASCII)
_MAX_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteRange:
    """The bytes from `start`, `length` of them."""

    start: int
    length: int

    def content_range(self, size_bytes: int) -> bytes:
        """The value of `Content-Range`."""
        return b"bytes %d-%d/%d" % (self.start, self.start + self.length - 1, size_bytes)


class RangeUnsatisfiable(Exception):
    """The range begins behind the file's end."""


def parse_range(header: str | None, size_bytes: int) -> ByteRange | None:
    """The range that `header` names within `size_bytes`; None if the whole file is to be sent.

    A malformed header is passed over, as the RFC says. So are several ranges at once, which a
    server may: players never ask for them, and a multipart answer is what clients get wrong.
    Raises RangeUnsatisfiable.
    """
    spelled = _RANGE.fullmatch(header.strip()) if header else None
    if spelled is None or max(map(len, spelled.groups())) > _MAX_DIGITS:
        return None
    first, last = spelled.groups()
    if not first:
        return _suffix(last, size_bytes)
    start = int(first)
    end = int(last) if last else size_bytes - 1
    if last and end < start:
        return None
    if start >= size_bytes:
        raise RangeUnsatisfiable
    return ByteRange(start=start, length=min(end, size_bytes - 1) - start + 1)


def _suffix(last: str, size_bytes: int) -> ByteRange | None:
    """The range of `bytes=-500`: the last 500 bytes."""
    if not last:
        return None
    length = min(int(last), size_bytes)
    if length == 0:
        raise RangeUnsatisfiable
    return ByteRange(start=size_bytes - length, length=length)


def is_unchanged(if_none_match: str | None, etag: str) -> bool:
    """Whether the client holds the file with that entity tag already."""
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    held = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return etag in held


def may_resume(if_range: str | None, etag: str) -> bool:
    """Whether a range continues what the client has: its `If-Range` is absent or this very tag.

    A date never matches: no `Last-Modified` is given out.
    """
    return if_range is None or if_range.strip() == etag
