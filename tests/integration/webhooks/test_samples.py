"""Test events, which are sent while somebody waits for the answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from matinee.core.errors import QueueFull, ReceiverUnreachable
from matinee.core.webhook import EventType, WebhookEndpoint
from tests.integration.webhooks.conftest import PATIENT, a_street
from tests.receivers import answering, hang, receiving
from tests.samples import BOB


async def test_no_account_keeps_the_others_from_sending_samples(tmp_path: Path) -> None:
    async with (
        a_street(tmp_path, limits=PATIENT) as street,
        receiving(hang) as slow,
        receiving(answering(204)) as healthy,
    ):
        mine = (await street.endpoint(slow.url)).endpoint
        theirs = (await street.endpoint(healthy.url, account_id=BOB)).endpoint

        def sample(endpoint: WebhookEndpoint) -> asyncio.Task[object]:
            sending = street.office.send_sample(endpoint, EventType.VIDEO_COMPLETED)
            return asyncio.ensure_future(sending)

        hanging = [sample(mine) for _ in range(2)]
        await slow.until(2)
        with pytest.raises(QueueFull):
            await sample(mine)
        more = [sample(mine) for _ in range(20)]
        assert await sample(theirs)
        for each in (*hanging, *more):
            each.cancel()
            with suppress(asyncio.CancelledError, QueueFull, ReceiverUnreachable):
                await each
