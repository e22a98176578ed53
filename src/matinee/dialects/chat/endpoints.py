"""`POST /v1/chat/completions`: films asked for and handed over in a chat."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.errors import MatineeError
from matinee.core.ids import AccountId
from matinee.core.video import Video
from matinee.core.wish import VideoWish, WishDefaults
from matinee.dialects.chat.audience import Audience, Hearing
from matinee.dialects.chat.auxiliary import AuxiliaryFilter
from matinee.dialects.chat.film import parse_film
from matinee.dialects.chat.narration import Lines, Pace
from matinee.dialects.chat.remix import settle_source
from matinee.dialects.chat.request import ChatDefaults, ChatRequest, parse_chat
from matinee.dialects.chat.screening import Screening
from matinee.dialects.chat.telling import Manner, stream_reply, whole_reply
from matinee.dialects.chat.wire import (
    AssistantMessage,
    Choice,
    Conversation,
    Delta,
    conversation_of,
    estimate_usage,
    fingerprint,
)
from matinee.services.answers import Question, Resumable
from matinee.services.creation import Asked
from matinee.web.body import read_body
from matinee.web.connection import refuse_departed, unless_gone
from matinee.web.context import DialectContext, received_at
from matinee.web.repeats import parse_asked
from matinee.web.replies import Header, json_reply
from matinee.web.sse import DONE_EVENT, EventStream

logger = logging.getLogger(__name__)

_NO_ENGINE = "none"
"""Stands in the fingerprint of replies without a film."""


def routes(context: DialectContext) -> list[Route]:
    """The one route of the format."""
    chat = Chat(context)
    return [Route("/v1/chat/completions", context.endpoint(chat.complete), methods=["POST"])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The films that one reply is about."""

    films: tuple[Video, ...]
    hearing: Hearing | None
    """None for a request with a key: it is recognised by that."""

    is_resumed: bool = False
    new_film_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """So many films of one wish."""

    wish: VideoWish
    defaults: WishDefaults
    asked: Asked
    count: int
    answer_id: str | None
    """The answer that they are added to; None begins one with the first of them."""


