"""The JSON of endpoints and deliveries, as structs."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from matinee.core.ids import spell_delivery_id, spell_endpoint_id
from matinee.core.webhook import Delivery, DeliveryState, EventType, WebhookEndpoint


class EndpointObject(msgspec.Struct, kw_only=True):
    """The official object. `signing_secret` is there after creation and rotation only."""

    id: str
    object: str = "webhook_endpoint"
    created_at: int
    updated_at: int
    name: str
    url: str
    event_types: tuple[str, ...]
    signing_secret_hint: str
    signing_secret: str | UnsetType = UNSET


class EndpointList(msgspec.Struct, kw_only=True):
    """A page of endpoints."""

    object: str = "list"
    data: list[EndpointObject]
    first_id: str | None
    last_id: str | None
    has_more: bool


class DeletedEndpoint(msgspec.Struct, kw_only=True):
    """What is left of an endpoint."""

    id: str
    object: str = "webhook_endpoint.deleted"
    deleted: bool = True


class TestResult(msgspec.Struct, kw_only=True):
    """What the receiver answered. `success` only says that it did: the status says the rest."""

    object: str = "webhook_endpoint.test"
    webhook_endpoint_id: str
    event_type: str
    status_code: int
    success: bool = True


class EventTypeList(msgspec.Struct, kw_only=True):
    """Every type of event that this server sends."""

    object: str = "list"
    data: list[EventType]


class DeliveryObject(msgspec.Struct, kw_only=True):
    """One event on its way to one receiver."""

    id: str
    object: str = "webhook_delivery"
    webhook_endpoint_id: str | None
    callback_url: str | None
    event_type: str
    video_id: str
    state: DeliveryState
    attempts: int
    created_at: int
    next_attempt_at: int | None
    finished_at: int | None
    last_status_code: int | None
    last_error: str | None


class DeliveryList(msgspec.Struct, kw_only=True):
    """A page of deliveries."""

    object: str = "list"
    data: list[DeliveryObject]
    first_id: str | None
    last_id: str | None
    has_more: bool


def render_endpoint(
    endpoint: WebhookEndpoint, *, hint: str, secret: str | UnsetType = UNSET
) -> EndpointObject:
    """The endpoint as the format has it."""
    return EndpointObject(
        id=spell_endpoint_id(endpoint.id),
        created_at=_unix(endpoint.created_at),
        updated_at=_unix(endpoint.updated_at),
        name=endpoint.name,
        url=endpoint.url,
        event_types=endpoint.event_types,
        signing_secret_hint=hint,
        signing_secret=secret,
    )


def render_delivery(delivery: Delivery) -> DeliveryObject:
    """The delivery in the same style."""
    waits = delivery.state is DeliveryState.WAITING
    endpoint_id = delivery.endpoint_id
    return DeliveryObject(
        id=spell_delivery_id(delivery.id),
        webhook_endpoint_id=spell_endpoint_id(endpoint_id) if endpoint_id else None,
        callback_url=delivery.callback.url if delivery.callback else None,
        event_type=delivery.event_type.value,
        video_id=f"video_{delivery.video_id}",
        state=delivery.state,
        attempts=delivery.attempts,
        created_at=_unix(delivery.created_at),
        next_attempt_at=_unix(delivery.due_at) if waits else None,
        finished_at=_unix(delivery.finished_at) if delivery.finished_at else None,
        last_status_code=delivery.last_status,
        last_error=delivery.last_error,
    )


def _unix(at: datetime) -> int:
    return int(at.timestamp())
