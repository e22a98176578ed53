"""Films that a text tells of: our ids and links in what people paste and assistants said before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matinee.core.errors import InvalidRequest
from matinee.core.ids import VideoId, parse_video_id

_ID = re.compile(
    r"(?<![0-9A-Za-z_])(?:task|video|chatcmpl)[_-][0-7][0-9a-hjkmnp-tv-z]{25}(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"(?<![0-9A-Za-z])(?:s_[0-9a-f]{32}|gen_[0-9a-z]{16,}|video_[0-9a-f]{32,64})(?![0-9A-Za-z])"
    r"|https?://sora\.chatgpt\.com/\S{1,200}",
    re.IGNORECASE,
)
"""What Sora itself called its films. Source: relay-dialects, remix by pasted id or link."""

_STOPS = frozenset(" \t\r\n\"'`<>()[]，。、！？（）【】")
"""Where an address in running text ends."""

_MAX_ADDRESS_CHARACTERS = 2000
_PAIRS = {"`": "`", "<": ">", "(": ")", "[": "]", '"': '"', "'": "'"}
_LABEL = re.compile(r"!?\[[^\]\n]{0,80}\]$")
_CAPTION = re.compile(r">?[ \t]*\bID[ \t]*[:：][ \t]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """A film and where the text tells of it, with all the marks around its id or link."""

    video_id: VideoId
    start: int
    end: int


def find_mentions(text: str) -> list[Mention]:
    """Every film that `text` tells of, in order.

    By an id such as `task_…`, also with a model before it, or by a link that holds one: bare, in
    backticks, or as a link in Markdown.
    """
    mentions: list[Mention] = []
    behind = 0
    for spelled in _ID.finditer(text):
        if spelled.start() < behind:
            continue
        video_id = parse_video_id(spelled.group().lower())
        if video_id is not None:
            start, end = _around(text, *_address(text, spelled.start(), spelled.end(), behind))
            mentions.append(Mention(video_id, start, end))
            behind = end
    return mentions


def take_mentions(text: str) -> tuple[str, list[VideoId]]:
    """`text` without the films that it tells of, and these, each once."""
    kept, behind = [], 0
    video_ids: dict[VideoId, None] = {}
    for mention in find_mentions(text):
        kept.append(text[behind : mention.start])
        behind = mention.end
        video_ids[mention.video_id] = None
    if not video_ids:
        return text, []
    kept.append(text[behind:])
    lines = " ".join(kept).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines).strip(), list(video_ids)


def refuse_foreign(text: str, param: str) -> None:
    """Raise InvalidRequest if `text` names a film of Sora's own service: it is not here."""
    found = _FOREIGN.search(text)
    if found is not None:
        raise InvalidRequest(
            f"'{found.group()[:60]}' is a film of another service, which this server does not "
            "have. Name one made here, by its 'task_…' id or its link, or send the film itself "
            "as a 'video_url' part.",
            param=param,
        )


def _address(text: str, start: int, end: int, behind: int) -> tuple[int, int]:
    """The whole of a link, or of an id with its model, that has an id from `start` to `end`.

    It begins `behind` the mention before, so that nothing is read again for each of many ids.
    """
    first = start
    while first > max(behind, start - _MAX_ADDRESS_CHARACTERS) and text[first - 1] not in _STOPS:
        first -= 1
    link = re.search(r"https?://", text[first:start], re.IGNORECASE)
    if link is None:
        model = re.search(r"[A-Za-z][A-Za-z0-9._-]{0,60}:$", text[first:start])
        return (first + model.start() if model else start), end
    while end < min(len(text), start + _MAX_ADDRESS_CHARACTERS) and text[end] not in _STOPS:
        end += 1
    return first + link.start(), end - (text[end - 1] in ".,;:!?")


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """The same with the brackets, the label of a link, and the caption of an id line."""
    if start > 0 and end < len(text) and _PAIRS.get(text[start - 1]) == text[end]:
        start, end = start - 1, end + 1
        label = _LABEL.search(text, max(0, start - 90), start) if text[start] == "(" else None
        start = label.start() if label else start
    caption = _CAPTION.search(text, max(0, start - 20), start)
    return (caption.start() if caption else start), end
