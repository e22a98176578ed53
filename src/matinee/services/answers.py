"""Requests that are repeated because their answer got lost: they are joined to the first one.

An SDK that repeats a create says so in `x-stainless-retry-count`; a chat client sends the same
words again. Neither knows the id of what it already has.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matinee.core.ids import AccountId
from matinee.core.video import Video
from matinee.ports.answers import Answer
from matinee.ports.clock import Clock
from matinee.ports.store import Store, Transaction

JOINED_FOR = timedelta(minutes=15)
"""How long a repeat is joined to what it repeats: SDKs wait 10 minutes, three times at most."""

RESUMED_FOR = timedelta(minutes=10)
"""How long after its last film was finished an answer that nobody heard may be resumed."""

_KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request as its repeats will be recognised.

    `digest` is of all that was asked. `received_at` is when it came in. `answer_id` is the answer
    that another video is added to; None begins one, with the id of its video.
    """

    digest: str
    received_at: datetime
    is_repeat: bool = False
    answer_id: str | None = None


def find_answered(
    transaction: Transaction, account_id: AccountId, question: Question
) -> Video | None:
    """The video that answered `question` already; None if it is to be made.

    A repeat is joined to the newest answer that nobody else was joined to. And the other way
    round: a first request that was slow, so that its own repeat overtook it, is joined to that.
    """
    if question.answer_id is not None:
        # Another film of an answer that has begun: what there is of it is no answer to this.
        return None
    # Whoever is answering the same question is waited for.
    transaction.lock(f"answers {account_id} {question.digest}")
    since = question.received_at - JOINED_FOR if question.is_repeat else question.received_at
    answers = [
        answer
        for answer in transaction.answers.find(account_id, question.digest, since)
        if answer.video_ids and (question.is_repeat or answer.is_repeat)
    ]
    # The newest one left; if all have been joined once, a second repeat comes for one of them.
    chosen = next((answer for answer in answers if answer.delivered_at is None), None)
    if chosen is None and answers:
        chosen = answers[0]
    if chosen is None:
        return None
    transaction.answers.deliver(chosen.id, question.received_at)
    return transaction.video(chosen.video_ids[0])


def note_answer(transaction: Transaction, video: Video, question: Question) -> None:
    """Note that `video` answers `question`; what is too old to matter is forgotten."""
    transaction.answers.forget(video.created_at - _KEPT_FOR)
    transaction.answers.add(
        Answer(
            id=question.answer_id or video.id,
            account_id=video.account_id,
            digest=question.digest,
            created_at=video.created_at,
            is_repeat=question.is_repeat,
            video_ids=(video.id,),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumable:
    """An answer that is told again from where it stands."""

    answer_id: str
    films: tuple[Video, ...]


class Answers:
    """The answers that are told while their films are made, and may be cut off in the middle."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def resume(
        self, account_id: AccountId, question: Question, attended: Collection[str]
    ) -> Resumable | None:
        """The answer to the same question that was cut off; None if there is none.

        It was not delivered, nobody hears it (`attended` are the ids of those that are being
        told), and its films are being made or were finished within `RESUMED_FOR`. A question that
        says it is a repeat resumes whatever answered it lately.
        """
        return await self._store.write(
            lambda transaction: _find_cut(transaction, account_id, question, attended)
        )

    async def deliver(self, answer_id: str) -> None:
        """Note that the client has the whole answer: the same question is a new one from now on.

        Raises StorageFull or ServiceUnavailable.
        """
        now = self._clock.now()
        await self._store.write(lambda transaction: transaction.answers.deliver(answer_id, now))


def _find_cut(
    transaction: Transaction,
    account_id: AccountId,
    question: Question,
    attended: Collection[str],
) -> Resumable | None:
    answers = transaction.answers.find(
        account_id, question.digest, question.received_at - _KEPT_FOR
    )
    undelivered = [answer for answer in answers if answer.delivered_at is None]
    for answer in undelivered:
        # Nobody was cut off from what did not exist yet: such an answer is to an equal request.
        if answer.id in attended or answer.created_at > question.received_at:
            continue
        films = _films_of(transaction, answer)
        if _is_fresh(films, question.received_at):
            return Resumable(answer_id=answer.id, films=films)
    if not question.is_repeat:
        return None
    for answer in (*undelivered, *answers):
        films = _films_of(transaction, answer)
        if films and answer.created_at >= question.received_at - JOINED_FOR:
            return Resumable(answer_id=answer.id, films=films)
    return None


def _films_of(transaction: Transaction, answer: Answer) -> tuple[Video, ...]:
    films = (transaction.video(video_id) for video_id in answer.video_ids)
    return tuple(film for film in films if film is not None)


def _is_fresh(films: Sequence[Video], now: datetime) -> bool:
    """Whether a film is still being made, or the last one was finished a short while ago."""
    ends = [film.job.finished_at for film in films]
    return bool(ends) and any(end is None or end > now - RESUMED_FOR for end in ends)
