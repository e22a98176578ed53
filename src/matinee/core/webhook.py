"""Who is told of a finished video: endpoints, callbacks, and the deliveries to both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId, DeliveryId, EndpointId, VideoId


class EventType(StrEnum):
    """What webhooks tell of, in the words of their receivers."""

    VIDEO_COMPLETED = "video.completed"
    VIDEO_FAILED = "video.failed"

    @classmethod
    def of(cls, kind: EventKind) -> EventType | None:
        """The type that tells of `kind`; None if no receiver is told of it."""
        return _TYPES.get(kind)


_TYPES = {
    EventKind.COMPLETED: EventType.VIDEO_COMPLETED,
    EventKind.FAILED: EventType.VIDEO_FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerSecret:
    """A secret that was replaced and signs too until its time is over."""

    secret_number: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint:
    """A URL that an account wants to be told of its videos' ends at.

    Its secrets are derived from its id and their `secret_number`, and stored nowhere.
    """

    id: EndpointId
    account_id: AccountId
    name: str
    url: str
    event_types: tuple[str, ...]
    """What was asked for; types that this server never has among them."""

    created_at: datetime
    updated_at: datetime
    after_sequence: int = 0
    """The number of the last event before it: only what happens later is told to it."""

    secret_number: int = 1
    former_secrets: tuple[FormerSecret, ...] = ()

    def secret_numbers(self, now: datetime) -> tuple[int, ...]:
        """The secrets that sign now, the newest first."""
        former = (each.secret_number for each in self.former_secrets if each.until > now)
        return (self.secret_number, *former)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """Where one video's end is told, beside all endpoints. Links in it begin with `link_base`."""

    url: str
    link_base: str


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Whose deliveries stand in one line: an endpoint by its id, or all callbacks to an origin."""

    account_id: AccountId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one receiver: an endpoint, or the callback of the video.

    Its id is the same in every attempt, so that a receiver can tell a repetition.
    """

    id: DeliveryId
    receiver: Receiver
    endpoint_id: EndpointId | None = None
    callback: Callback | None = None
    """One of the two is there."""

    video_id: VideoId
    event_type: EventType
    happened_at: datetime
    created_at: datetime
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    due_at: datetime
    """When the next attempt may begin, while it waits."""

    finished_at: datetime | None = None
    last_status: int | None = None
    """The HTTP status of the last attempt, if it was answered."""

    last_error: str | None = None
    """Why the last attempt failed, in words for its owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a receiver answered: the status, and its `Retry-After` as it was written."""

    status: int
    retry_after: str | None = None

    @property
    def is_success(self) -> bool:
        """Whether the delivery arrived. A redirect is a failure: it is never followed."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedEvent:
    """An event with its place in the order of all events, and the account it is told to."""

    sequence: int
    account_id: AccountId
    event: Event
