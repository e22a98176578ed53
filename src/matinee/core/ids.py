"""Ids: one ULID each, spelled differently by each dialect.

A video is `video_…` in the OpenAI format, `task_…` in the chat format and `<model>:task_…` in the
unified format. Every route reads every spelling.
"""

from __future__ import annotations

import re
from typing import NewType

VideoId = NewType("VideoId", str)
AccountId = NewType("AccountId", str)
KeyId = NewType("KeyId", str)

_ULID = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}")
_SPELLED = re.compile(r"(?:[^/\s]{1,200}:)?(?:(?:video|task|chatcmpl)[_-])?([0-9A-Za-z]{26})")


def parse_video_id(text: str) -> VideoId | None:
    """Read a video's id in any spelling; None if `text` can't be one."""
    spelled = _SPELLED.fullmatch(text.strip())
    if spelled is None:
        return None
    ulid = spelled.group(1).lower()
    return VideoId(ulid) if _ULID.fullmatch(ulid) else None
