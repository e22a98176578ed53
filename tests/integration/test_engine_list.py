"""`matinee engines`, whatever the upstreams said."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from matinee.cli.engines import list_engines
from matinee.core.circuit import Circuit, note_failure
from matinee.core.errors import EngineUnavailable
from matinee.data_folder import DataFolder
from matinee.database import bring_up_to_date
from matinee.foundations import look_at_store
from matinee.ports.crew import Worker
from matinee.ports.store import Transaction
from matinee.settings import Settings
from matinee.system import SystemClock
from tests.samples import NOW, a_video


def test_what_an_upstream_said_is_shown_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "no [/b] way [red]: [link=http://x]"
    circuit = note_failure(Circuit(engine="animatic"), EngineUnavailable(words), NOW)

    bring_up_to_date(Settings(), DataFolder(tmp_path))

    async def meet() -> None:
        async with look_at_store(Settings(), DataFolder(tmp_path)) as store:
            await store.write(
                lambda transaction: transaction.attempts.save_circuit("local", circuit)
            )

    asyncio.run(meet())
    list_engines(tmp_path, None, as_json=False)
    assert words in capsys.readouterr().out


def test_what_nobody_serves_is_shown_with_what_its_workers_make(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = SystemClock().now()
    worker = Worker(
        id="local",
        host="rack-1",
        process_id=7,
        engines=("animatic",),
        queues=(("animatic", "slow"),),
        started_at=now,
        seen_at=now,
    )

    def fill(transaction: Transaction) -> None:
        transaction.crew.note_worker(worker)
        transaction.add_video(a_video(1, engine="animatic", model="quick"))
        transaction.add_video(a_video(2, engine="alone", model="m"))

    bring_up_to_date(Settings(), DataFolder(tmp_path))

    async def write() -> None:
        async with look_at_store(Settings(), DataFolder(tmp_path)) as store:
            await store.write(fill)

    asyncio.run(write())
    list_engines(tmp_path, None, as_json=False)
    shown = capsys.readouterr().out
    assert "1 (nobody serves quick: 1)" in shown
    assert "1: rack-1/7 only slow since" in shown
    (alone,) = (line for line in shown.splitlines() if "alone" in line)
    assert "no worker" in alone
    assert "1 (nobody serves m: 1)" in alone
