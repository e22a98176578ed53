"""What the replies of the two JSON formats say at each state; whole ones stand in golden files."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec

from matinee.core.asset import AssetVariant
from matinee.core.job import Failure, JobState
from matinee.core.video import Video
from matinee.dialects.openai_videos.wire import render_video
from matinee.dialects.unified.wire import render_task
from tests.samples import NOW, a_video, an_asset

BASE = "https://v.example.org"
ID = "01kv0000000000000000000001"
FILM = f"{BASE}/f/token-1/task_{ID}.mp4"
THUMBNAIL = f"{BASE}/f/token-1/task_{ID}.webp"
PROMPT = "A calico cat plays the piano on a small stage."


def completed() -> Video:
    video = a_video(
        state=JobState.COMPLETED,
        progress=100,
        started_at=NOW,
        finished_at=NOW + timedelta(seconds=79),
    )
    return replace(
        video,
        expires_at=NOW + timedelta(seconds=3679),
        assets=(an_asset(), an_asset(AssetVariant.THUMBNAIL)),
    )


def failed() -> Video:
    failure = Failure(code="moderation_blocked", message="The prompt was refused.")
    return a_video(state=JobState.FAILED, progress=36, finished_at=NOW, failure=failure)


def as_json(value: object) -> object:
    return msgspec.json.decode(msgspec.json.encode(value))


def test_a_completed_video_has_its_links() -> None:
    rendered = as_json(render_video(completed(), BASE))
    assert isinstance(rendered, dict)
    assert rendered["status"] == "completed"
    assert rendered["progress"] == 100
    assert (rendered["completed_at"], rendered["expires_at"]) == (1795253479, 1795257079)
    assert (rendered["video_url"], rendered["url"]) == (FILM, FILM)
    assert rendered["thumbnail_url"] == THUMBNAIL


def test_a_failed_video_has_its_error() -> None:
    rendered = as_json(render_video(failed(), BASE))
    assert isinstance(rendered, dict)
    assert rendered["error"] == {"code": "moderation_blocked", "message": "The prompt was refused."}


def test_a_task_under_way_tells_how_far_it_is() -> None:
    video = a_video(state=JobState.IN_PROGRESS, progress=36, started_at=NOW)
    rendered = as_json(render_task(video, BASE))
    assert isinstance(rendered, dict)
    assert (rendered["status"], rendered["progress"]) == ("processing", 36)
    assert rendered["status_update_time"] == 1795253400123
    assert rendered["detail"]["pending_info"] == {"progress_pct": 0.36}


def test_a_completed_task_has_its_links_and_no_trace_of_an_error() -> None:
    rendered = as_json(render_task(completed(), BASE))
    assert isinstance(rendered, dict)
    assert rendered["status"] == "completed"
    assert (rendered["video_url"], rendered["url"]) == (FILM, FILM)
    assert rendered["detail"]["url"] == FILM
    assert "pending_info" not in rendered["detail"]
    assert rendered["thumbnail_url"] == THUMBNAIL
    assert not {"error", "error_message", "fail_reason"} & rendered.keys()


def test_a_failed_task_says_why_wherever_clients_look() -> None:
    rendered = as_json(render_task(failed(), BASE))
    assert isinstance(rendered, dict)
    message = "The prompt was refused."
    assert rendered["status"] == "failed"
    assert rendered["error"] == {"message": message, "code": "moderation_blocked"}
    assert (rendered["error_message"], rendered["fail_reason"]) == (message, message)
    assert rendered["detail"]["pending_info"]["failure_reason"] == message


def test_a_model_s_name_never_breaks_the_id() -> None:
    video = a_video()
    named = replace(video, spec=replace(video.spec, model="sora-2-a/b c"))
    assert render_task(named, BASE).id == f"sora-2-a-b-c:task_{ID}"
