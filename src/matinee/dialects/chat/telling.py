"""Tells what there is to say of a reply's films: as a stream of events, or as one reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from starlette.types import ASGIApp

from matinee.core.errors import MatineeError
from matinee.core.job import Failure
from matinee.core.video import Video
from matinee.dialects.chat.film_object import film_object_text
from matinee.dialects.chat.narration import Lines, Narrator, Pace, Word
from matinee.dialects.chat.request import ProgressChannel
from matinee.dialects.chat.screening import Outcome, Screening, is_last_word
from matinee.dialects.chat.wire import (
    AssistantMessage,
    Choice,
    Completion,
    Conversation,
    Delta,
    error_event,
    estimate_usage,
)
from matinee.web.connection import ClientGone
from matinee.web.errors import failure_body, failure_reply
from matinee.web.replies import Header, json_reply
from matinee.web.sse import DONE_EVENT

Delivered = Callable[[], Awaitable[None]]
"""Called when all of an answer is told, just before its end is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a reply is told."""

    link_base: str
    progress: ProgressChannel
    lines: Lines
    video_tag: bool
    pace: Pace
    as_object: bool = False
    """Whether a message is one JSON object and nothing else."""

    new_film_because: str | None = None
    """Why no film that the conversation tells of is changed, if there is one."""

    breaks_off: bool = False
    """Whether the connection is cut after the first progress: the model is one to test that."""


async def stream_reply(
    screening: Screening, conversation: Conversation, manner: Manner, delivered: Delivered
) -> AsyncGenerator[bytes, None]:
    """The events of a streamed reply, to the last. Closing it early leaves the films alone."""
    said: list[str] = []
    failures: list[Failure] = []
    is_told = True
    try:
        for index, film in enumerate(screening.films):
            yield conversation.chunk(index, Delta(role="assistant", content=""))
            for word in _first_words(film, manner):
                said.append(word.text)
                yield conversation.chunk(index, _delta(word, manner))
        async with aclosing(_tell(screening, manner)) as telling:
            async for index, told in telling:
                if isinstance(told, Word):
                    said.append(told.text)
                    yield conversation.chunk(index, _delta(told, manner))
                    continue
                said.append(_outcome_text(screening.films[index], told, manner))
                yield conversation.chunk(index, Delta(content=said[-1]))
                is_told &= is_last_word(told)
                if isinstance(told, Failure):
                    failures.append(told)
                else:
                    yield conversation.chunk(index, Delta(), "stop")
    except MatineeError as error:
        # The reply has begun, so its status can't tell any more.
        failures.append(Failure.of(error))
        is_told = False
    finally:
        await screening.close()
    if failures:
        yield error_event(failure_body(failures[0]))
    elif conversation.wants_usage:
        prompt = screening.films[0].spec.prompt
        yield conversation.usage_chunk(estimate_usage(prompt, "".join(said)))
    if is_told:
        # Before the end is sent: a client may be gone as soon as it has it.
        await delivered()
    yield DONE_EVENT


async def whole_reply(
    screening: Screening,
    conversation: Conversation,
    manner: Manner,
    delivered: Delivered,
    headers: tuple[Header, ...],
) -> ASGIApp:
    """The whole reply, once every film has ended."""
    count = len(screening.films)
    try:
        while not all(screening.is_over(index) for index in range(count)):
            await screening.look()
        outcomes = [await screening.outcome(index, manner.link_base) for index in range(count)]
    finally:
        await screening.close()
    if all(map(is_last_word, outcomes)):
        await delivered()
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    if len(failures) == count:
        return failure_reply(failures[0])
    texts = [
        _message_text(film, outcome, manner)
        for film, outcome in zip(screening.films, outcomes, strict=True)
    ]
    reply: Completion = conversation.completion(
        [Choice(index, AssistantMessage(text)) for index, text in enumerate(texts)],
        estimate_usage(screening.films[0].spec.prompt, "".join(texts)),
    )
    reply.task_id = f"task_{screening.films[0].id}"
    first = outcomes[0]
    reply.video_url = first if isinstance(first, str) else None
    return json_reply(reply, headers=headers)


async def _tell(
    screening: Screening, manner: Manner
) -> AsyncGenerator[tuple[int, Word | Outcome], None]:
    """What to say, with the number of the film that it is of; each film's outcome once."""
    now_s = asyncio.get_running_loop().time
    narrators = {
        index: Narrator(manner.lines, manner.pace, now_s()) for index in range(len(screening.films))
    }
    timeout_s: float | None = None
    while narrators:
        await screening.look(timeout_s)
        for index in list(narrators):
            if screening.is_over(index):
                _break_off(manner)
                del narrators[index]
                yield index, await screening.outcome(index, manner.link_base)
                continue
            ahead = await screening.ahead(index)
            for word in narrators[index].look(screening.films[index], ahead, now_s()):
                yield index, word
            if narrators[index].tells_of_progress:
                _break_off(manner)
        timeout_s = min((each.patience_s(now_s()) for each in narrators.values()), default=0.0)


def _break_off(manner: Manner) -> None:
    """Cut the connection, if that is the manner; a film too quick for progress ends in it, too."""
    if manner.breaks_off:
        raise ClientGone


def _first_words(film: Video, manner: Manner) -> list[Word]:
    """What is said before anything is known of the work."""
    words = [Word(manner.lines.id(film.id))]
    if film.remixed_from is not None:
        words.append(Word(manner.lines.remix(), is_remark=True))
    elif manner.new_film_because is not None:
        words.append(Word(manner.lines.new_film(manner.new_film_because)))
    return words


def _outcome_text(film: Video, outcome: Outcome, manner: Manner) -> str:
    """The end of a film's message."""
    if manner.as_object:
        return film_object_text(film, outcome, manner.link_base, manner.new_film_because)
    if isinstance(outcome, Failure):
        return manner.lines.failure(outcome)
    return manner.lines.result(outcome, video_tag=manner.video_tag)


def _message_text(film: Video, outcome: Outcome, manner: Manner) -> str:
    """The whole of a film's message, told at its end: without remarks on the work."""
    end = _outcome_text(film, outcome, manner)
    if manner.as_object:
        return end
    return "".join(word.text for word in _first_words(film, manner) if not word.is_remark) + end


def _delta(word: Word, manner: Manner) -> Delta:
    """Where a word goes. One that nobody wants to read still shows that the stream lives."""
    is_remark = word.is_remark or manner.as_object
    if not is_remark or not word.text:
        return Delta(content=word.text)
    if manner.progress == "content" and not manner.as_object:
        return Delta(content=word.text)
    if manner.progress != "none":
        return Delta(reasoning_content=word.text)
    return Delta(content="")
