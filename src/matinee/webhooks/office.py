"""Everything that sends, put together: the outbox, and samples for who tries a receiver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from matinee.core.errors import QueueFull
from matinee.core.ids import AccountId
from matinee.core.webhook import Delivery, EventType, Receipt, Receiver, WebhookEndpoint
from matinee.net.signing import SigningSecrets
from matinee.ports.clock import Clock, Identities
from matinee.ports.store import Store
from matinee.webhooks.deliver import Post, Sender
from matinee.webhooks.letters import Letters, RenderCallback
from matinee.webhooks.outbox import Outbox
from matinee.webhooks.planner import Planner

_MOST_SAMPLES, _MOST_SAMPLES_OF_ACCOUNT = 8, 2
"""At once, of all accounts together and of each: a sample is sent while its request waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficePorts:
    """What sending needs from outside. `chance` gives a number from 0 to 1."""

    store: Store
    clock: Clock
    identities: Identities
    secrets: SigningSecrets
    post: Post
    render_callback: RenderCallback
    chance: Callable[[], float]


class PostOffice:
    """The outbox, and samples beside it."""

    def __init__(self, ports: OfficePorts) -> None:
        self._clock = ports.clock
        self._identities = ports.identities
        self._post = ports.post
        self._letters = Letters(ports.secrets, ports.render_callback)
        self._samples: Counter[AccountId] = Counter()
        sender = Sender(ports.store, ports.clock, self._letters, ports.post, ports.chance)
        planner = Planner(ports.store, ports.clock, ports.identities)
        self.outbox = Outbox(ports.store, ports.clock, planner, sender)

    async def send_sample(self, endpoint: WebhookEndpoint, event_type: EventType) -> Receipt:
        """Send the endpoint an event of a video that does not exist, at once and once.

        Raises AddressRefused, ReceiverUnreachable, or QueueFull while too many samples are sent.
        """
        account_id = endpoint.account_id
        too_many = self._samples.total() >= _MOST_SAMPLES
        if too_many or self._samples[account_id] >= _MOST_SAMPLES_OF_ACCOUNT:
            raise QueueFull("Too many test events are being sent. Try again in a few seconds.")
        now = self._clock.now()
        sample = Delivery(
            id=self._identities.delivery_id(now),
            receiver=Receiver(account_id=account_id, name=endpoint.id),
            endpoint_id=endpoint.id,
            video_id=self._identities.video_id(now),
            event_type=event_type,
            happened_at=now,
            created_at=now,
            due_at=now,
        )
        self._samples += Counter([account_id])
        try:
            return await self._post(self._letters.to_endpoint(endpoint, sample, now))
        finally:
            self._samples -= Counter([account_id])
