"""The statements on endpoints, callbacks, deliveries and the outbox."""

from __future__ import annotations

import sqlalchemy as sa

from matinee.store.statements import first, insertion
from matinee.store.tables import (
    WAITING,
    callbacks,
    deliveries,
    events,
    outbox,
    webhook_endpoints,
)

_OUTCOME = ("state", "attempts", "due_at", "finished_at", "last_status", "last_error")
_SWEPT_AT_ONCE = 500

_of_account: sa.BindParameter[str] = sa.bindparam("account_id")
_after: sa.BindParameter[str] = sa.bindparam("after")
_video_id: sa.BindParameter[str] = sa.bindparam("video_id")
_endpoint_id: sa.BindParameter[str] = sa.bindparam("endpoint_id")
_delivery_id: sa.BindParameter[str] = sa.bindparam("delivery_id")


ADD_ENDPOINT = insertion(webhook_endpoints)
ENDPOINT = sa.select(webhook_endpoints).where(webhook_endpoints.c.id == _endpoint_id)
ENDPOINT_TO_CHANGE = ENDPOINT.with_for_update()
ENDPOINTS_OF_ACCOUNT = (
    sa.select(webhook_endpoints)
    .where(webhook_endpoints.c.account_id == _of_account)
    .order_by(webhook_endpoints.c.id)
)
_OLDER_ENDPOINTS = (
    sa.select(webhook_endpoints)
    .where(webhook_endpoints.c.id < _after)
    .order_by(webhook_endpoints.c.id.desc())
)
ALL_ENDPOINTS_PAGE = first(_OLDER_ENDPOINTS)
ENDPOINTS_PAGE = first(_OLDER_ENDPOINTS.where(webhook_endpoints.c.account_id == _of_account))
SAVE_ENDPOINT = (
    sa.update(webhook_endpoints)
    .where(webhook_endpoints.c.id == _endpoint_id)
    .values(
        {
            name: sa.bindparam(name)
            for name in (
                *("name", "url", "event_types"),
                *("updated_at", "secret_number", "former_secrets"),
            )
        }
    )
)
DELETE_ENDPOINT = sa.delete(webhook_endpoints).where(webhook_endpoints.c.id == _endpoint_id)
DELETE_DELIVERIES = sa.delete(deliveries).where(deliveries.c.endpoint_id == _endpoint_id)

ADD_CALLBACK = insertion(callbacks)
CALLBACK = sa.select(callbacks.c.url, callbacks.c.link_base).where(
    callbacks.c.video_id == _video_id
)
DELETE_CALLBACK = sa.delete(callbacks).where(callbacks.c.video_id == _video_id)

ADD_DELIVERY = insertion(deliveries)
DELIVERY = sa.select(deliveries).where(deliveries.c.id == _delivery_id)
DELIVERY_TO_CHANGE = DELIVERY.with_for_update()
SAVE_DELIVERY = (
    sa.update(deliveries)
    .where(
        deliveries.c.id == _delivery_id,
        deliveries.c.state == sa.bindparam("held_state"),
        deliveries.c.attempts == sa.bindparam("held_attempts"),
        deliveries.c.due_at == sa.bindparam("held_due_at"),
    )
    .values({name: sa.bindparam(name) for name in _OUTCOME})
)
_OLDER_DELIVERIES = (
    sa.select(deliveries)
    .where(deliveries.c.state == sa.bindparam("state"), deliveries.c.id < _after)
    .order_by(deliveries.c.id.desc())
)
ALL_DELIVERIES_PAGE = first(_OLDER_DELIVERIES)
DELIVERIES_PAGE = first(_OLDER_DELIVERIES.where(deliveries.c.account_id == _of_account))
DELIVERIES_OF_ENDPOINT_PAGE = first(
    _OLDER_DELIVERIES.where(deliveries.c.endpoint_id == _endpoint_id)
)

RECEIVERS = (
    sa.select(deliveries.c.account_id, deliveries.c.receiver, sa.func.min(deliveries.c.due_at))
    .where(WAITING)
    .group_by(deliveries.c.account_id, deliveries.c.receiver)
)
WAITING_FOR = first(
    sa.select(deliveries)
    .where(
        WAITING,
        deliveries.c.account_id == _of_account,
        deliveries.c.receiver == sa.bindparam("receiver"),
    )
    .order_by(deliveries.c.due_at)
)

# Ids sort by time, so only the front of the table is looked at, whatever its size.
_OLDEST = first(
    sa.select(deliveries.c.id, deliveries.c.state, deliveries.c.created_at).order_by(
        deliveries.c.id
    ),
    sa.literal_column(str(_SWEPT_AT_ONCE)),
).subquery()
SWEEP_DELIVERIES = sa.delete(deliveries).where(
    deliveries.c.id.in_(
        sa.select(_OLDEST.c.id).where(
            _OLDEST.c.state != sa.literal_column("'waiting'"),
            _OLDEST.c.created_at < sa.bindparam("before"),
        )
    )
)

MARKS = sa.select(outbox.c.sequence, outbox.c.resends)
# A second planner waits, and finds planned what the first one has planned.
MARKS_TO_MOVE = MARKS.with_for_update()
LAST_SEQUENCE = sa.select(sa.func.coalesce(sa.func.max(events.c.sequence), sa.literal_column("0")))
MOVE_CURSOR = sa.update(outbox).values(sequence=sa.bindparam("sequence"))
NOTE_RESEND = sa.update(outbox).values(resends=outbox.c.resends + sa.literal_column("1"))
EVENTS_AFTER = first(
    sa.select(
        *(events.c.sequence, events.c.account_id, events.c.video_id),
        *(events.c.kind, events.c.at, events.c.attempt, events.c.reason),
    )
    .where(
        events.c.sequence > sa.bindparam("sequence"),
        events.c.sequence <= sa.bindparam("settled"),
    )
    .order_by(events.c.sequence)
)
IS_AWAITED = sa.select(
    sa.or_(
        sa.exists().where(webhook_endpoints.c.account_id == _of_account),
        sa.exists().where(callbacks.c.video_id == _video_id),
    )
)
