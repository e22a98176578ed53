"""What relays tell of a film, in every spelling that occurs: status, progress, link, failure.

Source: relay-dialects 2.4, 2.5 and 2.8, and 3.3 for the extras of `/v1/videos`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matinee.core.errors import (
    EngineError,
    EngineUnavailable,
    MatineeError,
    ModerationBlocked,
    OutOfMemory,
)
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.net.wire import Call, Failed, Outcome, Ready, Reply, Standing, Unknown, Waiting

_QUEUED = frozenset({"pending", "queued", "submitted", "not_start", "not_started", "created"})
_DONE = frozenset({"completed", "complete", "success", "succeeded", "succeed", "finished", "done"})
_FAILED = frozenset(
    {
        *("failed", "failure", "fail", "error", "cancelled", "canceled", "expired", "rejected"),
        *("timeout", "deleted", "video_generation_failed", "video_upsampling_failed"),
    }
)
_LINKS: Sequence[tuple[str, ...]] = (
    ("video_url",),
    ("video", "url"),
    ("url",),
    ("result_url",),
    ("output_url",),
    ("detail", "url"),
    ("detail", "video_url"),
    ("metadata", "url"),
    ("output", "video_url"),
    ("result", "video_url"),
    ("output", "url"),
    ("result", "url"),
    ("data", "0", "url"),
    ("data", "output"),
    ("data", "video_url"),
    ("data", "url"),
    ("task_result", "videos", "0", "url"),
    ("videos", "0", "url"),
    ("output",),
    ("upsample_video_url",),
)
"""Where the film's link may stand, in order of popularity."""

_REASONS: Sequence[tuple[str, ...]] = (
    ("error", "message"),
    ("error",),
    ("error_message",),
    ("fail_reason",),
    ("failure_reason",),
    ("detail", "error", "message"),
    ("detail", "error"),
    ("detail", "pending_info", "failure_reason"),
    ("detail", "failure_reason"),
    ("message",),
    ("detail",),
    ("detail", "0", "msg"),
    ("title",),
)
_CODES: Sequence[tuple[str, ...]] = (
    ("error", "code"),
    ("error", "type"),
    ("detail", "pending_info", "moderation_result", "code"),
    ("moderation_result", "code"),
    ("detail", "0", "type"),
    ("error_type",),
    ("code",),
)
_PROGRESS: Sequence[tuple[str, ...]] = (
    ("progress",),
    ("progress_pct",),
    ("detail", "progress"),
)
_SHARE = ("detail", "pending_info", "progress_pct")
"""A share of 1 rather than a percentage, whatever its size."""

