"""What a disk refuses while films and pictures are written, as errors of ours."""

from __future__ import annotations

import errno

from matinee.core.errors import ServiceUnavailable, StorageFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_OUT_OF_ORDER = frozenset({errno.EIO, errno.EROFS})


def disk_trouble(
    number: int | None, strerror: str | None
) -> StorageFull | ServiceUnavailable | None:
    """The error for a file that could not be written for the reason `number`.

    None if that says nothing of the disk.
    """
    if number in _FULL:
        return StorageFull("The disk has no room for the film.")
    if number in _OUT_OF_ORDER:
        return ServiceUnavailable(f"The film can't be written for now: {strerror}.")
    return None
