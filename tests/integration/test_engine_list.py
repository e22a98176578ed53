"""`matinee engines`, whatever the upstreams said."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from matinee.cli.engines import list_engines
from matinee.core.circuit import Circuit, note_failure
from matinee.core.errors import EngineUnavailable
from matinee.data_folder import DataFolder
from matinee.foundations import open_store
from matinee.settings import Settings
from tests.samples import NOW


def test_what_an_upstream_said_is_shown_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "no [/b] way [red]: [link=http://x]"
    circuit = note_failure(Circuit(engine="animatic"), EngineUnavailable(words), NOW)

    async def meet() -> None:
        async with open_store(Settings(), DataFolder(tmp_path)) as store:
            await store.write(
                lambda transaction: transaction.attempts.save_circuit("local", circuit)
            )

    asyncio.run(meet())
    list_engines(tmp_path, as_json=False)
    assert words in capsys.readouterr().out
