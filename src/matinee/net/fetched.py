"""A file that a request names or brings along in its text."""

from __future__ import annotations

from dataclasses import dataclass

from matinee.core.errors import TooLarge

UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The bytes as they came, and the type that was claimed for them, which may be a lie."""

    data: bytes
    content_type: str
    """In lower case, without parameters; UNKNOWN_TYPE if none was claimed."""


def too_large(limit_bytes: int, param: str | None) -> TooLarge:
    """The error for a file of more than `limit_bytes`."""
    return TooLarge(f"The file is larger than {limit_bytes / 2**20:.3g} MiB.", param=param)
