"""An outbox that is run again, after another process had its duty for a while."""

from __future__ import annotations

from tests.integration.webhooks.conftest import Street
from tests.receivers import answering, receiving


async def test_an_outbox_that_is_run_again_sends_what_came_meanwhile(street: Street) -> None:
    async with receiving(answering(200)) as receiver:
        await street.endpoint(receiver.url)
        for count in (2, 4):
            await street.end()
            async with street.working():
                await street.end()
                await receiver.until(count)
    assert len({each.video_id for each in receiver.received}) == 4