_MODERATION = re.compile(
    r"moderation|content[ _-]?(?:policy|filter)|safety|guardrail|third[ _-]party similarity"
    r"|violat|sensitive|违规|审核|敏感|不合规",
    re.IGNORECASE,
)
_MEMORY = re.compile(r"out of memory|\bOOM\b", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(\d{1,3})(?:\.\d+)?\s*%?\s*")
_MOST_OF_A_REASON, _MOST_READ = 300, 1000
_UNAVAILABLE = frozenset({429, 502, 503, 504, 529})
_SHAPES = {
    "16:9": 16 / 9,
    "9:16": 9 / 16,
    "1:1": 1.0,
    "4:3": 4 / 3,
    "3:4": 3 / 4,
    "3:2": 3 / 2,
    "2:3": 2 / 3,
    "21:9": 21 / 9,
    "9:21": 9 / 21,
}
USUAL = Capabilities(
    sizes=(Size(720, 1280), Size(1280, 720)),
    min_seconds=4,
    max_seconds=15,
    has_sound=True,
    pace=15.0,
)
"""What relays make under names such as `sora-2`, unless the settings say otherwise."""

_NOT_LET_IN = frozenset({401, 402, 403})
_NO_REASON = "The upstream failed and did not say why."


def read_relay(reply: Reply) -> Standing:
    """How the work stands by the reply to a create or a query.

    Raises EngineError for a reply that tells nothing of a film.
    """
    body = _unwrapped(reply.body)
    status = _status(body)
    if reply.status in (404, 410) and status is None:
        return Standing(outcome=Unknown())
    if not reply.is_good and status is None:
        return Standing(outcome=Failed(error=refusal(reply.body, reply.status)))
    upstream_id = _upstream_id(body)
    if status is None and upstream_id is None:
        raise EngineError("The upstream's answer tells of no film.")
    return Standing(outcome=_outcome(body, status or "pending"), upstream_id=upstream_id)


def refusal(body: Any, status: int) -> MatineeError:
    """Why an upstream took nothing, by its reply's body and status."""
    if status in _UNAVAILABLE:
        return EngineUnavailable(f"The upstream is busy: {reason_of(body, f'status {status}')}")
    if status in _NOT_LET_IN:
        # Its words may repeat a part of the key.
        return EngineError(f"The upstream refuses this server's key or account ({status}).")
    return failure(reason_of(body, f"It answered {status}."), code_of(body))


def failure(reason: str, code: str = "") -> MatineeError:
    """What an upstream's words for a failure mean."""
    if _MODERATION.search(code) or _MODERATION.search(reason):
        return ModerationBlocked(reason)
    if _MEMORY.search(reason):
        return OutOfMemory(reason)
    if code in ("429", "rate_limit_exceeded", "queue_full", "insufficient_quota"):
        return EngineUnavailable(reason)
    return EngineError(reason)


def reason_of(body: Any, otherwise: str) -> str:
    """The failure's text, wherever it stands; `otherwise` if there is none."""
    texts = (text for path in _REASONS if isinstance(text := _at(body, path), str) and text.strip())
    text = next(texts, otherwise).strip()
    field = _at(body, ("detail", "0", "loc"))
    if isinstance(field, list) and field:
        text = f"{text} ({'.'.join(map(str, field))})"
    # Whoever reads it may do so in a terminal or a log, where a line is a line.
    line = " ".join(
        "".join(each if each.isprintable() else " " for each in text[:_MOST_READ]).split()
    )
    return line if len(line) <= _MOST_OF_A_REASON else line[:_MOST_OF_A_REASON] + "…"


def code_of(body: Any) -> str:
    """The failure's code, wherever it stands; empty if there is none."""
    codes = (_at(body, path) for path in _CODES)
    return next((str(code) for code in codes if isinstance(code, str | int) and code), "")


def shape_of(size: Size) -> str:
    """The nearest usual aspect ratio, such as `16:9`."""
    wanted = size.width_px / size.height_px
    return min(_SHAPES, key=lambda shape: abs(_SHAPES[shape] / wanted - 1))


def percent_of(value: Any) -> int | None:
    """A percentage from 36, 36.4, "36%" or "36.0%"; None if `value` is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if 0 <= value <= 100 else None
    spelled = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    return min(int(spelled.group(1)), 100) if spelled else None


def _unwrapped(body: Any) -> Any:
    """The task in new-api's wrapping, `{"code": "success", "data": {…}}`, or `body` itself."""
    if not isinstance(body, Mapping):
        return body
    inner = body.get("data")
    if isinstance(inner, Mapping) and "status" not in body and ("status" in inner or _id_in(inner)):
        return inner
    return body


def _outcome(body: Any, status: str) -> Outcome:
    link = link_of(body)
    if status in _DONE and link is not None:
        return Ready(call=Call.link(link))
    if status in _DONE:
        # Some say so a moment before the link is there; the loop's own patience ends it.
        return Waiting()
    if status in _FAILED:
        return Failed(error=failure(reason_of(body, _NO_REASON), code_of(body)))
    if status in _QUEUED:
        return Waiting(is_queued=True, progress=_progress(body))
    # The rest is work under way: the words that end in `_completed` too, as an upsampling follows,
    # and a word that nobody knows is no reason to give up what was paid for.
    return Waiting(progress=_progress(body))


def _status(body: Any) -> str | None:
    for path in (("status",), ("task_status",), ("state",), ("detail", "status")):
        word = _at(body, path)
        if isinstance(word, str) and word.strip():
            return word.strip().lower()
    return None


def _upstream_id(body: Any) -> str | None:
    return _id_in(body) if isinstance(body, Mapping) else None


def _id_in(body: Mapping[Any, Any]) -> str | None:
    for name in ("id", "task_id", "video_id", "request_id"):
        value = body.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value.strip():
            return value.strip()
    inner = body.get("data")
    return inner if isinstance(inner, str) and inner.strip() else None


def link_of(body: Any) -> str | None:
    """The film's link, wherever it stands."""
    return next(_links(body), None)


def _links(body: Any) -> Iterator[str]:
    for path in _LINKS:
        value = _at(body, path)
        if isinstance(value, str) and value.startswith(("http://", "https://", "/")):
            yield value


def _progress(body: Any) -> int | None:
    share = _at(body, _SHARE)
    percents = [percent_of(_at(body, path)) for path in _PROGRESS]
    if isinstance(share, int | float) and not isinstance(share, bool) and 0 <= share <= 1:
        percents.append(int(100 * share))
    return max((each for each in percents if each is not None), default=None)


def _at(body: Any, path: tuple[str, ...]) -> Any:
    """What stands at `path`, whose numbers count in lists; None if it leads nowhere."""
    for step in path:
        if isinstance(body, Mapping):
            body = body.get(step)
        elif isinstance(body, list) and step.isdecimal() and int(step) < len(body):
            body = body[int(step)]
        else:
            return None
    return body
