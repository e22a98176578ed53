"""What the store does when PostgreSQL, or another process, is in its way."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import psycopg  # noqa: TID253  # the tests have every extra
import pytest

from matinee.core.account import Account
from matinee.core.errors import MatineeError, ServiceUnavailable, SettingsInvalid, StorageFull
from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId
from matinee.ports.store import Transaction
from matinee.store.postgres import PostgresDatabase
from matinee.store.postgres_connection import options_of, translated
from matinee.store.sql import SqlStore
from tests.postgres import PostgresServer, a_database, a_server
from tests.samples import ALICE, NOW, a_video, a_video_id

END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@pytest.fixture
def url() -> Iterator[str]:
    """The address of an empty database."""
    with a_database() as url:
        yield url


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    """A store on it."""
    store = SqlStore(PostgresDatabase(url))
    yield store
    await store.close()


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of this file's own, which may be stopped."""
    with a_server() as server:
        yield server


async def test_a_write_whose_process_stands_still_holds_nobody_up_for_long(url: str) -> None:
    waiting = PostgresDatabase(url, longest_s=0.5)
    stuck = PostgresDatabase(url)
    stands_still, goes_on = threading.Event(), threading.Event()

    def stand_still(transaction: Transaction) -> None:
        transaction.lock("a name")
        stands_still.set()
        goes_on.wait()

    held = asyncio.create_task(SqlStore(stuck).write(stand_still))
    await asyncio.to_thread(stands_still.wait)
    try:
        async with asyncio.timeout(20):
            while (await waiting.end_frozen())[1] == 0:  # noqa: ASYNC110  # nobody tells of it
                await asyncio.sleep(0.1)
        await SqlStore(waiting).write(lambda transaction: transaction.lock("a name"))
    finally:
        goes_on.set()
        with contextlib.suppress(ServiceUnavailable):
            await held
        await waiting.close()
        await stuck.close()


def why(error: MatineeError) -> str:
    """What only the operator is told."""
    return error.why or ""


def accept(transaction: Transaction, number: int = 1) -> None:
    transaction.add_video(a_video(number))
    transaction.add_event(
        Event(video_id=a_video_id(number), kind=EventKind.ACCEPTED, at=NOW, attempt=0)
    )


async def test_what_is_away_is_unavailable_and_used_again_as_soon_as_it_is_back(
    server: PostgresServer,
) -> None:
    with server.a_database() as url:
        store = SqlStore(PostgresDatabase(url))
        await store.write(accept)
        assert await store.video(a_video_id()) is not None
        server.stop_immediately()
        for _ in range(3):
            with pytest.raises(ServiceUnavailable, match="can't be used for now"):
                await store.video(a_video_id())
            with pytest.raises(ServiceUnavailable, match="can't be used for now"):
                await store.ping()
        server.start()
        await store.ping()
        assert await store.video(a_video_id()) is not None
        await store.close()


