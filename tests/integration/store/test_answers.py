"""Old answers are forgotten whole, also where several transactions forget some at once."""

from __future__ import annotations

from datetime import timedelta

import psycopg  # noqa: TID253  # the tests have every extra
from sqlalchemy.dialects import postgresql

from matinee.store.answers import SqlAnswers
from matinee.store.execution import Cursor
from matinee.store.statements import Statement, Texts
from tests.contract.test_store_library import an_answer
from tests.postgres import a_database
from tests.samples import NOW

LATER = NOW + timedelta(days=1)


class Statements:
    """Runs statements on a connection; after the first one it lets go of what `other` holds."""

    def __init__(
        self, connection: psycopg.Connection, other: psycopg.Connection | None = None
    ) -> None:
        self._connection = connection
        self._other = other
        self._texts = Texts(postgresql.psycopg.dialect())  # type: ignore[no-untyped-call]

    def __call__(self, statement: Statement, **values: object) -> Cursor:
        cursor = self._connection.execute(self._texts.of(statement).encode(), values)
        if self._other is not None:
            self._other.rollback()
        return cursor


def test_what_another_transaction_lets_go_of_meanwhile_is_not_forgotten_by_half() -> None:
    with a_database() as url, psycopg.connect(url) as one, psycopg.connect(url) as other:
        for number in (1, 2):
            SqlAnswers(Statements(one)).add(an_answer(number))
        one.commit()
        other.execute("SELECT FROM answers WHERE id = 'answer-1' FOR UPDATE")
        SqlAnswers(Statements(one, other)).forget(LATER)
        assert one.execute("SELECT id FROM answers").fetchall() == [("answer-1",)]
        assert one.execute("SELECT answer_id FROM answered_videos").fetchall() == [("answer-1",)]