class Chat:
    """The endpoint."""

    def __init__(self, context: DialectContext) -> None:
        settings = context.settings
        self._context = context
        self._settings = settings
        self._audience = Audience()
        self._filter = AuxiliaryFilter.load(settings.chat_auxiliary_prompts)
        self._lines = Lines(settings.chat_language)
        self._pace = Pace(progress_every_s=settings.progress_every_s, silence_s=settings.silence_s)
        self._defaults = ChatDefaults(
            model=settings.default_model,
            progress=settings.chat_progress,
            follows=settings.chat_remix,
        )

    async def complete(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Accept the films and tell of them: at once as a stream, or at their end."""
        body = await read_body(request, self._context.limits)
        chat = parse_chat(body.values, request.query_params, self._defaults)
        if self._settings.chat_auxiliary_filter:
            answer = self._filter.answer(chat)
            if answer is not None:
                return self._answer(request, chat, answer)
        with chat.fields.as_spelled():
            asked = replace(
                parse_asked(request, body, received_at(request), by_words=True),
                link_base=self._context.links.base(request.scope),
            )
            if asked.may_be_overtaken:
                await refuse_departed(request.scope)
            programme = await self._programme(account_id, chat, asked)
        return await self._tell(request, account_id, chat, programme)

    async def _tell(
        self, request: Request, account_id: AccountId, chat: ChatRequest, programme: Programme
    ) -> ASGIApp:
        """The reply about the films, its client counted as long as it is told."""
        hearing = programme.hearing
        manner = self._manner(request, chat, programme)
        require = self._context.requirement(request.scope, account_id)
        screening = Screening(self._context.videos, account_id, programme.films, require)
        conversation = conversation_of(
            programme.films[0], version=self._settings.version, wants_usage=chat.wants_usage
        )

        async def delivered() -> None:
            if hearing is not None:
                await self._deliver(hearing.answer_id)

        ids = ",".join(f"task_{film.id}" for film in programme.films)
        named: Header = (b"x-task-id", ids.encode())
        if chat.is_stream:
            events = stream_reply(screening, conversation, manner, delivered)
            return self._audience.listens(self._stream(events, named), hearing)
        with self._audience.listening(hearing):
            reply = whole_reply(screening, conversation, manner, delivered, (named,))
            return await unless_gone(request.receive, reply)

    def _manner(self, request: Request, chat: ChatRequest, programme: Programme) -> Manner:
        route = self._context.videos.routes.find(chat.model)
        return Manner(
            link_base=self._context.links.base(request.scope),
            progress=chat.progress,
            lines=self._lines,
            video_tag=self._settings.chat_video_tag,
            pace=self._pace,
            as_object=chat.wants_object,
            new_film_because=programme.new_film_because,
            breaks_off=route.cuts_streams and not programme.is_resumed,
        )

    async def _programme(self, account_id: AccountId, chat: ChatRequest, asked: Asked) -> Programme:
        """The films of an answer that was cut off, or new ones."""
        wish, defaults = parse_film(chat, self._context.videos.routes)
        resumed = await self._resumed(account_id, asked.question) if asked.question else None
        begun = resumed.films if resumed else ()
        answer_id = resumed.answer_id if resumed else None
        reason: str | None = None
        if len(begun) < chat.choices:
            wish, reason = await settle_source(
                self._context.videos, account_id, wish, chat.messages if chat.follows else ()
            )
        order = Order(
            wish=wish, defaults=defaults, asked=asked, count=chat.choices, answer_id=answer_id
        )
        films = await self._create(account_id, order, begun)
        question = asked.question
        return Programme(
            films=films,
            hearing=Hearing(answer_id or films[0].id, question.digest) if question else None,
            is_resumed=resumed is not None,
            new_film_because=reason,
        )

    async def _create(
        self, account_id: AccountId, order: Order, begun: Sequence[Video]
    ) -> tuple[Video, ...]:
        """As many films as were asked for, `begun` among them; all, or none and an error."""
        films = list(begun)
        try:
            while len(films) < order.count:
                number, first = len(films), films[0] if films else None
                films.append(
                    await self._context.videos.create(
                        account_id,
                        _take(order.wish, number, first),
                        order.defaults,
                        _asked_of(order, number, first),
                    )
                )
        except MatineeError:
            # With a key the same request may come again and goes on where this one ended.
            for film in films[len(begun) :] if order.asked.request_key is None else ():
                await self._context.videos.delete(account_id, film.id)
            raise
        return tuple(films)

    async def _resumed(self, account_id: AccountId, question: Question) -> Resumable | None:
        """The answer to the same words that was cut off, unless somebody took it meanwhile.

        A client that repeats at once may be quicker than the news that its connection is gone.
        """
        digest, audience = question.digest, self._audience
        patience_s = self._settings.departure_s
        while True:
            attended = audience.attended(digest)
            found = await self._context.answers.resume(account_id, question, attended)
            attended_now = audience.attended(digest)
            if found is not None:
                if question.is_repeat or found.answer_id not in attended_now:
                    return found
            elif attended <= attended_now:
                # Nobody left while the rows were looked through; now somebody may.
                if not await audience.departure(digest, patience_s):
                    return None
                patience_s = 0.0

    async def _deliver(self, answer_id: str) -> None:
        try:
            await self._context.answers.deliver(answer_id)
        except MatineeError as error:
            # The client has its film; the worst is that a repeat is told of the same one.
            logger.log(
                error.log_level,
                "answer could not be marked as delivered",
                extra={"code": error.code},
            )

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


def _take(wish: VideoWish, number: int, first: Video | None) -> VideoWish:
    """The wish of one of several films: a seed that is given makes a different film each time."""
    if first is None:
        return wish
    if wish.seed is not None:
        return replace(wish, seed=wish.seed + number)
    # A film that comes out of another one has that one's seed.
    return wish if wish.source is None else replace(wish, seed=first.spec.seed + number)


def _asked_of(order: Order, number: int, first: Video | None) -> Asked:
    """How one of several films is recognised that came with one request."""
    asked, key = order.asked, order.asked.request_key
    if first is None:
        return asked
    if asked.question is not None:
        answer_id = order.answer_id or first.id
        return replace(asked, question=replace(asked.question, answer_id=answer_id))
    return replace(asked, request_key=replace(key, key=f"{key.key}#{number}")) if key else asked
