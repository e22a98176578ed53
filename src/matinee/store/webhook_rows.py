"""From the rows of webhooks to values and back."""

from __future__ import annotations

import msgspec

from matinee.core.webhook import (
    Callback,
    Delivery,
    DeliveryState,
    EventType,
    FormerSecret,
    NumberedEvent,
    Receiver,
    WebhookEndpoint,
)
from matinee.store.rows import Row, Values, event_of, micros, micros_or_none, moment, moment_or_none

# The names of the fields of FormerSecret are a stored format: to rename one takes a migration.
_former = msgspec.json.Decoder(tuple[FormerSecret, ...])
_names = msgspec.json.Decoder(tuple[str, ...])
_json = msgspec.json.Encoder()


def endpoint_of(row: Row) -> WebhookEndpoint:
    """The endpoint in a row of all columns of `webhook_endpoints`."""
    endpoint_id, account_id, name, url, types, created_at, updated_at, *rest = row
    secret_number, former, after_sequence = rest
    return WebhookEndpoint(
        id=endpoint_id,
        account_id=account_id,
        name=name,
        url=url,
        event_types=_names.decode(types),
        created_at=moment(created_at),
        updated_at=moment(updated_at),
        secret_number=secret_number,
        former_secrets=_former.decode(former),
        after_sequence=after_sequence,
    )


def values_of_endpoint(endpoint: WebhookEndpoint) -> Values:
    """Every column of `webhook_endpoints`."""
    return {
        "id": endpoint.id,
        "account_id": endpoint.account_id,
        "name": endpoint.name,
        "url": endpoint.url,
        "event_types": _json.encode(endpoint.event_types).decode(),
        "created_at": micros(endpoint.created_at),
        "updated_at": micros(endpoint.updated_at),
        "secret_number": endpoint.secret_number,
        "former_secrets": _json.encode(endpoint.former_secrets).decode(),
        "after_sequence": endpoint.after_sequence,
    }


def delivery_of(row: Row) -> Delivery:
    """The delivery in a row of all columns of `deliveries`."""
    (
        delivery_id,
        account_id,
        receiver,
        endpoint_id,
        url,
        link_base,
        video_id,
        event_type,
        happened_at,
        created_at,
        state,
        attempts,
        due_at,
        finished_at,
        last_status,
        last_error,
    ) = row
    return Delivery(
        id=delivery_id,
        receiver=Receiver(account_id=account_id, name=receiver),
        endpoint_id=endpoint_id,
        callback=None if url is None else Callback(url=url, link_base=link_base),
        video_id=video_id,
        event_type=EventType(event_type),
        happened_at=moment(happened_at),
        created_at=moment(created_at),
        state=DeliveryState(state),
        attempts=attempts,
        due_at=moment(due_at),
        finished_at=moment_or_none(finished_at),
        last_status=last_status,
        last_error=last_error,
    )


def values_of_delivery(delivery: Delivery) -> Values:
    """Every column of `deliveries`."""
    callback = delivery.callback
    return {
        "id": delivery.id,
        "account_id": delivery.receiver.account_id,
        "receiver": delivery.receiver.name,
        "endpoint_id": delivery.endpoint_id,
        "url": callback.url if callback else None,
        "link_base": callback.link_base if callback else None,
        "video_id": delivery.video_id,
        "event_type": delivery.event_type.value,
        "happened_at": micros(delivery.happened_at),
        "created_at": micros(delivery.created_at),
        **values_of_outcome(delivery),
    }


def values_of_outcome(delivery: Delivery) -> Values:
    """The columns that an attempt changes."""
    return {
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "due_at": micros(delivery.due_at),
        "finished_at": micros_or_none(delivery.finished_at),
        "last_status": delivery.last_status,
        "last_error": delivery.last_error,
    }


def numbered_event_of(row: Row) -> NumberedEvent:
    """The event in a row of its number, its account and the columns of `event_of`."""
    sequence, account_id, *event = row
    return NumberedEvent(sequence=sequence, account_id=account_id, event=event_of(event))
