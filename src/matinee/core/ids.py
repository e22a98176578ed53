"""Ids: one ULID each, spelled differently by each dialect.

A video is `video_…` in the OpenAI format, `task_…` in the chat format and `<model>:task_…` in the
unified format. Every route reads every spelling. A character is `char_…`, a file `file-…`, a
webhook endpoint `we_…` and a delivery to one `wh_…`.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import NewType

VideoId = NewType("VideoId", str)
AccountId = NewType("AccountId", str)
KeyId = NewType("KeyId", str)
CharacterId = NewType("CharacterId", str)
FileId = NewType("FileId", str)
EndpointId = NewType("EndpointId", str)
DeliveryId = NewType("DeliveryId", str)

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_DIGITS, _RANDOM_DIGITS = 10, 16
_ULID = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}")
_SPELLED = re.compile(r"(?:[^/\s]{1,200}:)?(?:(?:video|task|chatcmpl)[_-])?([0-9A-Za-z]{26})")


def parse_character_id(text: str) -> CharacterId | None:
    """Read a character's id, spelled `char_…`; None if `text` can't be one."""
    ulid = _ulid_behind(text, ("char_", "ch_", "character_"))
    return CharacterId(ulid) if ulid else None


def parse_file_id(text: str) -> FileId | None:
    """Read a stored file's id, spelled `file-…`; None if `text` can't be one."""
    ulid = _ulid_behind(text, ("file-", "file_"))
    return FileId(ulid) if ulid else None


def parse_endpoint_id(text: str) -> EndpointId | None:
    """Read a webhook endpoint's id, spelled `we_…`; None if `text` can't be one."""
    ulid = _ulid_behind(text, ("we_",))
    return EndpointId(ulid) if ulid else None


def spell_endpoint_id(endpoint_id: EndpointId) -> str:
    """A webhook endpoint's id as everyone outside sees it."""
    return f"we_{endpoint_id}"


def parse_delivery_id(text: str) -> DeliveryId | None:
    """Read a delivery's id, spelled `wh_…`; None if `text` can't be one."""
    ulid = _ulid_behind(text, ("wh_",))
    return DeliveryId(ulid) if ulid else None


def spell_delivery_id(delivery_id: DeliveryId) -> str:
    """A delivery's id as everyone outside sees it."""
    return f"wh_{delivery_id}"


def _ulid_behind(text: str, prefixes: tuple[str, ...]) -> str | None:
    spelled = text.strip()
    for prefix in prefixes:
        ulid = spelled.removeprefix(prefix).lower()
        if ulid != spelled and _ULID.fullmatch(ulid):
            return ulid
    return None


def parse_video_id(text: str) -> VideoId | None:
    """Read a video's id in any spelling; None if `text` can't be one."""
    spelled = _SPELLED.fullmatch(text.strip())
    if spelled is None:
        return None
    ulid = spelled.group(1).lower()
    return VideoId(ulid) if _ULID.fullmatch(ulid) else None


def first_video_id(moment: datetime) -> VideoId:
    """The smallest id that a video created at `moment` may have, in whole milliseconds."""
    left, digits = int(moment.timestamp() * 1000), ""
    for _ in range(_TIME_DIGITS):
        left, digit = divmod(left, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return VideoId(digits + _DIGITS[0] * _RANDOM_DIGITS)
