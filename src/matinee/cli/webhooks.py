"""`matinee webhooks`: works on the data folder directly, beside a running server or without one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import typer

from matinee.cli.place import place_of
from matinee.core.errors import InvalidRequest, NotFound
from matinee.core.ids import AccountId, spell_delivery_id, spell_endpoint_id
from matinee.core.webhook import Delivery, DeliveryState, WebhookEndpoint
from matinee.foundations import look_at_store, open_webhooks
from matinee.ports.store import Store
from matinee.services.access import LOCAL_ACCOUNT
from matinee.services.webhooks import Webhooks

Result = TypeVar("Result")
Look = Callable[[Store], Awaitable[Result]]
Use = Callable[[Store, Webhooks], Awaitable[Result]]

_MOST_ENDPOINTS = 10_000


def list_endpoints(data: Path | None, database: str | None, *, as_json: bool) -> None:
    """Print the endpoints of every account."""
    page = _with_store(
        data,
        database,
        lambda store: store.webhooks.list_endpoints(None, limit=_MOST_ENDPOINTS, after=None),
    )
    if as_json:
        typer.echo(json.dumps([_endpoint_facts(endpoint) for endpoint in page.endpoints]))
        return
    for endpoint in page.endpoints:
        # Plain lines, never cut: ids are there to be copied and piped.
        types = ",".join(endpoint.event_types)
        columns = (
            spell_endpoint_id(endpoint.id),
            endpoint.account_id,
            types,
            endpoint.url,
            endpoint.name,
        )
        typer.echo("  ".join(columns))
    if not page.endpoints:
        typer.echo("No account has a webhook endpoint.", err=True)


def list_deliveries(
    state: str | None, limit: int, data: Path | None, database: str | None, *, as_json: bool
) -> None:
    """Print the newest deliveries of every account. Raises InvalidRequest."""
    if state is not None and state not in set(DeliveryState):
        states = ", ".join(DeliveryState)
        raise InvalidRequest(f"There is no state '{state}'. States are: {states}.", param="state")
    wanted = None if state is None else DeliveryState(state)
    page = _with_store(
        data,
        database,
        lambda store: store.webhooks.list_deliveries(
            None, endpoint_id=None, state=wanted, limit=max(1, limit), after=None
        ),
    )
    if as_json:
        typer.echo(json.dumps([_delivery_facts(delivery) for delivery in page.deliveries]))
        return
    for delivery in page.deliveries:
        facts = _delivery_facts(delivery)
        outcome = delivery.last_error or str(delivery.last_status or "not tried yet")
        columns = (facts["id"], facts["state"], facts["event"], facts["video"], facts["to"])
        typer.echo("  ".join((*columns, f"{delivery.attempts} attempts", outcome)))
    if not page.deliveries:
        typer.echo("There is no such delivery.", err=True)


def resend(deliveries: Sequence[str], data: Path | None, database: str | None) -> None:
    """Send each delivery once more. Raises DeliveryNotFound."""

    async def use(store: Store, webhooks: Webhooks) -> None:
        del store
        for delivery in deliveries:
            await webhooks.resend(None, delivery)
            typer.echo(f"due now {delivery}")

    _with_webhooks(data, database, use)


def show_secret(account: str | None, data: Path | None, database: str | None) -> None:
    """Print the secret that signs callbacks of an account's videos. Raises NotFound."""

    async def use(store: Store, webhooks: Webhooks) -> str:
        return webhooks.callback_secret(await _account_id(store, account))

    typer.echo(_with_webhooks(data, database, use))


async def _account_id(store: Store, name: str | None) -> AccountId:
    if name is None:
        if await store.has_keys():
            raise InvalidRequest("Say whose secret: --account NAME.", param="account")
        return LOCAL_ACCOUNT
    account = await store.write(lambda transaction: transaction.account_named(name))
    if account is None and name == LOCAL_ACCOUNT:
        return LOCAL_ACCOUNT
    if account is None:
        raise NotFound(f"There is no account '{name}'. 'matinee keys list' shows all.")
    return account.id


def _with_store(data: Path | None, database: str | None, look: Look[Result]) -> Result:
    async def run() -> Result:
        async with look_at_store(*place_of(data, database)) as store:
            return await look(store)

    return asyncio.run(run())


def _with_webhooks(data: Path | None, database: str | None, use: Use[Result]) -> Result:
    async def run() -> Result:
        async with open_webhooks(*place_of(data, database)) as (store, webhooks):
            return await use(store, webhooks)

    return asyncio.run(run())


def _endpoint_facts(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": spell_endpoint_id(endpoint.id),
        "account_id": endpoint.account_id,
        "name": endpoint.name,
        "url": endpoint.url,
        "event_types": list(endpoint.event_types),
        "created_at": endpoint.created_at.isoformat(timespec="seconds"),
    }


def _delivery_facts(delivery: Delivery) -> dict[str, Any]:
    endpoint_id, finished_at = delivery.endpoint_id, delivery.finished_at
    return {
        "id": spell_delivery_id(delivery.id),
        "account_id": delivery.receiver.account_id,
        "to": spell_endpoint_id(endpoint_id) if endpoint_id else delivery.receiver.name,
        "event": delivery.event_type.value,
        "video": f"video_{delivery.video_id}",
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "due_at": delivery.due_at.isoformat(timespec="seconds"),
        "finished_at": finished_at.isoformat(timespec="seconds") if finished_at else None,
        "last_status": delivery.last_status,
        "last_error": delivery.last_error,
    }
