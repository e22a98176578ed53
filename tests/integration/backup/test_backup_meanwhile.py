"""What happens while a backup is taken, kills included."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from matinee.backup.taking import Taken, take_backup
from matinee.services.orphans import find_missing
from matinee.settings import Settings
from tests.houses import FILM, House, a_house
from tests.integration.backup.houses import NOW, Stock, a_stock, restore

_KILLED_IN_THE_MIDDLE = """
import asyncio, os, signal, sys
from pathlib import Path
from matinee.backup.taking import take_backup
from matinee.data_folder import DataFolder
from matinee.settings import Settings
from tests.integration.backup.houses import NOW

done = 0
def report(count):
    global done
    done += count
    if done > 1_000_000:
        os.kill(os.getpid(), signal.SIGKILL)

folder, target = DataFolder(Path(sys.argv[1])), Path(sys.argv[2])
asyncio.run(take_backup(Settings(), folder, target, NOW, has_secret=False, report=report))
"""


@pytest.fixture
async def stock(tmp_path: Path) -> AsyncIterator[Stock]:
    """A house with something to lose."""
    async with a_stock(tmp_path / "old") as stock:
        yield stock


async def back_up_while(
    stock: Stock, target: Path, happens: Callable[[], Coroutine[Any, Any, object]]
) -> Taken:
    """A backup; as soon as its first blob is read, which is after the rows, something happens."""
    loop, once = asyncio.get_running_loop(), [happens]

    def report(_: int) -> None:
        while once:
            asyncio.run_coroutine_threadsafe(once.pop()(), loop).result()

    return await take_backup(Settings(), stock.folder, target, NOW, has_secret=False, report=report)


async def check_whole(house: House) -> None:
    """No row leads to a blob that is not there."""
    assert [each async for each in find_missing(house.store, house.blobs)] == []


async def test_a_video_that_is_deleted_meanwhile_is_not_in_it(stock: Stock, tmp_path: Path) -> None:
    async def delete() -> None:
        await stock.client.delete(f"/v1/videos/{stock.waiting}")
        await stock.client.delete(f"/v1/files/{stock.file}")

    taken = await back_up_while(stock, tmp_path / "films.tar", delete)
    assert (taken.videos, taken.damaged) == (1, [])
    await restore(tmp_path / "films.tar", tmp_path / "new")
    async with a_house(tmp_path / "new") as house, house.client() as client:
        assert (await client.get(f"/v1/videos/{stock.waiting}")).status_code == 404
        assert (await client.get(f"/v1/files/{stock.file}")).status_code == 404
        await check_whole(house)


async def test_a_video_that_is_finished_meanwhile_is_in_it_with_its_film(
    stock: Stock, tmp_path: Path
) -> None:
    reply = await stock.client.post(f"/v1/videos/{stock.film.id}/remix", json={"prompt": "snow"})
    remix = reply.json()["id"]

    async def finish() -> None:
        await stock.house.complete(remix)
        # Nobody needs its source then, and the janitor comes.
        await stock.house.blobs.delete(f"videos/{remix.removeprefix('video_')}/source")

    taken = await back_up_while(stock, tmp_path / "films.tar", finish)
    assert (taken.videos, taken.damaged) == (3, [])
    await restore(tmp_path / "films.tar", tmp_path / "new")
    async with a_house(tmp_path / "new") as house, house.client() as client:
        content = await client.get(f"/v1/videos/{remix}/content")
        assert (content.status_code, content.content) == (200, FILM)
        await check_whole(house)


async def test_a_video_that_is_accepted_meanwhile_comes_with_the_next_backup(
    stock: Stock, tmp_path: Path
) -> None:
    async def accept() -> None:
        await stock.client.post("/v1/videos", json={"prompt": "an owl"})

    assert (await back_up_while(stock, tmp_path / "first.tar", accept)).videos == 2
    assert (await stock.back_up(tmp_path / "second.tar")).videos == 3


async def test_of_a_backup_that_is_killed_nothing_has_its_name_and_the_next_one_clears_up(
    stock: Stock, tmp_path: Path
) -> None:
    target = tmp_path / "out" / "films.tar"
    target.parent.mkdir()
    command = [sys.executable, "-c", _KILLED_IN_THE_MIDDLE, str(stock.folder.root), str(target)]
    ended = await asyncio.to_thread(subprocess.run, command, check=False)
    assert ended.returncode == -signal.SIGKILL
    (left,) = target.parent.iterdir()
    assert left.name.endswith(".partial")
    await stock.back_up(target)
    assert list(target.parent.iterdir()) == [target]


async def test_of_a_restore_that_is_killed_nothing_starts_and_it_can_be_done_again(
    stock: Stock, tmp_path: Path
) -> None:
    target = tmp_path / "films.tar"
    await stock.back_up(target)
    script = _KILLED_IN_THE_MIDDLE.replace("taking import take_backup", "restoring import *")
    script = script.replace("done > 1_000_000", "done > 3_000_000")
    script = script[: script.index("asyncio.run")]
    script += "asyncio.run(restore_backup(target, Settings(), folder, report=report))"
    command = [sys.executable, "-c", script, str(tmp_path / "new"), str(target)]
    ended = await asyncio.to_thread(subprocess.run, command, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert not (tmp_path / "new" / "matinee.db").exists()
    await restore(target, tmp_path / "new")
    async with a_house(tmp_path / "new") as house:
        await check_whole(house)
