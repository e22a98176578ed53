"""Webhook endpoints: `/v1/webhook_endpoints`, and beside OpenAI's, `/v1/webhook_deliveries`.

Source: the OpenAI SDK for Python 3.52.0. Deliveries with their resending are our own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.errors import InvalidRequest, MissingParameter
from matinee.core.ids import AccountId, spell_endpoint_id
from matinee.core.webhook import DeliveryState, EventType, Receipt, WebhookEndpoint
from matinee.dialects.webhook_endpoints.wire import (
    DeletedEndpoint,
    DeliveryList,
    EndpointList,
    EventTypeList,
    TestResult,
    render_delivery,
    render_endpoint,
)
from matinee.services.webhooks import EndpointWish, EndpointWithSecret, Webhooks
from matinee.web.body import read_body
from matinee.web.context import DialectContext
from matinee.web.fields import Fields, mistyped, unsupported
from matinee.web.replies import json_reply

SendSample = Callable[[WebhookEndpoint, EventType], Awaitable[Receipt]]
"""Sends an endpoint an event of no video, at once and once."""

_DEFAULT_LIMIT = 20
_MAX_LIMIT = 100
_SENT = tuple(each.value for each in EventType)
_NEVER_HERE = frozenset(
    {
        *("batch.completed", "batch.failed", "batch.expired", "batch.cancelled"),
        *("response.completed", "response.failed", "response.cancelled", "response.incomplete"),
        *("eval.run.succeeded", "eval.run.failed", "eval.run.canceled"),
        *("fine_tuning.job.succeeded", "fine_tuning.job.failed", "fine_tuning.job.cancelled"),
        *("realtime.call.incoming", "safety.alert.created"),
        *("agent.environment.ready", "agent.environment.failed"),
        *("agent.environment.suspended", "agent.environment.expired"),
        *("agent.session.created", "agent.session.action_required", "agent.session.in_progress"),
        *("agent.session.idle", "agent.session.failed"),
    }
)
"""Official types of what this server does not do: subscribed to, they simply never happen."""


def routes(context: DialectContext, webhooks: Webhooks, send_sample: SendSample) -> list[Route]:
    """Every route of webhooks."""
    hooks = WebhookEndpoints(context, webhooks, send_sample)
    table: tuple[tuple[str, str, Callable[[Request, AccountId], Awaitable[ASGIApp]]], ...] = (
        ("POST", "/v1/webhook_endpoints", hooks.create),
        ("GET", "/v1/webhook_endpoints", hooks.list),
        ("GET", "/v1/webhook_endpoints/{id}", hooks.retrieve),
        ("POST", "/v1/webhook_endpoints/{id}", hooks.update),
        ("DELETE", "/v1/webhook_endpoints/{id}", hooks.delete),
        ("POST", "/v1/webhook_endpoints/{id}/rotate_secret", hooks.rotate_secret),
        ("POST", "/v1/webhook_endpoints/{id}/test", hooks.test),
        ("GET", "/v1/webhook_endpoints/{id}/deliveries", hooks.deliveries),
        ("GET", "/v1/webhook_deliveries", hooks.deliveries),
        ("POST", "/v1/webhook_deliveries/{id}/resend", hooks.resend),
        ("GET", "/v1/webhook_event_types", hooks.event_types),
    )
    return [
        Route(path, context.endpoint(handler), methods=[method]) for method, path, handler in table
    ]


class WebhookEndpoints:
    """The endpoints."""

    def __init__(
        self, context: DialectContext, webhooks: Webhooks, send_sample: SendSample
    ) -> None:
        self._context = context
        self._webhooks = webhooks
        self._send_sample = send_sample

    async def create(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Make an endpoint, and show its secret this once."""
        wish = _parse_wish(await self._fields(request))
        missing = [name for name in ("event_types", "name", "url") if getattr(wish, name) is None]
        if wish.name is None or wish.url is None or wish.event_types is None:
            raise MissingParameter(f"Missing required parameter: '{missing[0]}'.", param=missing[0])
        made = await self._webhooks.create(
            account_id, name=wish.name, url=wish.url, event_types=wish.event_types
        )
        return json_reply(self._render_with_secret(made))

    async def list(self, request: Request, account_id: AccountId) -> ASGIApp:
        """A page of the account's endpoints, newest first."""
        limit, after = _parse_page(Fields({}, query=request.query_params))
        page = await self._webhooks.list(account_id, limit=limit, after=after)
        data = [
            render_endpoint(endpoint, hint=self._webhooks.hint(endpoint))
            for endpoint in page.endpoints
        ]
        listed = EndpointList(
            data=data,
            first_id=data[0].id if data else None,
            last_id=data[-1].id if data else None,
            has_more=page.has_more,
        )
        return json_reply(listed)

    async def retrieve(self, request: Request, account_id: AccountId) -> ASGIApp:
        """The endpoint as it is."""
        endpoint = await self._webhooks.get(account_id, request.path_params["id"])
        return self._reply(endpoint)

    async def update(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Change what the body speaks of."""
        wish = _parse_wish(await self._fields(request))
        endpoint = await self._webhooks.update(account_id, request.path_params["id"], wish)
        return self._reply(endpoint)

    async def delete(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Remove the endpoint; what waits for it is not sent any more."""
        endpoint = await self._webhooks.delete(account_id, request.path_params["id"])
        return json_reply(DeletedEndpoint(id=spell_endpoint_id(endpoint.id)))

    async def rotate_secret(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Give the endpoint another secret, and show it this once."""
        fields = await self._fields(request)
        keep_old = fields.flag("keep_old_secret_active_for_24_hours")
        rotated = await self._webhooks.rotate_secret(
            account_id, request.path_params["id"], keep_old=bool(keep_old)
        )
        return json_reply(self._render_with_secret(rotated))

    async def test(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Send a sample, and tell how the receiver answered."""
        endpoint = await self._webhooks.get(account_id, request.path_params["id"])
        fields = await self._fields(request)
        named = fields.text("event_type")
        if named is None:
            raise MissingParameter("Missing required parameter: 'event_type'.", param="event_type")
        if named not in _SENT:
            raise unsupported("event_type", named, _listed(_SENT))
        receipt = await self._send_sample(endpoint, EventType(named))
        result = TestResult(
            webhook_endpoint_id=spell_endpoint_id(endpoint.id),
            event_type=named,
            status_code=receipt.status,
        )
        return json_reply(result)

    async def deliveries(self, request: Request, account_id: AccountId) -> ASGIApp:
        """A page of deliveries, newest first: the account's, or those to one endpoint."""
        fields = Fields({}, query=request.query_params)
        limit, after = _parse_page(fields)
        page = await self._webhooks.list_deliveries(
            account_id,
            endpoint=request.path_params.get("id"),
            state=_parse_state(fields),
            limit=limit,
            after=after,
        )
        data = [render_delivery(delivery) for delivery in page.deliveries]
        listed = DeliveryList(
            data=data,
            first_id=data[0].id if data else None,
            last_id=data[-1].id if data else None,
            has_more=page.has_more,
        )
        return json_reply(listed)

    async def resend(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Send a delivery once more."""
        delivery = await self._webhooks.resend(account_id, request.path_params["id"])
        return json_reply(render_delivery(delivery))

    async def event_types(self, request: Request, account_id: AccountId) -> ASGIApp:
        """What this server tells of."""
        return json_reply(EventTypeList(data=list(EventType)))

    async def _fields(self, request: Request) -> Fields:
        body = await read_body(request, self._context.limits)
        return Fields(body.values)

    def _reply(self, endpoint: WebhookEndpoint) -> ASGIApp:
        return json_reply(render_endpoint(endpoint, hint=self._webhooks.hint(endpoint)))

    def _render_with_secret(self, made: EndpointWithSecret) -> Any:
        hint = self._webhooks.hint(made.endpoint)
        return render_endpoint(made.endpoint, hint=hint, secret=made.secret)


def _parse_wish(fields: Fields) -> EndpointWish:
    return EndpointWish(
        name=fields.text("name"), url=fields.text("url"), event_types=_parse_event_types(fields)
    )


def _parse_event_types(fields: Fields) -> tuple[str, ...] | None:
    if fields.value("event_types") is None:
        return None
    named: dict[str, None] = {}
    for _, value in fields.many("event_types"):
        if not isinstance(value, str):
            raise mistyped("event_types", "an array of strings", value)
        if value not in _SENT and value not in _NEVER_HERE:
            raise unsupported("event_types", value, _listed(_SENT))
        named[value] = None
    if not named:
        raise InvalidRequest(
            f"'event_types' is empty. Supported values are: {_listed(_SENT)}.",
            param="event_types",
        )
    return tuple(named)


def _parse_page(fields: Fields) -> tuple[int, str | None]:
    limit = fields.whole("limit")
    limit = _DEFAULT_LIMIT if limit is None else limit
    if not 1 <= limit <= _MAX_LIMIT:
        raise unsupported("limit", limit, f"whole numbers from 1 to {_MAX_LIMIT}")
    return limit, fields.text("after")


def _parse_state(fields: Fields) -> DeliveryState | None:
    named = fields.text("state")
    if named is None:
        return None
    if named not in set(DeliveryState):
        raise unsupported("state", named, _listed(DeliveryState))
    return DeliveryState(named)


def _listed(values: Any) -> str:
    return ", ".join(f"'{each}'" for each in values)
