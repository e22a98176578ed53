"""Webhooks of a real server, which is killed, and the commands beside it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from matinee.core.event import Event, EventKind
from matinee.data_folder import DataFolder
from matinee.database import bring_up_to_date
from matinee.foundations import look_at_store
from matinee.ports.store import Store, Transaction
from matinee.services.access import LOCAL_ACCOUNT
from matinee.settings import Settings
from matinee.system import SystemClock
from tests.e2e.serving import serving
from tests.receivers import Receiver, answering, hang, receiving
from tests.samples import a_video, a_video_id

pytestmark = pytest.mark.timeout(120)

WISH = {"name": "Films", "event_types": ["video.completed", "video.failed"]}


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "matinee", "webhooks", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@asynccontextmanager
async def rows_of(folder: Path) -> AsyncIterator[Store]:
    """The rows beside the server or before it, to make videos end without films."""
    bring_up_to_date(Settings(), DataFolder(folder))
    async with look_at_store(Settings(), DataFolder(folder)) as store:
        yield store


async def end_videos(store: Store, first: int, last: int) -> set[str]:
    def work(transaction: Transaction) -> None:
        now = SystemClock().now()
        for number in range(first, last):
            transaction.add_video(a_video(number, account_id=LOCAL_ACCOUNT))
            transaction.add_event(
                Event(video_id=a_video_id(number), kind=EventKind.COMPLETED, at=now, attempt=1)
            )
            transaction.delete_video(a_video_id(number))

    await store.write(work)
    return {f"video_{a_video_id(number)}" for number in range(first, last)}


async def until_told(receiver: Receiver, videos: set[str], skip: int) -> None:
    count = skip + len(videos)
    while {each.video_id for each in receiver.received[skip:]} != videos:
        count = max(count, len(receiver.received) + 1)
        await receiver.until(count)


async def test_a_server_that_is_killed_in_the_middle_loses_no_delivery(tmp_path: Path) -> None:
    hanging = [hang] * 4
    async with receiving(*hanging, answering(200)) as receiver, rows_of(tmp_path) as store:
        allow = {"MATINEE_WEBHOOK_ALLOW": f"127.0.0.1:{receiver.port}"}
        with serving(tmp_path, **allow) as server:
            with server.client() as client:
                made = client.post("/v1/webhook_endpoints", json={**WISH, "url": receiver.url})
            assert made.status_code == 200, made.text
            ended = await end_videos(store, 0, 12)
            await receiver.until(4)
            server.kill()
            ended |= await end_videos(store, 12, 20)
            server.start()
            async with asyncio.timeout(30):
                await until_told(receiver, ended, skip=4)
    ids = [each.headers["webhook-id"] for each in receiver.received[4:]]
    assert len(set(ids)) == 20
    assert {each.headers["webhook-id"] for each in receiver.received[:4]} <= set(ids)


async def test_dead_deliveries_are_found_and_sent_again_by_command(tmp_path: Path) -> None:
    async with receiving(answering(410), answering(200)) as receiver, rows_of(tmp_path) as store:
        allow = {"MATINEE_WEBHOOK_ALLOW": "127.0.0.0/8,127.0.0.1:" + str(receiver.port)}
        with serving(tmp_path, **allow) as server:
            with server.client() as client:
                client.post("/v1/webhook_endpoints", json={**WISH, "url": receiver.url})
            await end_videos(store, 0, 1)
            await receiver.until(1)
            listed = await asyncio.to_thread(dead_letters, tmp_path)
            run("resend", str(listed[0]["id"]), "--data", str(tmp_path))
            async with asyncio.timeout(30):
                await receiver.until(2)
    assert (listed[0]["attempts"], listed[0]["last_status"]) == (1, 410)
    assert receiver.url in run("list", "--data", str(tmp_path))
    assert run("secret", "--data", str(tmp_path)).startswith("whsec_")


def dead_letters(folder: Path) -> list[dict[str, object]]:
    """What came to nothing, as soon as there is something."""
    while True:
        listed: list[dict[str, object]] = json.loads(
            run("deliveries", "--state", "dead", "--json", "--data", str(folder))
        )
        if listed:
            return listed
