"""What a callback tells in the unified format."""

from __future__ import annotations

import msgspec

from matinee.core.webhook import EventType
from matinee.dialects.unified import render_callback
from matinee.dialects.unified.wire import render_task
from tests.samples import a_delivery, a_video

BASE = "https://films.example.org"


def test_a_callback_says_what_a_query_would() -> None:
    asked = msgspec.json.encode(render_task(a_video(), BASE))
    assert render_callback(a_delivery(), a_video(), BASE) == asked


def test_of_a_deleted_video_only_its_end_is_told() -> None:
    delivery = a_delivery(event_type=EventType.VIDEO_FAILED)
    assert msgspec.json.decode(render_callback(delivery, None, BASE)) == {
        "id": f"task_{delivery.video_id}",
        "task_id": f"task_{delivery.video_id}",
        "object": "video",
        "status": "failed",
        "video_url": None,
        "deleted": True,
    }
