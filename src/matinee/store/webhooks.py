"""The rows of webhooks in any SQL database, written in transactions and read outside of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from matinee.core.ids import AccountId, DeliveryId, EndpointId, VideoId
from matinee.core.webhook import (
    Callback,
    Delivery,
    DeliveryState,
    NumberedEvent,
    Receiver,
    WebhookEndpoint,
)
from matinee.ports.webhooks import DeliveryPage, EndpointPage, OutboxMarks
from matinee.store import webhook_rows as rows
from matinee.store import webhook_statements as statements
from matinee.store.execution import Execute, Read
from matinee.store.rows import Row, micros, moment
from matinee.store.statements import AFTER_ALL_IDS


class SqlWebhookRows:
    """The `WebhookRows` of every SQL database."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute

    def add_endpoint(self, endpoint: WebhookEndpoint) -> None:
        """Insert `endpoint`."""
        self._execute(statements.ADD_ENDPOINT, **rows.values_of_endpoint(endpoint))

    def endpoint(self, endpoint_id: EndpointId) -> WebhookEndpoint | None:
        """The endpoint, whoever owns it."""
        row = self._execute(statements.ENDPOINT_TO_CHANGE, endpoint_id=endpoint_id).fetchone()
        return rows.endpoint_of(row) if row else None

    def endpoints_of(self, account_id: AccountId) -> list[WebhookEndpoint]:
        """The account's endpoints, oldest first."""
        found = self._execute(statements.ENDPOINTS_OF_ACCOUNT, account_id=account_id).fetchall()
        return [rows.endpoint_of(row) for row in found]

    def save_endpoint(self, endpoint: WebhookEndpoint) -> None:
        """Write `endpoint` over the row of its id."""
        values = rows.values_of_endpoint(endpoint)
        self._execute(statements.SAVE_ENDPOINT, endpoint_id=endpoint.id, **values)

    def delete_endpoint(self, endpoint_id: EndpointId) -> None:
        """Remove the endpoint with its deliveries."""
        self._execute(statements.DELETE_DELIVERIES, endpoint_id=endpoint_id)
        self._execute(statements.DELETE_ENDPOINT, endpoint_id=endpoint_id)

    def add_callback(self, video_id: VideoId, account_id: AccountId, callback: Callback) -> None:
        """Note where the end of a video that is just accepted is to be told."""
        self._execute(
            statements.ADD_CALLBACK,
            video_id=video_id,
            account_id=account_id,
            url=callback.url,
            link_base=callback.link_base,
        )

    def take_callback(self, video_id: VideoId) -> Callback | None:
        """The video's callback, which is not stored any more."""
        row = self._execute(statements.CALLBACK, video_id=video_id).fetchone()
        if row is None:
            return None
        self._execute(statements.DELETE_CALLBACK, video_id=video_id)
        return Callback(url=row[0], link_base=row[1])

    def marks(self) -> OutboxMarks:
        """How far the outbox has come."""
        return _marks(self._execute(statements.MARKS_TO_MOVE).fetchall())

    def last_sequence(self) -> int:
        """The number of the newest event; 0 if there is none."""
        ((sequence,),) = self._execute(statements.LAST_SEQUENCE).fetchall()
        return int(sequence)

    def move_cursor(self, sequence: int) -> None:
        """Note that every event up to `sequence` is planned."""
        self._execute(statements.MOVE_CURSOR, sequence=sequence)

    def add_delivery(self, delivery: Delivery) -> None:
        """Insert `delivery`."""
        self._execute(statements.ADD_DELIVERY, **rows.values_of_delivery(delivery))

    def delivery(self, delivery_id: DeliveryId) -> Delivery | None:
        """The delivery, whoever owns it."""
        row = self._execute(statements.DELIVERY_TO_CHANGE, delivery_id=delivery_id).fetchone()
        return rows.delivery_of(row) if row else None

    def save_delivery(self, before: Delivery, after: Delivery) -> bool:
        """Write `after` over `before`; False if it is gone or was changed since."""
        cursor = self._execute(
            statements.SAVE_DELIVERY,
            delivery_id=before.id,
            held_state=before.state.value,
            held_attempts=before.attempts,
            held_due_at=micros(before.due_at),
            **rows.values_of_outcome(after),
        )
        return cursor.rowcount == 1

    def note_resend(self) -> None:
        """Count one delivery that was sent for again."""
        self._execute(statements.NOTE_RESEND)

    def sweep_deliveries(self, before: datetime) -> int:
        """Remove some of what was finished and made before that; how many. 0 when all is done."""
        return self._execute(statements.SWEEP_DELIVERIES, before=micros(before)).rowcount


