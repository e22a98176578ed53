"""What a chat reply says of a film, line by line, and when it says it. Pure, but for its memory.

The words are those that clients of three families search for; see the contract test of their
patterns before changing one. A line is never split over two chunks, percentages are integers, the
only URL is the film's, and a prompt is never repeated: it might hold a word that means failure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from matinee.core.ids import VideoId
from matinee.core.job import Failure, JobState
from matinee.core.video import Video
from matinee.services.videos import MOST_COUNTED

Language = Literal["both", "en"]

_MOST_BEFORE_THE_END = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The words of one language, without the marks around them."""

    queued: str
    generating: str
    progress: str
    remix: str
    new_film: str
    ready: str
    failed: str


_PHRASES: dict[Language, Phrases] = {
    "both": Phrases(
        queued="排队中 Queued",
        generating="生成中 Generating",
        progress="🏃 Video Generation Progress 进度：{percent}%",
        remix="在上一个视频的基础上修改 Changing the earlier film",
        new_film="生成新视频 A new film: {reason}",
        ready="生成完成 ✅ 视频生成成功，[点击这里]({url}) 查看视频 · Video ready",
        failed="❌ 生成失败 Generation failed: {message} ({code})",
    ),
    "en": Phrases(
        queued="Queued",
        generating="Generating",
        progress="🏃 Video Generation Progress: {percent}%",
        remix="Changing the earlier film",
        new_film="A new film: {reason}",
        ready="✅ Video ready: [click here]({url})",
        failed="❌ Generation failed: {message} ({code})",
    ),
}


class Lines:
    """The lines of a reply in one language; `both` is Chinese and English beside each other."""

    def __init__(self, language: Language) -> None:
        self._phrases = _PHRASES[language]

    def id(self, video_id: VideoId) -> str:
        """Comes first, so that a client that is cut off can find its film."""
        return _line(f"ID: `task_{video_id}`")

    def queued(self, ahead: int) -> str:
        """The film waits, and so many before it."""
        more = "+" if ahead >= MOST_COUNTED else ""
        return _line(self._phrases.queued + (f" ({ahead}{more} ahead)" if ahead else ""))

    def generating(self) -> str:
        """The film is being made."""
        return _line(self._phrases.generating)

    def progress(self, percent: int) -> str:
        """So much of the work is done."""
        return _line(self._phrases.progress.format(percent=percent))

    def remix(self) -> str:
        """The film comes out of the one that the conversation told of."""
        return _line(self._phrases.remix)

    def new_film(self, reason: str) -> str:
        """Why it does not."""
        return _line(self._phrases.new_film.format(reason=reason))

    def result(self, url: str, *, video_tag: bool) -> str:
        """The film, as a link and, for chat programs that play only that, as a `<video>` block."""
        ready = self._phrases.ready.format(url=url)
        if not video_tag:
            return _line(ready)
        # Each piece is needed by one of three Markdown stacks: the line break is the tag by which
        # one begins to read HTML at all, the three lines make it a block, one reads only attributes
        # with values, and one takes the address from between the tags.
        return (
            _line(f"{ready}<br>") + f'<video src="{url}" controls="controls">\n{url}\n</video>\n\n'
        )

    def failure(self, failure: Failure) -> str:
        """Why there will be no film."""
        text = self._phrases.failed.format(message=failure.message, code=failure.code)
        return _line(text)


def _line(text: str) -> str:
    return f"> {text}\n\n"


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

    def __init__(self, lines: Lines, pace: Pace, now_s: float) -> None:
        self._lines = lines
        self._pace = pace
        self._spoken_at_s = now_s
        self._progress_at_s = now_s - pace.progress_every_s
        self._told_percent = 0
        self._told_ahead: int | None = None
        self._is_begun = False
        self._percent = 0

    @property
    def tells_of_progress(self) -> bool:
        """Whether a percentage was told."""
        return self._told_percent > 0

    def look(self, video: Video, ahead: int, now_s: float) -> list[Word]:
        """What to say of `video`, which is not final, at `now_s`; often nothing.

        `ahead` is how many wait before it.
        """
        words = self._state_words(video.job.state, ahead)
        self._percent = min(video.job.progress, _MOST_BEFORE_THE_END)
        if self._percent > self._told_percent and now_s >= self._next_progress_s():
            words.append(Word(self._lines.progress(self._percent), is_remark=True))
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

    def _state_words(self, state: JobState, ahead: int) -> list[Word]:
        """The line of a state, once: a film that waits again is not said to."""
        if self._is_begun:
            return []
        if state is JobState.QUEUED:
            if ahead == self._told_ahead:
                return []
            self._told_ahead = ahead
            return [Word(self._lines.queued(ahead), is_remark=True)]
        self._is_begun = True
        return [Word(self._lines.generating(), is_remark=True)]
