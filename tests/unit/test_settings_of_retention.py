"""Settings of how long what is kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from matinee.core.errors import SettingsInvalid
from matinee.settings import Settings, load_settings

NOWHERE = Path("/nowhere")


def test_films_stay_until_they_are_deleted_unless_it_is_said() -> None:
    assert Settings().retention is None
    assert Settings(retention_hours=24).retention == timedelta(days=1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"retention_hours": 0}, "'retention_hours' must be at least 1"),
        ({"keep_videos_days": 7}, "needs 'retention_hours'"),
        ({"keep_videos_days": 1, "retention_hours": 25}, "that not longer"),
        ({"keep_events_days": 0}, "'keep_events_days' must be at least 1"),
        ({"max_unfinished_hours": 0}, "'max_unfinished_hours' must be at least 1"),
        ({"engine_silence_s": 0}, "'engine_silence_s' must be at least 1"),
        ({"disk_reserve_mb": -1}, "'disk_reserve_mb' must be at least 0"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsInvalid, match=said):
        load_settings(NOWHERE, given)


def test_a_video_may_be_forgotten_as_soon_as_its_files_are_gone() -> None:
    settings = load_settings(NOWHERE, {"keep_videos_days": 1, "retention_hours": 24})
    assert settings.keep_videos_days == 1
