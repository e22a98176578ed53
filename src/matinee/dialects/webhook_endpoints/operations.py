"""What the endpoints of webhooks take and give, for the reference."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from matinee.core.errors import (
    AddressRefused,
    DeliveryNotFound,
    EndpointNotFound,
    InvalidRequest,
    InvalidType,
    MatineeError,
    MissingParameter,
    QueueFull,
    ReceiverUnreachable,
)
from matinee.core.webhook import DeliveryState, EventType
from matinee.dialects.webhook_endpoints.wire import (
    DeletedEndpoint,
    DeliveryList,
    DeliveryObject,
    EndpointList,
    EndpointObject,
    EventTypeList,
    TestResult,
)
from matinee.web.operations import (
    Chapter,
    Operation,
    Parameter,
    ReplyKind,
    RequestBody,
    shell,
)
from matinee.web.schemas import Flag

_DESCRIPTION = """\
The server tells your URL when a video is completed or has failed. What it sends is signed as \
Standard Webhooks says: `client.webhooks.unwrap` of OpenAI's SDKs and the `standardwebhooks` \
packages check it. Any 2xx within 15 seconds is success; all else is tried again for three days, \
with the same `webhook-id`. What comes to nothing is kept for 30 days and can be sent again."""


_Name = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"\S")]
_Url = Annotated[str, Meta(min_length=1, examples=["https://hooks.example.org/films"])]
_EventTypes = Annotated[list[EventType], Meta(min_length=1)]


class CreateEndpoint(msgspec.Struct, kw_only=True):
    """Who is to be told of what."""

    name: Annotated[_Name, Meta(description="What you call it.")]
    url: Annotated[_Url, Meta(description="Where events are posted to.")]
    event_types: Annotated[_EventTypes, Meta(description="What it is told of.")]


class UpdateEndpoint(msgspec.Struct, kw_only=True):
    """What is to be different."""

    name: Annotated[_Name | None, Meta(description="What you call it.")] = None
    url: Annotated[_Url | None, Meta(description="Where events are posted to.")] = None
    event_types: Annotated[_EventTypes | None, Meta(description="What it is told of.")] = None


class RotateSecret(msgspec.Struct, kw_only=True):
    """How the old secret ends."""

    keep_old_secret_active_for_24_hours: Annotated[
        Flag, Meta(description="Whether it signs beside the new one for a day.")
    ] = None


class SendTest(msgspec.Struct, kw_only=True):
    """Which event is tried."""

    event_type: Annotated[EventType, Meta(description="What the event says has happened.")]


_WISH_ERRORS: tuple[type[MatineeError], ...] = (InvalidRequest, InvalidType, AddressRefused)
_ID = Parameter(
    name="id",
    place="path",
    description="The endpoint's id.",
    example="we_01kw0000000000000000000001",
)
_DELIVERY_ID = Parameter(
    name="id",
    place="path",
    description="The delivery's id, which its receiver gets as `webhook-id`.",
    example="wh_01kx0000000000000000000001",
)
_PAGE = (
    Parameter(
        name="limit",
        description="How many, 20 unless told.",
        kind=Annotated[int, Meta(ge=1, le=100)],
    ),
    Parameter(name="after", description="The last id of the page before."),
)
_STATE = Parameter(name="state", description="Only those.", kind=DeliveryState)
_ENDPOINT = ReplyKind(description="The endpoint.", kind=EndpointObject)

