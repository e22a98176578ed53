"""How log lines look: one line each, as text for people or as JSON for machines."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

_OWN_FIELDS = frozenset(
    vars(logging.LogRecord("", 0, "", 0, "", None, None)).keys()
    | {"message", "asctime", "color_message", "taskName"}
)

_SPELLINGS = {"video_id": "video_", "delivery_id": "wh_"}
"""How the ids in fields begin for clients, so that what they name is found."""


def set_up_logs(level: str, form: Literal["text", "json"]) -> None:
    """Send every logger's lines of `level` and above to standard error, in that form."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("alembic", "uvicorn.error", "httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


class TextFormatter(logging.Formatter):
    """`2026-11-21 09:12:00 info  attempt completed  video_id=video_01k…`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the traceback under it if there is one."""
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d %H:%M:%S")
        fields = "".join(f"  {name}={_in_line(value)}" for name, value in _fields(record).items())
        line = f"{at} {record.levelname.lower():7} {record.getMessage()}{fields}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _in_line(value: Any) -> str:
    """`value` as part of a line: what others wrote must not look like a line of ours."""
    text = str(value)
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The object, its time in UTC as ISO 8601."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return {
        name: f"{_SPELLINGS[name]}{value}" if name in _SPELLINGS else value
        for name, value in vars(record).items()
        if name not in _OWN_FIELDS
    }
