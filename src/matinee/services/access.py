"""Accounts and keys: who may ask, and who is asking."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from matinee.core.account import Account, ApiKey
from matinee.core.errors import AuthenticationFailed, InvalidRequest
from matinee.core.ids import AccountId, KeyId
from matinee.ports.clock import Clock, Identities
from matinee.ports.store import Store, Transaction

LOCAL_ACCOUNT = AccountId("local")
"""The owner of what is made while no key exists."""

_KEYS = "keys"
"""The lock under which it is settled whether there are keys."""

_KEY_PREFIX = "mk-"
_SECRET_BYTES = 32
_MAX_NAME_CHARACTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key just made, with its secret: the only moment at which the secret exists in words."""

    key: ApiKey
    secret: str


def check_owner(transaction: Transaction, account_id: AccountId) -> None:
    """Raise AuthenticationFailed if nobody would own what is about to be stored for the account.

    The first key may have been made while the request was on its way, and none is made before the
    transaction ends.
    """
    if account_id != LOCAL_ACCOUNT:
        return
    transaction.lock(_KEYS, is_shared=True)
    if transaction.count_keys() > 0:
        raise AuthenticationFailed("This server has keys now. Send the request with one.")


class Access:
    """Makes, lists, revokes and checks keys.

    `pepper` is the server's own secret; digests are HMAC-SHA-256 of a key's secret under it. A key
    holds 256 random bits, so a slow hash would cost every request and add nothing.
    """

    def __init__(
        self, store: Store, clock: Clock, identities: Identities, *, pepper: bytes
    ) -> None:
        self._store = store
        self._clock = clock
        self._identities = identities
        self._pepper = pepper

    async def account_of(self, secret: str | None) -> AccountId:
        """Whose request it is that carries `secret`.

        While no key exists everybody is the local account, whatever they send.
        Raises AuthenticationFailed if a key is needed and this is none.
        """
        if not await self._store.has_keys():
            return LOCAL_ACCOUNT
        if not secret:
            raise AuthenticationFailed(
                "No API key was sent. Send it in the header 'Authorization: Bearer YOUR_KEY'."
            )
        key = await self._store.key_by_digest(self._digest(secret))
        if key is None:
            raise AuthenticationFailed(
                "Incorrect API key provided. 'matinee keys create' makes a new one."
            )
        return key.account_id

    async def is_admin(self, secret: str | None) -> bool:
        """Whether who carries `secret` may look at the whole server.

        While no key exists that is everybody: whoever sits at the machine.
        """
        if not await self._store.has_keys():
            return True
        key = await self._store.key_by_digest(self._digest(secret)) if secret else None
        return key is not None and key.is_admin

    async def needs_key(self) -> bool:
        """Whether requests need a key: once one was made, even if it is revoked since."""
        return await self._store.has_keys()

    async def create_key(self, account_name: str, *, is_admin: bool = False) -> NewKey:
        """A new key of the account of that name, which is made too if it is new.

        The first key's account takes over what the local account made. An administrator's key may
        look at the whole server, besides.
        """
        name = account_name.strip()
        if not 1 <= len(name) <= _MAX_NAME_CHARACTERS or not name.isprintable():
            raise InvalidRequest(
                f"An account's name has 1 to {_MAX_NAME_CHARACTERS} printable characters.",
                param="account",
            )
        now = self._clock.now()
        secret = _KEY_PREFIX + self._identities.secret(_SECRET_BYTES)
        key_id, account_id = self._identities.key_id(now), self._identities.account_id(now)

        def insert(transaction: Transaction) -> ApiKey:
            transaction.lock(_KEYS)
            account = transaction.account_named(name)
            if account is None:
                account = Account(id=account_id, name=name, created_at=now)
                transaction.add_account(account)
            if transaction.count_keys() == 0:
                transaction.give_all(LOCAL_ACCOUNT, account.id)
            key = ApiKey(
                id=key_id,
                account_id=account.id,
                account_name=account.name,
                digest=self._digest(secret),
                hint=f"{secret[:7]}…{secret[-4:]}",
                created_at=now,
                is_admin=is_admin,
            )
            transaction.add_key(key)
            return key

        return NewKey(key=await self._store.write(insert), secret=secret)

    async def list_keys(self) -> list[ApiKey]:
        """Every key, oldest first."""
        return await self._store.list_keys()

    async def revoke_key(self, key_id: KeyId) -> bool:
        """Make the key worthless; whether it was worth something until now."""
        now = self._clock.now()
        return await self._store.write(lambda transaction: transaction.revoke_key(key_id, now))

    def _digest(self, secret: str) -> str:
        return hmac.new(self._pepper, secret.encode(), hashlib.sha256).hexdigest()
