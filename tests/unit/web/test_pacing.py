"""When clients are told to ask again."""

from __future__ import annotations

import pytest

from matinee.services.videos import Outlook
from matinee.web.pacing import poll_after


@pytest.mark.parametrize(
    ("remaining_s", "told_ms"),
    [(0, 1000), (5, 1000), (33.333, 3333), (60, 6000), (3600, 10_000)],
)
def test_they_ask_about_ten_times_in_the_time_that_is_left(
    remaining_s: float, told_ms: int
) -> None:
    name, value = poll_after(Outlook(ahead=0, remaining_s=remaining_s))
    assert name == b"openai-poll-after-ms"
    assert value.decode() == str(told_ms)
