"""One attempt at one delivery: write the letter, send it, note what became of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from matinee.core.errors import MatineeError
from matinee.core.webhook import Delivery, Receipt, WebhookEndpoint
from matinee.policy.deliveries import after_failure, after_receipt
from matinee.ports.clock import Clock
from matinee.ports.store import Store
from matinee.ports.webhooks import Letter
from matinee.webhooks.letters import Letters

logger = logging.getLogger(__name__)

Post = Callable[[Letter], Awaitable[Receipt]]
"""Sends a letter; raises a MatineeError if no answer came."""


class Sender:
    """Makes attempts. `chance` gives a number from 0 to 1, so that waits differ."""

    def __init__(
        self, store: Store, clock: Clock, letters: Letters, post: Post, chance: Callable[[], float]
    ) -> None:
        self._store = store
        self._clock = clock
        self._letters = letters
        self._post = post
        self._chance = chance

    async def url_of(self, delivery: Delivery) -> str | None:
        """Where the next attempt goes to; None if the endpoint was deleted."""
        if delivery.callback is not None:
            return delivery.callback.url
        endpoint = await self._endpoint(delivery)
        return endpoint.url if endpoint else None

    async def deliver(self, delivery: Delivery) -> None:
        """Make one attempt and commit what became of it.

        A delivery that was deleted or sent for again meanwhile stays as that left it. Raises a
        MatineeError if nothing can be committed: the delivery is then as it was.
        """
        after = await self._attempt(delivery)
        if after is None:
            return
        await self._store.write(
            lambda transaction: transaction.webhooks.save_delivery(delivery, after)
        )
        fields = {
            "delivery_id": delivery.id,
            "state": after.state.value,
            "attempts": after.attempts,
            "status": after.last_status,
        }
        logger.info("delivery attempted", extra=fields)

    async def _attempt(self, delivery: Delivery) -> Delivery | None:
        try:
            letter = await self._write(delivery)
            receipt = await self._post(letter) if letter else None
        except MatineeError as error:
            return after_failure(delivery, str(error), self._clock.now(), self._chance())
        except Exception:  # whatever went wrong with one delivery, the others go on
            logger.exception("delivery met a defect", extra={"delivery_id": delivery.id})
            reason = "The server met a defect while sending."
            return after_failure(delivery, reason, self._clock.now(), self._chance())
        if receipt is None:
            return None
        return after_receipt(delivery, receipt, self._clock.now(), self._chance())

    async def _write(self, delivery: Delivery) -> Letter | None:
        """The letter, true at this moment; None if its endpoint was deleted."""
        now = self._clock.now()
        if delivery.callback is not None:
            video = await self._store.video(delivery.video_id)
            return self._letters.to_callback(delivery.callback, delivery, video, now)
        endpoint = await self._endpoint(delivery)
        return self._letters.to_endpoint(endpoint, delivery, now) if endpoint else None

    async def _endpoint(self, delivery: Delivery) -> WebhookEndpoint | None:
        if delivery.endpoint_id is None:
            return None
        return await self._store.webhooks.endpoint(delivery.endpoint_id)
