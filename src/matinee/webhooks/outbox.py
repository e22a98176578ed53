"""Keeps deliveries going: plans what ended, begins what is due, in turn and within bounds."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from matinee.core.errors import MatineeError
from matinee.core.ids import DeliveryId
from matinee.core.webhook import Delivery, Receiver
from matinee.policy.deliveries import due_moment
from matinee.policy.sendings import MOST_TO_ONE
from matinee.ports.clock import Clock
from matinee.ports.store import Store
from matinee.webhooks.agenda import Agenda, Sendings
from matinee.webhooks.deliver import Sender
from matinee.webhooks.planner import Planner

logger = logging.getLogger(__name__)

_LOOK_S = 1.0
_RELOAD_S, _SWEEP_S = 60.0, 3600.0
_KEPT = timedelta(days=30)
_SLOW_S = 5.0
"""A receiver that takes longer than this for an answer counts as slow until it is faster."""

_MOST_LOOKED_AT = MOST_TO_ONE + 1
"""So that one is among them that is not under way."""

_GRACE_S = 2.0
_UNWRITTEN_S = 5.0


class Outbox:
    """Sends every delivery. It runs in one process at a time."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        planner: Planner,
        sender: Sender,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._clock = clock
        self._planner = planner
        self._sender = sender
        self._monotonic = monotonic
        self._agenda = Agenda()
        self._sendings = Sendings()
        self._under_way: dict[DeliveryId, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()
        self._resends = -1
        self._reload_at_s = self._sweep_at_s = self._monotonic()

    def wake(self) -> None:
        """Look at once: something ended, or became due."""
        self._woken.set()

    async def run(self) -> None:
        """Plan and send until cancelled. What is not sent by then waits in its row.

        It may be run again afterwards, when others were at it meanwhile.
        """
        self._agenda, self._sendings, self._under_way = Agenda(), Sendings(), {}
        self._resends = -1
        try:
            while True:
                self._woken.clear()
                try:
                    await self.look()
                except MatineeError as error:
                    # The database is away or its disk is full: the next look tries again.
                    logger.log(
                        error.log_level, "deliveries not looked at", extra={"code": error.code}
                    )
                await self._pause()
        finally:
            await self._end_sendings()

    async def look(self) -> None:
        """Plan what ended since the last look, and begin what is due."""
        await self._reload_if_needed()
        while planned := await self._planner.plan():
            for delivery in planned:
                self._agenda.expect(delivery.receiver, delivery.due_at)
            await self._begin_due()
        await self._begin_due()
        await self._sweep_if_needed()

    async def _pause(self) -> None:
        next_at = self._agenda.next_at()
        pause_s = _LOOK_S
        if next_at is not None:
            pause_s = min(pause_s, max(0.0, (next_at - self._clock.now()).total_seconds()))
        try:
            async with asyncio.timeout(pause_s):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _reload_if_needed(self) -> None:
        """Read for whom deliveries wait, when that may not be known.

        At the start; when a delivery was sent for again, perhaps by a command; and now and then,
        since accounts may have taken deliveries over.
        """
        resends = (await self._store.webhooks.marks()).resends
        if resends == self._resends and self._monotonic() < self._reload_at_s:
            return
        for receiver, due_at in await self._store.webhooks.receivers():
            self._agenda.expect(receiver, due_moment(due_at, self._clock.now()))
        self._resends = resends
        self._reload_at_s = self._monotonic() + _RELOAD_S

    async def _begin_due(self) -> None:
        begun = True
        while begun:
            begun = False
            for receiver in self._agenda.turns(self._clock.now()):
                if self._sendings.may_begin(receiver):
                    begun = await self._begin(receiver) or begun

    async def _begin(self, receiver: Receiver) -> bool:
        """Begin the receiver's next sending; whether there is one that may begin."""
        now = self._clock.now()
        waiting = await self._store.webhooks.waiting_for(receiver, _MOST_LOOKED_AT)
        delivery = next((each for each in waiting if each.id not in self._under_way), None)
        due_at = due_moment(delivery.due_at, now) if delivery else None
        if delivery is None or due_at is None or due_at > now:
            self._agenda.served(receiver, due_at)
            return False
        url = await self._sender.url_of(delivery)
        host = (urlsplit(url).hostname or "") if url else ""
        if not self._sendings.may_begin(receiver, host):
            return False
        self._agenda.served(receiver, now)
        sending = asyncio.create_task(self._sender.deliver(delivery), name=f"deliver {delivery.id}")
        self._under_way[delivery.id] = sending
        began_slow = self._sendings.begin(receiver, host)
        began_s = self._monotonic()

        def release() -> None:
            self._release(delivery, host, began_slow=began_slow, began_s=began_s)

        sending.add_done_callback(lambda ended: self._ended(ended, delivery, release))
        return True

    def _ended(
        self, sending: asyncio.Task[None], delivery: Delivery, release: Callable[[], None]
    ) -> None:
        if sending.cancelled():
            return
        error = sending.exception()
        if error is None:
            release()
            return
        logger.error(
            "outcome of a delivery not stored",
            exc_info=error,
            extra={"delivery_id": delivery.id},
        )
        # It is due as before: without a pause it would be sent again and again.
        asyncio.get_running_loop().call_later(_UNWRITTEN_S, release)

    def _release(self, delivery: Delivery, host: str, *, began_slow: bool, began_s: float) -> None:
        if self._under_way.pop(delivery.id, None) is None:
            return  # of an earlier run
        was_slow = self._monotonic() - began_s > _SLOW_S
        self._sendings.end(delivery.receiver, host, began_slow=began_slow, was_slow=was_slow)
        self._agenda.expect(delivery.receiver, self._clock.now())
        self.wake()

    async def _sweep_if_needed(self) -> None:
        if self._monotonic() < self._sweep_at_s:
            return
        self._sweep_at_s = self._monotonic() + _SWEEP_S
        before = self._clock.now() - _KEPT
        while await self._store.write(
            lambda transaction: transaction.webhooks.sweep_deliveries(before)
        ):
            pass

    async def _end_sendings(self) -> None:
        """Let what is under way end soon, or be sent again after the next start."""
        sendings = list(self._under_way.values())
        if not sendings:
            return
        _, late = await asyncio.wait(sendings, timeout=_GRACE_S)
        for sending in late:
            sending.cancel()
        await asyncio.gather(*sendings, return_exceptions=True)
