"""What the text of a chat tells of a film: its id, its progress, its link, or why there is none.

Source: relay-dialects 1.2 and 1.3: three families of servers, and what their clients search for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_FENCE = re.compile(r"```(?!html)[^`]*?(?:```|\Z)", re.IGNORECASE)
"""An echo of the request, up to its end or so far: it may hold any word and any link."""

_ID = re.compile(
    r"\bID\s*[:：]\s*`([0-9A-Za-z][0-9A-Za-z:_.-]{7,99})`|\b(task_[0-9A-Za-z]{8,64})\b"
)
_PERCENT = re.compile(r"(?<!\d)(?<!\d\.)(\d{1,3})(?:\.\d+)?\s*(?:%|\.\.)")
_WORKING = re.compile(r"生成中|Generating|进度|Progress", re.IGNORECASE)
_QUEUED = re.compile(r"排队|队列|Queued", re.IGNORECASE)
_FAILURE = re.compile(r"❌|失败|错误|under heavy load|\berror\b|\bfailed\b", re.IGNORECASE)

# Every repetition has an end: without one, a text made for it takes hours to search, and the whole
# server waits.
_URL = r"https?://[^\s)\"'<>\]`]{1,2048}"
_SOURCE = r"[^<>]{0,1000}?\bsrc\s{0,9}=\s{0,9}[\"']"
_WORDS = r"[^\[\]]{0,100}?"
_LABEL = r"(?:点击这里|在线播放|下载|click here|watch|download|play)"
_LINKS: Sequence[re.Pattern[str]] = (
    re.compile(rf"<video{_SOURCE}({_URL})[\"']", re.IGNORECASE),
    re.compile(rf"<video[^<>]{{0,1000}}>\s{{0,99}}({_URL})\s{{0,99}}<", re.IGNORECASE),
    re.compile(rf"<source{_SOURCE}({_URL})[\"']", re.IGNORECASE),
    re.compile(rf"(?<!!)\[{_WORDS}{_LABEL}{_WORDS}\]\(\s{{0,9}}({_URL})\s{{0,9}}\)", re.IGNORECASE),
)
"""Where the film's link may stand, the surest first. Images and other pages are none of these."""

_BARE_LINK = re.compile(_URL)
_FILM_NAMES = (".mp4", ".webm", ".mov")
_MARKS = " \t\r>*_#🏃❌"
_MOST_OF_A_REASON = 300


def without_echo(text: str) -> str:
    """`text` without the blocks of code in which servers repeat what they were asked."""
    return _FENCE.sub("", text)


def id_in(text: str) -> str | None:
    """The id by which the film can be asked for."""
    found = _ID.search(text)
    return next(group for group in found.groups() if group) if found else None


def percent_in(text: str) -> int | None:
    """The highest percentage that was told, at most 99."""
    told = [min(int(each), 99) for each in _PERCENT.findall(text) if int(each) <= 100]
    return max(told, default=None)


def is_queued_in(text: str) -> bool:
    """Whether the film was said to wait, and not yet to be in work."""
    return bool(_QUEUED.search(text)) and not _WORKING.search(text)


def link_in(text: str) -> str | None:
    """The film's link."""
    for pattern in _LINKS:
        found = pattern.findall(text)
        if found:
            return str(found[-1])
    bare = [link for link in _BARE_LINK.findall(text) if _names_a_film(link)]
    return bare[-1] if bare else None


def failure_in(text: str) -> str | None:
    """The line that tells of a failure, without the marks around it."""
    failed = [line for line in text.splitlines() if _FAILURE.search(line)]
    return failed[-1].strip(_MARKS)[:_MOST_OF_A_REASON] if failed else None


def _names_a_film(link: str) -> bool:
    return link.partition("?")[0].endswith(_FILM_NAMES)
