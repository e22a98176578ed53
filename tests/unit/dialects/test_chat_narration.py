"""What is said of a film, and when."""

from __future__ import annotations

import pytest

from matinee.core.job import Failure, JobState
from matinee.dialects.chat.narration import Lines, Narrator, Pace, Word
from tests.samples import a_video, a_video_id

PACE = Pace(progress_every_s=2.0, silence_s=20.0)
LINES = Lines("both")
ENGLISH = Lines("en")
WAITING = a_video()
URL = "https://v.example.org/f/3q9Zt0c1/task_01k.mp4"


def running(percent: int = 0) -> list[Word]:
    return [Word(f"> 🏃 Video Generation Progress 进度：{percent}%\n\n", is_remark=True)]


def queued(ahead: int) -> list[Word]:
    return [Word(LINES.queued(ahead), is_remark=True)]


def a_narrator() -> Narrator:
    return Narrator(LINES, PACE, 0.0)


def look(narrator: Narrator, percent: int, now_s: float) -> list[Word]:
    return narrator.look(a_video(state=JobState.IN_PROGRESS, progress=percent), 0, now_s)


def test_each_state_is_told_once() -> None:
    narrator = a_narrator()
    assert narrator.look(WAITING, 0, 0.0) == [Word("> 排队中 Queued\n\n", is_remark=True)]
    assert narrator.look(WAITING, 0, 1.0) == []
    assert look(narrator, 0, 2.0) == [Word("> 生成中 Generating\n\n", is_remark=True)]
    assert look(narrator, 0, 3.0) == []


def test_the_place_in_the_line_is_told_again_only_if_it_changes() -> None:
    narrator = a_narrator()
    assert narrator.look(WAITING, 2, 0.0) == [Word("> 排队中 Queued (2 ahead)\n\n", is_remark=True)]
    assert narrator.look(WAITING, 2, 10.0) == []
    assert narrator.look(WAITING, 1, 12.0) == queued(1)
    assert narrator.look(WAITING, 1, 32.0) == [Word("")]


def test_a_very_long_line_is_not_counted_to_its_end() -> None:
    assert LINES.queued(1000) == "> 排队中 Queued (1000+ ahead)\n\n"


def test_a_film_that_waits_again_is_not_said_to() -> None:
    narrator = a_narrator()
    look(narrator, 0, 0.0)
    assert narrator.look(WAITING, 3, 1.0) == []


def test_progress_is_told_at_once_and_then_every_two_seconds() -> None:
    narrator = a_narrator()
    assert look(narrator, 3, 0.0)[1:] == running(3)
    assert look(narrator, 4, 1.9) == []
    assert narrator.patience_s(1.9) == pytest.approx(0.1)
    assert look(narrator, 9, 2.0) == running(9)
    assert look(narrator, 9, 5.0) == []


def test_progress_never_falls_and_is_never_100_before_the_end() -> None:
    narrator = a_narrator()
    look(narrator, 40, 0.0)
    assert look(narrator, 30, 10.0) == []
    assert look(narrator, 100, 20.0) == running(99)


def test_silence_is_broken_by_an_empty_word() -> None:
    narrator = a_narrator()
    narrator.look(WAITING, 0, 0.0)
    assert narrator.patience_s(5.0) == 15.0
    assert narrator.look(WAITING, 0, 19.9) == []
    assert narrator.look(WAITING, 0, 20.0) == [Word("")]
    assert narrator.patience_s(20.0) == 20.0


def test_the_result_is_a_line_and_a_block_on_three_lines_between_empty_ones() -> None:
    assert LINES.result(URL, video_tag=True) == (
        f"> 生成完成 ✅ 视频生成成功，[点击这里]({URL}) 查看视频 · Video ready<br>\n\n"
        f'<video src="{URL}" controls="controls">\n{URL}\n</video>\n\n'
    )


def test_the_block_can_be_left_out_and_its_line_break_with_it() -> None:
    assert LINES.result(URL, video_tag=False) == (
        f"> 生成完成 ✅ 视频生成成功，[点击这里]({URL}) 查看视频 · Video ready\n\n"
    )


def test_a_failure_says_why_and_its_code() -> None:
    failure = Failure(code="engine_error", message="It {broke}.")
    assert LINES.failure(failure) == (
        "> ❌ 生成失败 Generation failed: It {broke}. (engine_error)\n\n"
    )
    assert ENGLISH.failure(failure) == "> ❌ Generation failed: It {broke}. (engine_error)\n\n"


def test_english_lines_hold_nothing_but_english() -> None:
    lines = [
        ENGLISH.id(a_video_id()),
        ENGLISH.queued(3),
        ENGLISH.generating(),
        ENGLISH.progress(36),
        ENGLISH.remix(),
        ENGLISH.new_film("the earlier one is gone"),
        ENGLISH.result(URL, video_tag=False),
    ]
    assert not any("\u3000" <= letter <= "\uffef" for letter in "".join(lines))
    assert lines[3] == "> 🏃 Video Generation Progress: 36%\n\n"
    assert lines[-1] == f"> ✅ Video ready: [click here]({URL})\n\n"
