"""What a chat reply says of a film, line by line, and when it says it. Pure, but for its memory.

The words are those that clients of three families search for; see the contract test of their
patterns before changing one. A line is never split over two chunks, percentages are integers, the
only URL is the film's, and a prompt is never repeated: it might hold a word that means failure.
"""

from __future__ import annotations

from dataclasses import dataclass

from matinee.core.ids import VideoId
from matinee.core.job import Failure, JobState
from matinee.core.video import Video

QUEUED_LINE = "> 排队中 Queued\n\n"
GENERATING_LINE = "> 生成中 Generating\n\n"
_MOST_BEFORE_THE_END = 99


def id_line(video_id: VideoId) -> str:
    """Comes first, so that a client that is cut off can find its film."""
    return f"> ID: `task_{video_id}`\n\n"


def progress_line(percent: int) -> str:
    """`percent` of the work is done."""
    return f"> 🏃 Video Generation Progress 进度：{percent}%\n\n"


def result_text(url: str, *, video_tag: bool) -> str:
    """The film, as a link and, for chat programs that play only that, as a `<video>` block."""
    line = f"> 生成完成 ✅ 视频生成成功，[点击这里]({url}) 查看视频 · Video ready\n\n"
    # The inner text serves one program that reads it, the attribute all others; the surrounding
    # block, between empty lines, keeps Markdown from taking the tag apart.
    block = f'<div><video src="{url}" controls>{url}</video></div>\n\n'
    return line + block if video_tag else line


def failure_line(failure: Failure) -> str:
    """Why there will be no film."""
    return f"> ❌ 生成失败 Generation failed: {failure.message} ({failure.code})\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a stream speaks: progress at most, and anything at all at least."""

    progress_every_s: float
    silence_s: float


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of the reply: what everybody reads, or a remark on how the work goes."""

    text: str
    is_remark: bool = False


class Narrator:
    """Tells of one film. `look` is given what is known and the time, and returns what to say now.

    Time is in seconds from any zero.
    """

    def __init__(self, pace: Pace, now_s: float) -> None:
        self._pace = pace
        self._spoken_at_s = now_s
        self._progress_at_s = now_s - pace.progress_every_s
        self._told_percent = 0
        self._told_states: set[JobState] = set()
        self._percent = 0

    def look(self, video: Video, now_s: float) -> list[Word]:
        """What to say of `video`, which is not final, at `now_s`; often nothing."""
        words = self._state_words(video.job.state)
        self._percent = min(video.job.progress, _MOST_BEFORE_THE_END)
        if self._percent > self._told_percent and now_s >= self._next_progress_s():
            words.append(Word(progress_line(self._percent), is_remark=True))
            self._told_percent = self._percent
            self._progress_at_s = now_s
        if not words and now_s >= self._spoken_at_s + self._pace.silence_s:
            words.append(Word(""))
        if words:
            self._spoken_at_s = now_s
        return words

    def patience_s(self, now_s: float) -> float:
        """How long nothing need be said unless something changes."""
        due_s = self._spoken_at_s + self._pace.silence_s
        if self._percent > self._told_percent:
            due_s = min(due_s, self._next_progress_s())
        return max(due_s - now_s, 0.0)

    def _next_progress_s(self) -> float:
        return self._progress_at_s + self._pace.progress_every_s

    def _state_words(self, state: JobState) -> list[Word]:
        """The line of a state, once: a film that waits again is not said to."""
        if state in self._told_states or JobState.IN_PROGRESS in self._told_states:
            return []
        self._told_states.add(state)
        line = QUEUED_LINE if state is JobState.QUEUED else GENERATING_LINE
        return [Word(line, is_remark=True)]
