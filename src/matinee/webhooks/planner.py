"""From events to deliveries: what ended since the last look, told to whoever wants to know."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

from matinee.core.ids import EndpointId
from matinee.core.webhook import Callback, Delivery, EventType, NumberedEvent, Receiver
from matinee.ports.clock import Clock, Identities
from matinee.ports.store import Store, Transaction

_MOST_AT_ONCE = 200


class Planner:
    """Reads events behind a cursor and inserts a delivery for each receiver of each.

    Deliveries and cursor are committed together, so whatever dies, no event is lost or planned
    twice.

    The store gives no event below whose number another one may still appear, so none is passed
    over behind the cursor. Whoever removes old events must leave the newest, or SQLite's numbers
    would begin anew below the cursor.
    """

    def __init__(self, store: Store, clock: Clock, identities: Identities) -> None:
        self._store = store
        self._clock = clock
        self._identities = identities
        self._read_up_to = -1
        self._stored_up_to = -1

    async def plan(self) -> list[Delivery]:
        """Plan some of what ended since the last time. Nothing more if it gives nothing.

        Events that concern nobody cost a read and hardly a commit: the last ones are passed over
        again after a restart.
        """
        if self._read_up_to < 0:
            self._stored_up_to = (await self._store.webhooks.marks()).sequence
            self._read_up_to = self._stored_up_to
        while events := await self._store.webhooks.events_after(self._read_up_to, _MOST_AT_ONCE):
            planned: list[Delivery] = []
            last = events[-1].sequence
            is_far = last - self._stored_up_to >= _MOST_AT_ONCE
            if is_far or any([await self._concerns_someone(event) for event in events]):
                planned = await self._store.write(partial(self._plan, events))
                self._stored_up_to = last
            self._read_up_to = last
            if planned:
                return planned
        return []

    async def _concerns_someone(self, numbered: NumberedEvent) -> bool:
        return numbered.event.kind.is_final and await self._store.webhooks.is_awaited(
            numbered.account_id, numbered.event.video_id
        )

    def _plan(self, events: Sequence[NumberedEvent], transaction: Transaction) -> list[Delivery]:
        planned_before = transaction.webhooks.marks().sequence
        planned = [
            delivery
            for event in events
            if event.sequence > planned_before
            for delivery in self._deliveries(transaction, event)
        ]
        for delivery in planned:
            transaction.webhooks.add_delivery(delivery)
        transaction.webhooks.move_cursor(max(planned_before, events[-1].sequence))
        return planned

    def _deliveries(self, transaction: Transaction, numbered: NumberedEvent) -> list[Delivery]:
        if not numbered.event.kind.is_final:
            return []
        callback = transaction.webhooks.take_callback(numbered.event.video_id)
        event_type = EventType.of(numbered.event.kind)
        if event_type is None:
            # Deleted before its end, by its owner: there is no end to tell of.
            return []
        told: list[EndpointId | Callback] = [
            endpoint.id
            for endpoint in transaction.webhooks.endpoints_of(numbered.account_id)
            if event_type in endpoint.event_types and numbered.sequence > endpoint.after_sequence
        ]
        if callback is not None:
            told.append(callback)
        return [self._delivery(numbered, event_type, to) for to in told]

    def _delivery(
        self, numbered: NumberedEvent, event_type: EventType, to: EndpointId | Callback
    ) -> Delivery:
        now = self._clock.now()
        return Delivery(
            id=self._identities.delivery_id(now),
            receiver=Receiver(
                account_id=numbered.account_id,
                name=_origin_of(to.url) if isinstance(to, Callback) else to,
            ),
            endpoint_id=None if isinstance(to, Callback) else to,
            callback=to if isinstance(to, Callback) else None,
            video_id=numbered.event.video_id,
            event_type=event_type,
            happened_at=numbered.event.at,
            created_at=now,
            due_at=now,
        )


def _origin_of(url: str) -> str:
    """Scheme, host and port: what callbacks to one server have in common."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
