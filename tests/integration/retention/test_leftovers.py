"""What dead processes left where this machine works, and when films are to end."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from pathlib import PosixPath

import httpx
import pytest

from matinee.core.errors import EngineError, ServiceUnavailable
from matinee.worker.ledger import Ledger
from matinee.worker.leftovers import Leftovers
from matinee.worker.ports import WorkerPorts
from tests.houses import House, routes_of

HOUR = 3601


class BusyFolder(PosixPath):
    """Requests that are just answered take away every other file when all are listed."""

    def iterdir(self) -> Generator[BusyFolder, None, None]:
        """What was there a moment ago."""
        listed = sorted(super().iterdir())
        for path in listed[::2]:
            path.unlink()
        yield from listed


def leftovers(house: House) -> Leftovers:
    work = house.folder / "work"
    return Leftovers(house.store, house.clock, work=work, uploads=work / "uploads")


async def accepted(client: httpx.AsyncClient) -> str:
    video_id: str = (await client.post("/v1/videos", json={"prompt": "a fox"})).json()["id"]
    return video_id


async def test_folders_of_attempts_that_are_over_are_removed(
    house: House, client: httpx.AsyncClient
) -> None:
    running = await house.start(await accepted(client))
    failed = await house.start(await accepted(client))
    await house.fail(failed.id, EngineError("It broke."))
    work = house.folder / "work"
    kept = [work / f"{running.id}-1", work / "uploads", work / "of-nobody"]
    for name in (*kept, work / f"{running.id}-0", work / f"{failed.id}-1"):
        (work / name).mkdir(parents=True)
    await leftovers(house).sweep()
    assert len(list(work.iterdir())) == 5
    house.clock.move(HOUR)
    await leftovers(house).sweep()
    assert sorted(work.iterdir()) == sorted(kept)


async def test_uploads_of_dead_requests_are_removed_when_no_request_lasts_so_long(
    house: House,
) -> None:
    part = house.folder / "work" / "uploads" / "part-0"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    house.clock.move(HOUR)
    await leftovers(house).sweep()
    assert part.exists()
    house.clock.move(6 * HOUR)
    await leftovers(house).sweep()
    assert not part.exists()


async def test_files_may_vanish_while_what_was_left_is_removed(house: House) -> None:
    work = house.folder / "work"
    uploads = BusyFolder(work / "uploads")
    uploads.mkdir(parents=True)
    for number in range(4):
        (uploads / f"part-{number}").write_bytes(b"half")
    house.clock.move(6 * HOUR)
    await Leftovers(house.store, house.clock, work=work, uploads=uploads).sweep()
    assert not any(uploads.glob("*"))


async def test_a_folder_that_can_not_be_read_is_an_error_that_the_janitor_knows(
    house: House,
) -> None:
    work = house.folder / "work"
    work.mkdir()
    (work / "uploads").write_bytes(b"no folder")
    with pytest.raises(ServiceUnavailable):
        await leftovers(house).sweep()


async def test_a_film_is_told_its_end_when_it_is_completed(
    house: House, client: httpx.AsyncClient
) -> None:
    ports = house.ports
    ledger = Ledger(
        WorkerPorts(
            store=ports.store,
            blobs=ports.blobs,
            queue=ports.queue,
            announcements=ports.announcements,
            clock=ports.clock,
        ),
        routes_of("sora-2"),
        lambda _: True,
        lease=timedelta(seconds=15),
        retention=timedelta(hours=2),
    )
    spelled_id = await accepted(client)
    taken = await ledger.take((await house.video(spelled_id)).id, "animatic")
    assert taken is not None
    await ledger.finish(taken, ())
    shown = (await client.get(f"/v1/videos/{spelled_id}")).json()
    assert shown["expires_at"] == shown["completed_at"] + 7200
