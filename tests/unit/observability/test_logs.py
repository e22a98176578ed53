"""How log lines look."""

from __future__ import annotations

import json
import logging
import sys

from matinee.observability.logs import JsonFormatter, TextFormatter


def a_record(*, error: BaseException | None = None) -> logging.LogRecord:
    caught = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(
        "matinee.worker", logging.WARNING, "f.py", 1, "attempt failed", None, caught
    )
    record.video_id = "01k"
    return record


def test_a_text_line_has_time_level_message_and_fields() -> None:
    line = TextFormatter().format(a_record())
    assert line.endswith("warning attempt failed  video_id=video_01k")


def test_a_json_line_has_every_field() -> None:
    line = json.loads(JsonFormatter().format(a_record()))
    assert (line["level"], line["message"], line["video_id"]) == (
        "warning",
        "attempt failed",
        "video_01k",
    )


def test_a_traceback_stays_within_one_json_line() -> None:
    try:
        sys.intern(1)  # type: ignore[call-overload]  # raises on purpose
    except TypeError as error:
        line = JsonFormatter().format(a_record(error=error))
    assert "\n" not in line
    assert "TypeError" in json.loads(line)["traceback"]


def test_what_others_wrote_can_not_look_like_a_line_of_ours() -> None:
    record = a_record()
    record.why = "no\n2026-11-21 09:12:00 error   the disk is full\x1b[2J, schön"
    line = TextFormatter().format(record)
    assert "\n" not in line
    assert line.endswith("why=no\\n2026-11-21 09:12:00 error   the disk is full\\x1b[2J, schön")