async def test_where_the_database_is_and_why_it_is_away_is_for_the_log_alone(
    server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    with server.a_database() as url:
        store = SqlStore(PostgresDatabase(url))
        await store.write(accept)
        server.stop_immediately()
        for use in (store.ping, partial(store.video, a_video_id())) * 2:
            with pytest.raises(ServiceUnavailable) as raised:
                await use()
            assert str(raised.value) == "The database can't be used for now."
        await store.close()
        server.start()
    (record,) = caplog.records
    assert record.getMessage() == "database is away"
    assert vars(record)["why"]


async def test_a_write_that_loses_its_connection_leaves_one_line_in_the_log(
    server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    def die(transaction: Transaction) -> None:
        accept(transaction)
        server.stop_immediately()

    with server.a_database() as url:
        store = SqlStore(PostgresDatabase(url))
        with pytest.raises(ServiceUnavailable):
            await store.write(die)
        await store.close()
        server.start()
    assert [each.getMessage() for each in caplog.records] == ["database is away"]


async def test_connections_that_broke_unused_are_replaced_unnoticed(
    server: PostgresServer,
) -> None:
    with server.a_database() as url:
        store = SqlStore(PostgresDatabase(url, readers=3, writers=2))
        await asyncio.gather(*(store.ping() for _ in range(9)))
        await asyncio.gather(*(store.video(a_video_id(n)) for n in range(9)))
        server.execute(END_OTHERS)
        await asyncio.gather(*(store.video(a_video_id(n)) for n in range(9)))
        await asyncio.gather(*(store.write(partial(accept, number=n)) for n in range(9)))
        assert await store.video(a_video_id(8)) is not None
        await store.close()


async def test_a_server_that_does_not_answer_is_given_up(server: PostgresServer) -> None:
    with server.a_database() as url:
        store = SqlStore(PostgresDatabase(url, readers=1, writers=1, longest_s=0.2))
        await store.write(accept)
        assert await store.video(a_video_id()) is not None
        stopped = processes_of(server)
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        try:
            calls = [store.video(a_video_id()), store.ping(), store.ping()]
            results = await asyncio.gather(*calls, return_exceptions=True)
        finally:
            for process in stopped:
                os.kill(process, signal.SIGCONT)
        assert [type(each) for each in results] == [ServiceUnavailable] * 3
        await store.ping()
        assert await store.video(a_video_id()) is not None
        await store.close()


def processes_of(server: PostgresServer) -> list[int]:
    """The processes that serve connections."""
    with psycopg.connect(server.url()) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid()"
        ).fetchall()
    return [server.process_id, *(process for (process,) in found)]


@contextmanager
def the_turn_of_events_held(url: str) -> Iterator[psycopg.Connection]:
    """Let nobody commit an event meanwhile; on the connection one sees who waits for that."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended('events', 0))")
        yield connection


def wait_for_who_waits(connection: psycopg.Connection) -> None:
    """Return as soon as somebody waits for a turn."""
    waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while not connection.execute(waiting).fetchall():
        pass


async def test_what_dies_as_it_commits_is_unavailable_and_not_run_again(
    server: PostgresServer,
) -> None:
    with server.a_database() as url:
        store = SqlStore(PostgresDatabase(url))
        await store.ping()
        runs: list[int] = []

        def work(transaction: Transaction) -> None:
            runs.append(1)
            accept(transaction)

        with the_turn_of_events_held(url) as connection:
            writing = asyncio.ensure_future(store.write(work))
            await asyncio.to_thread(wait_for_who_waits, connection)
            connection.execute(END_OTHERS)
        with pytest.raises(ServiceUnavailable, match="can't be used for now"):
            await writing
        assert runs == [1]
        assert await store.video(a_video_id()) is None
        await store.close()


async def test_everyone_who_asks_what_is_settled_hears_that_the_database_died(
    server: PostgresServer,
) -> None:
    with server.a_database() as url:
        database = PostgresDatabase(url)
        with the_turn_of_events_held(url) as connection:
            gone = asyncio.ensure_future(database.settled())
            asking = [asyncio.ensure_future(database.settled()) for _ in range(3)]
            await asyncio.sleep(0)
            gone.cancel()
            await asyncio.to_thread(wait_for_who_waits, connection)
            connection.execute(END_OTHERS)
        for each in asking:
            with pytest.raises(ServiceUnavailable):
                await each
        assert await database.settled() == 0
        await database.close()


async def test_trouble_that_nobody_waits_for_any_more_is_no_defect(server: PostgresServer) -> None:
    defects: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, said: defects.append(said))
    with server.a_database() as url:
        database = PostgresDatabase(url)
        with the_turn_of_events_held(url) as connection:
            asking = asyncio.ensure_future(database.settled())
            await asyncio.to_thread(wait_for_who_waits, connection)
            asking.cancel()
            connection.execute(END_OTHERS)
        # It is asked for only when the one before is over.
        assert await database.settled() == 0
        await database.close()
    gc.collect()
    assert not defects


async def test_a_database_that_took_no_writes_for_a_while_is_written_to_again(
    server: PostgresServer,
) -> None:
    with server.a_database() as url:
        name = url.rpartition("/")[2]
        server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        store = SqlStore(PostgresDatabase(url, writers=1))
        for call in (store.ping(), store.write(accept)):
            with pytest.raises(ServiceUnavailable, check=lambda raised: "read-only" in why(raised)):
                await call
        server.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        await store.write(accept)
        assert await store.video(a_video_id()) is not None
        await store.close()


async def test_nobody_waits_for_a_thread_that_does_not_come_back(url: str) -> None:
    store = SqlStore(PostgresDatabase(url, writers=1, longest_s=0.1))
    comes_back = threading.Event()
    with pytest.raises(ServiceUnavailable, check=lambda raised: "does not answer" in why(raised)):
        await store.write(lambda _: comes_back.wait())
    comes_back.set()
    await store.ping()
    await store.close()


async def test_of_two_that_wait_for_each_other_both_succeed(store: SqlStore) -> None:
    for number in (1, 2):
        await store.write(partial(accept, number=number))
    both_hold_one = threading.Barrier(2)
    runs: list[int] = []

    def cross(transaction: Transaction, first: int, second: int) -> bool:
        transaction.video(a_video_id(first))
        if first not in runs:
            runs.append(first)
            both_hold_one.wait()
        return transaction.video(a_video_id(second)) is not None

    crossing = (partial(cross, first=1, second=2), partial(cross, first=2, second=1))
    assert await asyncio.gather(*map(store.write, crossing)) == [True, True]


async def test_what_another_wrote_in_the_same_moment_is_found_by_the_second_run(
    store: SqlStore,
) -> None:
    both_have_looked = threading.Barrier(2)
    made: list[str] = []

    def ask(transaction: Transaction, number: int) -> str:
        found = transaction.video_of_request(ALICE, "key")
        if found is not None:
            return found[0]
        both_have_looked.wait()
        transaction.remember_request(ALICE, "key", "digest", a_video_id(number), NOW)
        transaction.after_commit(lambda: made.append(a_video_id(number)))
        return a_video_id(number)

    given = await asyncio.gather(*(store.write(partial(ask, number=n)) for n in (1, 2)))
    assert [*set(given)] == made


async def test_who_reads_a_video_to_change_it_has_it_alone(store: SqlStore) -> None:
    await store.write(accept)
    is_held, is_let_go = threading.Event(), threading.Event()
    order: list[str] = []

    def hold(transaction: Transaction) -> None:
        transaction.video(a_video_id())
        is_held.set()
        is_let_go.wait()
        order.append("first")

    def wait(transaction: Transaction) -> None:
        transaction.video(a_video_id())
        order.append("second")

    holding = asyncio.ensure_future(store.write(hold))
    await asyncio.to_thread(is_held.wait)
    waiting = asyncio.ensure_future(store.write(wait))
    # What reads alone waits for nobody.
    assert await store.video(a_video_id()) is not None
    assert not waiting.done()
    is_let_go.set()
    await asyncio.gather(holding, waiting)
    assert order == ["first", "second"]


async def test_what_is_shared_is_held_by_several(store: SqlStore) -> None:
    both_hold = threading.Barrier(2)

    def share(transaction: Transaction) -> None:
        transaction.lock("keys", is_shared=True)
        both_hold.wait()

    await asyncio.gather(store.write(share), store.write(share))


async def test_a_statement_that_failed_unheeded_is_no_success(store: SqlStore) -> None:
    def work(transaction: Transaction) -> None:
        accept(transaction)
        with pytest.raises(psycopg.errors.UndefinedTable):
            transaction.driver.execute("SELECT * FROM no_such_table").fetchall()

    with pytest.raises(psycopg.errors.PipelineAborted):
        await store.write(work)
    assert await store.video(a_video_id()) is None
    await store.ping()


async def test_a_defect_is_not_taken_for_a_bad_server(store: SqlStore) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        await store.write(
            lambda each: each.driver.execute(
                "INSERT INTO keys (id, account_id, digest, hint, created_at)"
                " VALUES ('k', 'nobody', 'd', 'h', 0)"
            )
        )


async def test_a_character_that_no_text_can_hold_is_no_defect(store: SqlStore) -> None:
    account = Account(id=AccountId("a"), name="a\0b", created_at=NOW)
    await store.write(lambda each: each.add_account(account))
    found = await store.write(lambda each: each.account_named("a\0b"))
    assert found is not None
    assert found.name == "a\N{REPLACEMENT CHARACTER}b"
    assert await store.key_by_digest("\0") is None


def test_a_full_disk_is_told_from_other_trouble() -> None:
    with pytest.raises(StorageFull), translated():
        raise psycopg.errors.DiskFull("could not extend file")
    with pytest.raises(ServiceUnavailable) as raised, translated():
        raise psycopg.errors.ReadOnlySqlTransaction("read-only transaction")
    assert why(raised.value) == "read-only transaction"


def test_what_only_the_drivers_library_says_is_no_defect() -> None:
    with pytest.raises(ServiceUnavailable), translated():
        raise psycopg.DatabaseError("the connection was lost")


def test_an_address_that_is_none_is_refused_without_a_word_of_it() -> None:
    with pytest.raises(SettingsInvalid, match="no address of a PostgreSQL") as refused:
        options_of("mysql://matinee:secret@db.example.org/matinee")
    assert "secret" not in str(refused.value)


def test_what_the_address_says_itself_wins() -> None:
    options = options_of("postgresql://db.example.org/films?connect_timeout=30&options=-csome%3D1")
    assert options["connect_timeout"] == "30"
    assert options["options"].endswith("-csome=1")


async def test_a_duty_that_another_one_has_is_refused_without_a_write(store: SqlStore) -> None:
    until = NOW + timedelta(seconds=15)

    def ask(transaction: Transaction, holder: str) -> tuple[bool, bool]:
        is_held = transaction.crew.hold_duty("outbox", holder, NOW, until)
        (number,) = transaction.driver.execute(
            "SELECT pg_current_xact_id_if_assigned()::text"
        ).fetchone()
        return is_held, number is not None

    assert await store.write(partial(ask, holder="one")) == (True, True)
    assert await store.write(partial(ask, holder="other")) == (False, False)