class SqlWebhookReads:
    """The `WebhookReads` of every SQL database."""

    def __init__(self, read: Read, settled: Callable[[], Awaitable[int]]) -> None:
        self._read = read
        self._settled = settled

    async def endpoint(self, endpoint_id: EndpointId) -> WebhookEndpoint | None:
        """The endpoint, whoever owns it."""
        found = await self._read(statements.ENDPOINT, endpoint_id=endpoint_id)
        return rows.endpoint_of(found[0]) if found else None

    async def list_endpoints(
        self, account_id: AccountId | None, *, limit: int, after: EndpointId | None
    ) -> EndpointPage:
        """A page of an account's endpoints, or of all, behind the endpoint `after`."""
        values = {"after": after or AFTER_ALL_IDS, "most": limit + 1}
        if account_id is None:
            found = await self._read(statements.ALL_ENDPOINTS_PAGE, **values)
        else:
            found = await self._read(statements.ENDPOINTS_PAGE, account_id=account_id, **values)
        endpoints = tuple(rows.endpoint_of(row) for row in found[:limit])
        return EndpointPage(endpoints=endpoints, has_more=len(found) > limit)

    async def delivery(self, delivery_id: DeliveryId) -> Delivery | None:
        """The delivery, whoever owns it."""
        found = await self._read(statements.DELIVERY, delivery_id=delivery_id)
        return rows.delivery_of(found[0]) if found else None

    async def list_deliveries(
        self,
        account_id: AccountId | None,
        *,
        endpoint_id: EndpointId | None,
        state: DeliveryState | None,
        limit: int,
        after: DeliveryId | None,
    ) -> DeliveryPage:
        """A page of an account's deliveries, or of all, behind the delivery `after`."""
        scope: dict[str, object] = {}
        if endpoint_id is not None:
            statement, scope = statements.DELIVERIES_OF_ENDPOINT_PAGE, {"endpoint_id": endpoint_id}
        elif account_id is not None:
            statement, scope = statements.DELIVERIES_PAGE, {"account_id": account_id}
        else:
            statement = statements.ALL_DELIVERIES_PAGE
        found: list[Row] = []
        # Each state by itself is a walk along an index, also where there is history of years.
        for each in (state,) if state else DeliveryState:
            found += await self._read(
                statement,
                state=each.value,
                after=after or AFTER_ALL_IDS,
                most=limit + 1,
                **scope,
            )
        deliveries = sorted(
            map(rows.delivery_of, found), key=lambda delivery: delivery.id, reverse=True
        )
        return DeliveryPage(deliveries=tuple(deliveries[:limit]), has_more=len(deliveries) > limit)

    async def marks(self) -> OutboxMarks:
        """How far the outbox has come."""
        return _marks(await self._read(statements.MARKS))

    async def events_after(self, sequence: int, most: int) -> list[NumberedEvent]:
        """The events behind that one, in order."""
        found = await self._read(
            statements.EVENTS_AFTER, sequence=sequence, settled=await self._settled(), most=most
        )
        return [rows.numbered_event_of(row) for row in found]

    async def is_awaited(self, account_id: AccountId, video_id: VideoId) -> bool:
        """Whether the account has an endpoint, or the video a callback."""
        ((is_awaited,),) = await self._read(
            statements.IS_AWAITED, account_id=account_id, video_id=video_id
        )
        return bool(is_awaited)

    async def receivers(self) -> list[tuple[Receiver, datetime]]:
        """Everyone for whom deliveries wait, and when the first of them is due."""
        return [
            (Receiver(account_id=account_id, name=name), moment(due_at))
            for account_id, name, due_at in await self._read(statements.RECEIVERS)
        ]

    async def waiting_for(self, receiver: Receiver, most: int) -> list[Delivery]:
        """The receiver's waiting deliveries, the first due before the others."""
        found = await self._read(
            statements.WAITING_FOR,
            account_id=receiver.account_id,
            receiver=receiver.name,
            most=most,
        )
        return [rows.delivery_of(row) for row in found]


def _marks(found: list[Row]) -> OutboxMarks:
    ((sequence, resends),) = found
    return OutboxMarks(sequence=sequence, resends=resends)
