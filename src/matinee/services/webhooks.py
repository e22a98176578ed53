"""Webhook endpoints, their deliveries, and the callbacks of single videos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from matinee.core.errors import (
    DeliveryNotFound,
    EndpointNotFound,
    InvalidRequest,
    shown,
)
from matinee.core.ids import AccountId, EndpointId, parse_delivery_id, parse_endpoint_id
from matinee.core.webhook import (
    Callback,
    Delivery,
    DeliveryState,
    FormerSecret,
    WebhookEndpoint,
)
from matinee.net.signing import SigningSecrets, hint_of
from matinee.policy.deliveries import resent
from matinee.ports.clock import Clock, Identities
from matinee.ports.store import Store, Transaction
from matinee.ports.webhooks import DeliveryPage, EndpointPage
from matinee.services.access import check_owner

_MOST_ENDPOINTS = 50
_MOST_NAME_CHARACTERS = 256
_MOST_FORMER_SECRETS = 3
_OVERLAP = timedelta(hours=24)


class CheckReceiver(Protocol):
    """Says whether letters may be posted to a URL."""

    async def __call__(self, url: str, *, param: str) -> None:
        """Raises AddressRefused naming `param` if not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointWish:
    """What a request says of an endpoint; None where it is silent."""

    name: str | None = None
    url: str | None = None
    event_types: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointWithSecret:
    """An endpoint with its newest secret, as only its creation and a rotation show it."""

    endpoint: WebhookEndpoint
    secret: str


