"""The rows of answers."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from matinee.core.ids import AccountId
from matinee.ports.answers import Answer
from matinee.store import rows
from matinee.store.execution import Execute
from matinee.store.statements import first, insertion
from matinee.store.tables import answered_videos, answers

_ADD_VIDEO = insertion(answered_videos)
_ADD = insertion(answers)
_IS_THERE = sa.select(answers.c.id).where(answers.c.id == sa.bindparam("answer_id"))
_FIND = (
    sa.select(answers)
    .where(
        answers.c.account_id == sa.bindparam("account_id"),
        answers.c.digest == sa.bindparam("digest"),
        answers.c.created_at >= sa.bindparam("since"),
    )
    .order_by(answers.c.created_at.desc(), answers.c.id.desc())
)
_VIDEOS = (
    sa.select(answered_videos.c.video_id)
    .where(answered_videos.c.answer_id == sa.bindparam("answer_id"))
    .order_by(answered_videos.c.video_id)
)
_DELIVER = (
    sa.update(answers)
    .where(answers.c.id == sa.bindparam("answer_id"))
    .values(delivered_at=sa.bindparam("now"))
)
# The oldest few, whatever the statistics say of how many there are, and not those that another
# transaction is about to forget. More than are added by whoever forgets them, and so few that
# nobody waits long after a busy day.
_OLD = first(
    sa.select(answers.c.id)
    .where(answers.c.created_at < sa.bindparam("before", type_=sa.BigInteger))
    .order_by(answers.c.created_at),
    sa.literal_column("10"),
).with_for_update(skip_locked=True)
_FORGET_VIDEOS = sa.delete(answered_videos).where(
    answered_videos.c.answer_id == sa.bindparam("of_answer")
)
_FORGET = sa.delete(answers).where(answers.c.id == sa.bindparam("of_answer"))


class SqlAnswers:
    """The `AnswerRows` of every SQL database."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute

    def add(self, answer: Answer) -> None:
        """Insert `answer` with its videos, or add its videos to the one of the same id."""
        if self._execute(_IS_THERE, answer_id=answer.id).fetchone() is None:
            self._execute(_ADD, **rows.values_of_answer(answer))
        for video_id in answer.video_ids:
            self._execute(_ADD_VIDEO, answer_id=answer.id, video_id=video_id)

    def find(self, account_id: AccountId, digest: str, since: datetime) -> list[Answer]:
        """The account's answers to what has that digest, newest first, from `since` on."""
        found = self._execute(
            _FIND, account_id=account_id, digest=digest, since=rows.micros(since)
        ).fetchall()
        return [
            rows.answer_of(row, self._execute(_VIDEOS, answer_id=row[0]).fetchall())
            for row in found
        ]

    def deliver(self, answer_id: str, now: datetime) -> None:
        """Note that the client has the whole answer."""
        self._execute(_DELIVER, answer_id=answer_id, now=rows.micros(now))

    def forget(self, before: datetime) -> None:
        """Remove the oldest of what was answered earlier than `before`."""
        for (answer_id,) in self._execute(_OLD, before=rows.micros(before)).fetchall():
            self._execute(_FORGET_VIDEOS, of_answer=answer_id)
            self._execute(_FORGET, of_answer=answer_id)
