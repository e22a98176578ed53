"""Endpoints, callbacks and deliveries: their rows, and how a delivery leaves the house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from matinee.core.ids import AccountId, DeliveryId, EndpointId, VideoId
from matinee.core.webhook import (
    Callback,
    Delivery,
    DeliveryState,
    NumberedEvent,
    Receiver,
    WebhookEndpoint,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointPage:
    """Some endpoints, newest first, and whether more follow."""

    endpoints: tuple[WebhookEndpoint, ...]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPage:
    """Some deliveries, newest first, and whether more follow."""

    deliveries: tuple[Delivery, ...]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMarks:
    """How far the outbox has come.

    Every event up to `sequence` is planned; `resends` counts the deliveries that were sent for
    again, by whichever process.
    """

    sequence: int
    resends: int


class WebhookRows(Protocol):
    """The statements on webhooks in a writing transaction."""

    def add_endpoint(self, endpoint: WebhookEndpoint) -> None:
        """Insert `endpoint`."""

    def endpoint(self, endpoint_id: EndpointId) -> WebhookEndpoint | None:
        """The endpoint, whoever owns it."""

    def endpoints_of(self, account_id: AccountId) -> list[WebhookEndpoint]:
        """The account's endpoints, oldest first."""

    def save_endpoint(self, endpoint: WebhookEndpoint) -> None:
        """Write `endpoint` over the row of its id."""

    def delete_endpoint(self, endpoint_id: EndpointId) -> None:
        """Remove the endpoint with its deliveries."""

    def add_callback(self, video_id: VideoId, account_id: AccountId, callback: Callback) -> None:
        """Note where the end of a video that is just accepted is to be told."""

    def take_callback(self, video_id: VideoId) -> Callback | None:
        """The video's callback, which is not stored any more."""

    def marks(self) -> OutboxMarks:
        """How far the outbox has come."""

    def last_sequence(self) -> int:
        """The number of the newest event; 0 if there is none."""

    def move_cursor(self, sequence: int) -> None:
        """Note that every event up to `sequence` is planned."""

    def add_delivery(self, delivery: Delivery) -> None:
        """Insert `delivery`."""

    def delivery(self, delivery_id: DeliveryId) -> Delivery | None:
        """The delivery, whoever owns it."""

    def save_delivery(self, before: Delivery, after: Delivery) -> bool:
        """Write `after` over `before`; False if it is gone or was changed since."""

    def note_resend(self) -> None:
        """Count one delivery that was sent for again."""

    def sweep_deliveries(self, before: datetime) -> int:
        """Remove some of what was finished and made before that; how many. 0 when all is done."""


class WebhookReads(Protocol):
    """What is read of webhooks outside of transactions."""

    async def endpoint(self, endpoint_id: EndpointId) -> WebhookEndpoint | None:
        """The endpoint, whoever owns it."""

    async def list_endpoints(
        self, account_id: AccountId | None, *, limit: int, after: EndpointId | None
    ) -> EndpointPage:
        """A page of an account's endpoints, or of all, behind the endpoint `after`."""

    async def delivery(self, delivery_id: DeliveryId) -> Delivery | None:
        """The delivery, whoever owns it."""

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

    async def marks(self) -> OutboxMarks:
        """How far the outbox has come."""

    async def events_after(self, sequence: int, most: int) -> list[NumberedEvent]:
        """The events behind that one, in order."""

    async def is_awaited(self, account_id: AccountId, video_id: VideoId) -> bool:
        """Whether the account has an endpoint, or the video a callback."""

    async def receivers(self) -> list[tuple[Receiver, datetime]]:
        """Everyone for whom deliveries wait, and when the first of them is due."""

    async def waiting_for(self, receiver: Receiver, most: int) -> list[Delivery]:
        """The receiver's waiting deliveries, the first due before the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is sent in one attempt: a POST of `body` to `url`."""

    url: str
    headers: Mapping[str, str]
    body: bytes