class Webhooks:
    """The use cases of webhooks. Every one acts for an account and sees only what is that one's."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        identities: Identities,
        secrets: SigningSecrets,
        check: CheckReceiver,
    ) -> None:
        self._store = store
        self._clock = clock
        self._identities = identities
        self._secrets = secrets
        self._check = check

    async def create(
        self, account_id: AccountId, *, name: str, url: str, event_types: Sequence[str]
    ) -> EndpointWithSecret:
        """A new endpoint: events that happen from now on are told to it.

        Raises InvalidRequest, AddressRefused among them, that names the field, and
        AuthenticationFailed if nobody would own it.
        """
        _check_name(name)
        await self._check(url, param="url")
        now = self._clock.now()
        endpoint = WebhookEndpoint(
            id=self._identities.endpoint_id(now),
            account_id=account_id,
            name=name,
            url=url,
            event_types=tuple(event_types),
            created_at=now,
            updated_at=now,
        )

        def insert(transaction: Transaction) -> WebhookEndpoint:
            check_owner(transaction, account_id)
            transaction.lock(f"endpoints {account_id}")
            if len(transaction.webhooks.endpoints_of(account_id)) >= _MOST_ENDPOINTS:
                raise InvalidRequest(
                    f"An account has at most {_MOST_ENDPOINTS} webhook endpoints. Delete one first."
                )
            made = replace(endpoint, after_sequence=transaction.webhooks.last_sequence())
            transaction.webhooks.add_endpoint(made)
            return made

        return self._with_secret(await self._store.write(insert))

    async def get(self, account_id: AccountId, spelled_id: str) -> WebhookEndpoint:
        """The account's endpoint of that id. Raises EndpointNotFound."""
        endpoint_id = parse_endpoint_id(spelled_id)
        endpoint = await self._store.webhooks.endpoint(endpoint_id) if endpoint_id else None
        if endpoint is None or endpoint.account_id != account_id:
            raise _no_endpoint(spelled_id)
        return endpoint

    async def list(self, account_id: AccountId, *, limit: int, after: str | None) -> EndpointPage:
        """A page of the account's endpoints, newest first, behind the one with the id `after`.

        That one may have been deleted meanwhile: ids sort by time. Raises EndpointNotFound if
        `after` is no id at all.
        """
        last = parse_endpoint_id(after) if after else None
        if after and last is None:
            raise _no_endpoint(after, param="after")
        return await self._store.webhooks.list_endpoints(account_id, limit=limit, after=last)

    async def update(
        self, account_id: AccountId, spelled_id: str, wish: EndpointWish
    ) -> WebhookEndpoint:
        """The endpoint as `wish` would have it; also what waits goes to a new URL.

        Raises EndpointNotFound, and an InvalidRequest that names the field.
        """
        endpoint = await self.get(account_id, spelled_id)
        if wish.name is not None:
            _check_name(wish.name)
        if wish.url is not None and wish.url != endpoint.url:
            await self._check(wish.url, param="url")

        def change(current: WebhookEndpoint) -> WebhookEndpoint:
            return replace(
                current,
                name=current.name if wish.name is None else wish.name,
                url=current.url if wish.url is None else wish.url,
                event_types=(current.event_types if wish.event_types is None else wish.event_types),
            )

        return await self._change(endpoint.id, spelled_id, change)

    async def delete(self, account_id: AccountId, spelled_id: str) -> WebhookEndpoint:
        """Remove the endpoint, and with it what was to be delivered. Raises EndpointNotFound."""
        endpoint = await self.get(account_id, spelled_id)
        await self._store.write(
            lambda transaction: transaction.webhooks.delete_endpoint(endpoint.id)
        )
        return endpoint

    async def rotate_secret(
        self, account_id: AccountId, spelled_id: str, *, keep_old: bool
    ) -> EndpointWithSecret:
        """Give the endpoint a new secret; with `keep_old` the old one signs too for 24 hours.

        Without it every former secret ends at once. Raises EndpointNotFound.
        """
        endpoint = await self.get(account_id, spelled_id)
        now = self._clock.now()

        def change(current: WebhookEndpoint) -> WebhookEndpoint:
            replaced = FormerSecret(secret_number=current.secret_number, until=now + _OVERLAP)
            valid = [each for each in current.former_secrets if each.until > now]
            former = (replaced, *valid)[:_MOST_FORMER_SECRETS] if keep_old else ()
            return replace(current, secret_number=current.secret_number + 1, former_secrets=former)

        return self._with_secret(await self._change(endpoint.id, spelled_id, change))

    def hint(self, endpoint: WebhookEndpoint) -> str:
        """What may always be shown of the endpoint's newest secret."""
        return hint_of(self._secrets.of_endpoint(endpoint.id, endpoint.secret_number))

    async def list_deliveries(
        self,
        account_id: AccountId,
        *,
        endpoint: str | None = None,
        state: DeliveryState | None = None,
        limit: int,
        after: str | None,
    ) -> DeliveryPage:
        """A page of the account's deliveries, or of those to `endpoint`, newest first.

        Raises EndpointNotFound, and DeliveryNotFound if `after` is no id at all.
        """
        endpoint_id = None if endpoint is None else (await self.get(account_id, endpoint)).id
        last = parse_delivery_id(after) if after else None
        if after and last is None:
            raise _no_delivery(after, param="after")
        return await self._store.webhooks.list_deliveries(
            account_id, endpoint_id=endpoint_id, state=state, limit=limit, after=last
        )

    async def resend(self, account_id: AccountId | None, spelled_id: str) -> Delivery:
        """Send the delivery once more, whatever became of it, and again as often as a new one.

        With None for the account, whoever owns it. Raises DeliveryNotFound.
        """
        now = self._clock.now()
        delivery_id = parse_delivery_id(spelled_id)

        def change(transaction: Transaction) -> Delivery:
            current = transaction.webhooks.delivery(delivery_id) if delivery_id else None
            if current is None or account_id not in (None, current.receiver.account_id):
                raise _no_delivery(spelled_id)
            after = resent(current, now)
            transaction.webhooks.save_delivery(current, after)
            transaction.webhooks.note_resend()
            return after

        return await self._store.write(change)

    async def admit_callback(
        self, url: str, link_base: str, *, param: str = "callback_url"
    ) -> Callback:
        """The callback of a video that is about to be created.

        Links in it will begin with `link_base`. Raises AddressRefused naming `param`.
        """
        await self._check(url, param=param)
        return Callback(url=url, link_base=link_base)

    def callback_secret(self, account_id: AccountId) -> str:
        """The secret that signs every callback of the account's videos."""
        return self._secrets.of_callbacks(account_id)

    async def _change(
        self,
        endpoint_id: EndpointId,
        spelled_id: str,
        change: Callable[[WebhookEndpoint], WebhookEndpoint],
    ) -> WebhookEndpoint:
        now = self._clock.now()

        def work(transaction: Transaction) -> WebhookEndpoint:
            current = transaction.webhooks.endpoint(endpoint_id)
            if current is None:
                raise _no_endpoint(spelled_id)
            after = change(current)
            if after != current:
                after = replace(after, updated_at=now)
                transaction.webhooks.save_endpoint(after)
            return after

        return await self._store.write(work)

    def _with_secret(self, endpoint: WebhookEndpoint) -> EndpointWithSecret:
        return EndpointWithSecret(
            endpoint=endpoint,
            secret=self._secrets.of_endpoint(endpoint.id, endpoint.secret_number),
        )


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= _MOST_NAME_CHARACTERS or not name.isprintable():
        raise InvalidRequest(
            f"An endpoint's name has 1 to {_MOST_NAME_CHARACTERS} printable characters.",
            param="name",
        )


def _no_endpoint(spelled_id: str, param: str | None = None) -> EndpointNotFound:
    return EndpointNotFound(
        f"Webhook endpoint with id '{shown(spelled_id)}' not found.", param=param
    )


def _no_delivery(spelled_id: str, param: str | None = None) -> DeliveryNotFound:
    return DeliveryNotFound(
        f"Webhook delivery with id '{shown(spelled_id)}' not found.", param=param
    )
