"""Follows the films of one chat reply to their end, and streams what there is to say of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from matinee.core.errors import MatineeError, VideoNotFound
from matinee.core.ids import AccountId
from matinee.core.job import Failure, JobState
from matinee.core.video import Video
from matinee.dialects.chat.narration import (
    Narrator,
    Pace,
    Word,
    failure_line,
    id_line,
    result_text,
)
from matinee.dialects.chat.request import ProgressChannel
from matinee.dialects.chat.wire import Conversation, Delta, error_event, estimate_usage
from matinee.services.videos import Videos
from matinee.web.connection import end_tasks
from matinee.web.errors import failure_body
from matinee.web.links import film_link
from matinee.web.sse import DONE_EVENT

Outcome = str | Failure
"""How a film ended: the link to it, or why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a reply is told."""

    link_base: str
    progress: ProgressChannel
    video_tag: bool
    pace: Pace


class Screening:
    """The films of one reply, watched together for their account."""

    def __init__(self, videos: Videos, account_id: AccountId, films: Sequence[Video]) -> None:
        self._videos = videos
        self._account_id = account_id
        self.films = list(films)
        """Each as it was last seen."""

        self._watches = [videos.watch(account_id, film.id) for film in films]
        self._coming: dict[asyncio.Future[Video | None], int] = {}
        self._lost: set[int] = set()

    async def look(self, timeout_s: float | None = None) -> None:
        """Wait until a film has changed or its watch has ended, `timeout_s` at most.

        Returns at once if all are over: a repeated request may find its film made.
        """
        watched = set(self._coming.values())
        for index, watch in enumerate(self._watches):
            if index not in watched and not self.is_over(index):
                self._coming[asyncio.ensure_future(anext(watch, None))] = index
        if not self._coming:
            return
        done, _ = await asyncio.wait(
            self._coming, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
        )
        for future in done:
            index = self._coming.pop(future)
            seen = _seen(future)
            if seen is None:
                self._lost.add(index)
            else:
                self.films[index] = seen

    def is_over(self, index: int) -> bool:
        """Whether no more will be seen of the film."""
        return index in self._lost or self.films[index].job.state.is_final

    async def outcome(self, index: int, link_base: str) -> Outcome:
        """How the film, which is over, ended."""
        film = self.films[index]
        if not film.job.state.is_final:
            try:
                film = await self._videos.get(self._account_id, film.id)
            except VideoNotFound:
                return Failure(code="cancelled", message="The video was deleted.")
        if film.job.failure is not None:
            return film.job.failure
        if film.job.state is not JobState.COMPLETED:
            return Failure(
                code="service_unavailable",
                message="The server is stopping. The film is made later: ask "
                f"GET /v1/videos/task_{film.id}.",
            )
        link = film_link(link_base, film)
        if link is None:
            gone = "The video's files were removed when their time was over."
            return Failure(code="video_expired", message=gone)
        return link

    async def close(self) -> None:
        """Stop watching; the films go on."""
        await end_tasks(*self._coming)
        for watch in self._watches:
            await watch.aclose()


async def stream_reply(
    screening: Screening, conversation: Conversation, manner: Manner
) -> AsyncGenerator[bytes, None]:
    """The events of a streamed reply, to the last. Closing it early leaves the films alone."""
    said: list[str] = []
    failures: list[Failure] = []
    try:
        for index, film in enumerate(screening.films):
            yield conversation.chunk(index, Delta(role="assistant", content=""))
            said.append(id_line(film.id))
            yield conversation.chunk(index, Delta(content=said[-1]))
        async with aclosing(_tell(screening, manner)) as telling:
            async for index, told in telling:
                if isinstance(told, Word):
                    said.append(told.text)
                    yield conversation.chunk(index, _delta(told, manner.progress))
                    continue
                text = outcome_text(told, video_tag=manner.video_tag)
                said.append(text)
                yield conversation.chunk(index, Delta(content=text))
                if isinstance(told, Failure):
                    failures.append(told)
                else:
                    yield conversation.chunk(index, Delta(), "stop")
    except MatineeError as error:
        # The reply has begun, so its status can't tell any more.
        failures.append(Failure.of(error))
    finally:
        await screening.close()
    if failures:
        yield error_event(failure_body(failures[0]))
    elif conversation.wants_usage:
        prompt = screening.films[0].spec.prompt
        yield conversation.usage_chunk(estimate_usage(prompt, "".join(said)))
    yield DONE_EVENT


def outcome_text(outcome: Outcome, *, video_tag: bool) -> str:
    """The end of a film's message."""
    if isinstance(outcome, Failure):
        return failure_line(outcome)
    return result_text(outcome, video_tag=video_tag)


async def _tell(
    screening: Screening, manner: Manner
) -> AsyncGenerator[tuple[int, Word | Outcome], None]:
    """What to say, with the number of the film that it is of; each film's outcome once."""
    now_s = asyncio.get_running_loop().time
    narrators = {index: Narrator(manner.pace, now_s()) for index in range(len(screening.films))}
    timeout_s: float | None = None
    while narrators:
        await screening.look(timeout_s)
        for index in list(narrators):
            if screening.is_over(index):
                del narrators[index]
                yield index, await screening.outcome(index, manner.link_base)
            else:
                for word in narrators[index].look(screening.films[index], now_s()):
                    yield index, word
        timeout_s = min((each.patience_s(now_s()) for each in narrators.values()), default=0.0)


def _seen(future: asyncio.Future[Video | None]) -> Video | None:
    """What a watch gave; None if it has ended or its film is gone."""
    try:
        return future.result()
    except VideoNotFound:
        return None


def _delta(word: Word, progress: ProgressChannel) -> Delta:
    """Where a word goes. One that nobody wants to read still shows that the stream lives."""
    if not word.is_remark or progress == "content":
        return Delta(content=word.text)
    if progress == "reasoning":
        return Delta(reasoning_content=word.text)
    return Delta(content="")
