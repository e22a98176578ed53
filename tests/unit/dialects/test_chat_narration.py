"""What is said of a film, and when."""

from __future__ import annotations

import pytest

from matinee.core.job import Failure, JobState
from matinee.dialects.chat.narration import (
    GENERATING_LINE,
    QUEUED_LINE,
    Narrator,
    Pace,
    Word,
    failure_line,
    progress_line,
    result_text,
)
from tests.samples import a_video

PACE = Pace(progress_every_s=2.0, silence_s=20.0)
WAITING = a_video()
URL = "https://v.example.org/f/3q9Zt0c1/task_01k.mp4"


def running(percent: int = 0) -> list[Word]:
    return [Word(progress_line(percent), is_remark=True)]


def look(narrator: Narrator, percent: int, now_s: float) -> list[Word]:
    return narrator.look(a_video(state=JobState.IN_PROGRESS, progress=percent), now_s)


def test_each_state_is_told_once() -> None:
    narrator = Narrator(PACE, 0.0)
    assert narrator.look(WAITING, 0.0) == [Word(QUEUED_LINE, is_remark=True)]
    assert narrator.look(WAITING, 1.0) == []
    assert look(narrator, 0, 2.0) == [Word(GENERATING_LINE, is_remark=True)]
    assert look(narrator, 0, 3.0) == []


def test_a_film_that_waits_again_is_not_said_to() -> None:
    narrator = Narrator(PACE, 0.0)
    look(narrator, 0, 0.0)
    assert narrator.look(WAITING, 1.0) == []


def test_progress_is_told_at_once_and_then_every_two_seconds() -> None:
    narrator = Narrator(PACE, 0.0)
    assert look(narrator, 3, 0.0)[1:] == running(3)
    assert look(narrator, 4, 1.9) == []
    assert narrator.patience_s(1.9) == pytest.approx(0.1)
    assert look(narrator, 9, 2.0) == running(9)
    assert look(narrator, 9, 5.0) == []


def test_progress_never_falls_and_is_never_100_before_the_end() -> None:
    narrator = Narrator(PACE, 0.0)
    look(narrator, 40, 0.0)
    assert look(narrator, 30, 10.0) == []
    assert look(narrator, 100, 20.0) == running(99)


def test_silence_is_broken_by_an_empty_word() -> None:
    narrator = Narrator(PACE, 0.0)
    narrator.look(WAITING, 0.0)
    assert narrator.patience_s(5.0) == 15.0
    assert narrator.look(WAITING, 19.9) == []
    assert narrator.look(WAITING, 20.0) == [Word("")]
    assert narrator.patience_s(20.0) == 20.0


def test_the_result_is_a_line_and_a_block_between_empty_lines() -> None:
    assert result_text(URL, video_tag=True) == (
        f"> 生成完成 ✅ 视频生成成功，[点击这里]({URL}) 查看视频 · Video ready\n\n"
        f'<div><video src="{URL}" controls>{URL}</video></div>\n\n'
    )


def test_the_block_can_be_left_out() -> None:
    assert "<video" not in result_text(URL, video_tag=False)


def test_a_failure_says_why_and_its_code() -> None:
    assert failure_line(Failure(code="engine_error", message="It broke.")) == (
        "> ❌ 生成失败 Generation failed: It broke. (engine_error)\n\n"
    )