_ENDPOINTS = (
    Operation(
        method="POST",
        path="/v1/webhook_endpoints",
        operation_id="createWebhookEndpoint",
        summary="Create a webhook endpoint",
        description="Its `signing_secret` is shown this once.",
        body=RequestBody(json=CreateEndpoint),
        replies=(_ENDPOINT,),
        errors=(*_WISH_ERRORS, MissingParameter),
        examples=(
            shell(
                "/v1/webhook_endpoints",
                '-H "Content-Type: application/json"',
                """-d '{"name": "Films", "url": "https://example.org/hooks", """
                """"event_types": ["video.completed", "video.failed"]}'""",
            ),
        ),
    ),
    Operation(
        method="GET",
        path="/v1/webhook_endpoints",
        operation_id="listWebhookEndpoints",
        summary="List webhook endpoints",
        description="The newest first, page by page.",
        parameters=_PAGE,
        replies=(ReplyKind(description="A page of endpoints.", kind=EndpointList),),
        errors=(InvalidRequest, EndpointNotFound),
    ),
    Operation(
        method="GET",
        path="/v1/webhook_endpoints/{id}",
        operation_id="getWebhookEndpoint",
        summary="Get a webhook endpoint",
        parameters=(_ID,),
        replies=(_ENDPOINT,),
        errors=(EndpointNotFound,),
    ),
    Operation(
        method="POST",
        path="/v1/webhook_endpoints/{id}",
        operation_id="updateWebhookEndpoint",
        summary="Change a webhook endpoint",
        description="What still waits goes to the new URL, too.",
        parameters=(_ID,),
        body=RequestBody(json=UpdateEndpoint, required=False),
        replies=(_ENDPOINT,),
        errors=(*_WISH_ERRORS, EndpointNotFound),
    ),
    Operation(
        method="DELETE",
        path="/v1/webhook_endpoints/{id}",
        operation_id="deleteWebhookEndpoint",
        summary="Delete a webhook endpoint",
        description="What waits for it is not sent any more.",
        parameters=(_ID,),
        replies=(ReplyKind(description="It is gone.", kind=DeletedEndpoint),),
        errors=(EndpointNotFound,),
    ),
    Operation(
        method="POST",
        path="/v1/webhook_endpoints/{id}/rotate_secret",
        operation_id="rotateWebhookSecret",
        summary="Change the signing secret",
        description="For 24 hours the old one may sign beside the new one, if you say so.",
        parameters=(_ID,),
        body=RequestBody(json=RotateSecret, required=False),
        replies=(_ENDPOINT,),
        errors=(InvalidRequest, InvalidType, EndpointNotFound),
    ),
    Operation(
        method="POST",
        path="/v1/webhook_endpoints/{id}/test",
        operation_id="testWebhookEndpoint",
        summary="Send a test event",
        description="Sends an event of a video that does not exist, once, and waits for the reply.",
        parameters=(_ID,),
        body=RequestBody(json=SendTest),
        replies=(ReplyKind(description="What the receiver answered.", kind=TestResult),),
        errors=(
            *_WISH_ERRORS,
            MissingParameter,
            EndpointNotFound,
            ReceiverUnreachable,
            QueueFull,
        ),
    ),
    Operation(
        method="GET",
        path="/v1/webhook_event_types",
        operation_id="listWebhookEventTypes",
        summary="List event types",
        replies=(ReplyKind(description="What is sent.", kind=EventTypeList),),
    ),
)
_DELIVERIES = (
    Operation(
        method="GET",
        path="/v1/webhook_endpoints/{id}/deliveries",
        operation_id="listDeliveriesOfEndpoint",
        summary="List an endpoint's deliveries",
        parameters=(_ID, _STATE, *_PAGE),
        replies=(ReplyKind(description="A page of deliveries.", kind=DeliveryList),),
        errors=(InvalidRequest, EndpointNotFound, DeliveryNotFound),
    ),
    Operation(
        method="GET",
        path="/v1/webhook_deliveries",
        operation_id="listDeliveries",
        summary="List deliveries",
        description="To every endpoint and to the callbacks of single videos, the newest first.",
        parameters=(_STATE, *_PAGE),
        replies=(ReplyKind(description="A page of deliveries.", kind=DeliveryList),),
        errors=(InvalidRequest, DeliveryNotFound),
        examples=(shell("/v1/webhook_deliveries?state=dead"),),
    ),
    Operation(
        method="POST",
        path="/v1/webhook_deliveries/{id}/resend",
        operation_id="resendDelivery",
        summary="Send a delivery once more",
        description="Whatever became of it, it is due now, with all its attempts before it.",
        parameters=(_DELIVERY_ID,),
        replies=(ReplyKind(description="The delivery.", kind=DeliveryObject),),
        errors=(DeliveryNotFound,),
    ),
)

CHAPTER = Chapter(
    title="Webhooks",
    description=_DESCRIPTION,
    operations=(*_ENDPOINTS, *_DELIVERIES),
    notes={
        "EndpointObject": {
            "signing_secret": "There after creation and rotation only.",
            "signing_secret_hint": "The end of the secret, to tell it from others.",
            "event_types": "Official types that this server never sends are kept, too.",
            "updated_at": "The last change of the endpoint or its secret, in Unix seconds.",
        },
        "TestResult": {"success": "That there was a reply; `status_code` says which."},
        "DeliveryObject": {
            "webhook_endpoint_id": "Where it goes, unless it is a callback.",
            "callback_url": "Where it goes if it is the callback of its video.",
            "next_attempt_at": "When it is tried next, in Unix seconds, while it waits.",
            "last_error": "Why the last attempt failed.",
        },
    },
)
