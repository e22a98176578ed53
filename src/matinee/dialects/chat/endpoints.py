"""`POST /v1/chat/completions`: films asked for and handed over in a chat."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.errors import MatineeError
from matinee.core.ids import AccountId
from matinee.core.job import Failure
from matinee.core.video import Video
from matinee.core.wish import VideoWish
from matinee.dialects.chat.auxiliary import answer_auxiliary
from matinee.dialects.chat.narration import Pace, id_line
from matinee.dialects.chat.request import ChatRequest, parse_chat, parse_film
from matinee.dialects.chat.telling import Manner, Screening, outcome_text, stream_reply
from matinee.dialects.chat.wire import (
    AssistantMessage,
    Choice,
    Completion,
    Conversation,
    Delta,
    conversation_of,
    estimate_usage,
    fingerprint,
)
from matinee.services.videos import RequestKey
from matinee.web.body import read_body, request_key
from matinee.web.connection import unless_gone
from matinee.web.context import DialectContext
from matinee.web.errors import failure_reply
from matinee.web.replies import Header, json_reply
from matinee.web.sse import DONE_EVENT, EventStream

_NO_ENGINE = "none"
"""Stands in the fingerprint of replies without a film."""


def routes(context: DialectContext) -> list[Route]:
    """The one route of the format."""
    chat = Chat(context)
    return [Route("/v1/chat/completions", context.endpoint(chat.complete), methods=["POST"])]


class Chat:
    """The endpoint."""

    def __init__(self, context: DialectContext) -> None:
        self._context = context
        self._settings = context.settings
        self._pace = Pace(
            progress_every_s=context.settings.progress_every_s,
            silence_s=context.settings.silence_s,
        )

    async def complete(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Accept the films and tell of them: at once as a stream, or at their end."""
        body = await read_body(request, self._context.limits)
        chat = parse_chat(
            body.values,
            request.query_params,
            default_model=self._settings.default_model,
            default_progress=self._settings.chat_progress,
        )
        answer = self._auxiliary_answer(chat)
        if answer is not None:
            return self._answer(request, chat, answer)
        with chat.fields.as_spelled():
            films = await self._create(account_id, chat, request_key(request, body))
        manner = Manner(
            link_base=self._context.links.base(request.scope),
            progress=chat.progress,
            video_tag=self._settings.chat_video_tag,
            pace=self._pace,
        )
        screening = Screening(self._context.videos, account_id, films)
        conversation = conversation_of(
            films[0], version=self._settings.version, wants_usage=chat.wants_usage
        )
        named: Header = (b"x-task-id", ",".join(f"task_{film.id}" for film in films).encode())
        if chat.is_stream:
            return self._stream(stream_reply(screening, conversation, manner), named)
        return await unless_gone(request.receive, _wait(screening, conversation, manner, named))

    async def _create(
        self, account_id: AccountId, chat: ChatRequest, key: RequestKey | None
    ) -> list[Video]:
        """As many films as choices were asked for: all of them, or none and an error."""
        wish, defaults = parse_film(chat, self._context.videos.routes)
        films: list[Video] = []
        try:
            for number in range(chat.choices):
                films.append(
                    await self._context.videos.create(
                        account_id, _take(wish, number), defaults, _key_of(key, number)
                    )
                )
        except MatineeError:
            # With a key the same request may come again and goes on where this one ended.
            for film in films if key is None else ():
                await self._context.videos.delete(account_id, film.id)
            raise
        return films

    def _auxiliary_answer(self, chat: ChatRequest) -> str | None:
        if not self._settings.chat_auxiliary_filter:
            return None
        limits = ("max_tokens", "max_completion_tokens")
        max_tokens = next(filter(None, map(chat.fields.value, limits)), None)
        return answer_auxiliary(chat.messages, max_tokens)

    def _answer(self, request: Request, chat: ChatRequest, answer: str) -> ASGIApp:
        """A reply of a few words, without a film."""
        conversation = Conversation(
            id=f"chatcmpl-{request.scope['matinee.request_id']}",
            created=int(self._context.clock.now().timestamp()),
            model=chat.model,
            fingerprint=fingerprint(self._settings.version, _NO_ENGINE, chat.model),
            wants_usage=chat.wants_usage,
        )
        usage = estimate_usage(chat.messages[-1].text, answer)
        if not chat.is_stream:
            choice = Choice(0, AssistantMessage(answer))
            return json_reply(conversation.completion([choice], usage))

        async def events() -> AsyncGenerator[bytes, None]:
            yield conversation.chunk(0, Delta(role="assistant", content=""))
            yield conversation.chunk(0, Delta(content=answer))
            yield conversation.chunk(0, Delta(), "stop")
            if chat.wants_usage:
                yield conversation.usage_chunk(usage)
            yield DONE_EVENT

        return self._stream(events())

    def _stream(self, events: AsyncGenerator[bytes, None], *headers: Header) -> ASGIApp:
        return EventStream(events, keepalive_s=self._settings.keepalive_s, headers=headers)


async def _wait(
    screening: Screening, conversation: Conversation, manner: Manner, named: Header
) -> ASGIApp:
    """The whole reply, once every film has ended."""
    count = len(screening.films)
    try:
        while not all(screening.is_over(index) for index in range(count)):
            await screening.look()
        outcomes = [await screening.outcome(index, manner.link_base) for index in range(count)]
    finally:
        await screening.close()
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    if len(failures) == count:
        return failure_reply(failures[0])
    texts = [
        id_line(film.id) + outcome_text(outcome, video_tag=manner.video_tag)
        for film, outcome in zip(screening.films, outcomes, strict=True)
    ]
    reply: Completion = conversation.completion(
        [Choice(index, AssistantMessage(text)) for index, text in enumerate(texts)],
        estimate_usage(screening.films[0].spec.prompt, "".join(texts)),
    )
    reply.task_id = f"task_{screening.films[0].id}"
    first = outcomes[0]
    reply.video_url = first if isinstance(first, str) else None
    return json_reply(reply, headers=(named,))


def _take(wish: VideoWish, number: int) -> VideoWish:
    """The wish of one of several films: a seed that was named makes a different film each time."""
    return wish if wish.seed is None else replace(wish, seed=wish.seed + number)


def _key_of(key: RequestKey | None, number: int) -> RequestKey | None:
    """The key of one of several films that came with one `Idempotency-Key`."""
    if key is None or number == 0:
        return key
    return replace(key, key=f"{key.key}#{number}")
