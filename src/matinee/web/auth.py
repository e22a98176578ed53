"""Who is asking: keys in headers, and what stands in for a key on a keyless server."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from weakref import WeakValueDictionary

from starlette.types import Scope

from matinee.core.errors import AuthenticationFailed, PermissionDenied, ServiceUnavailable
from matinee.core.ids import AccountId
from matinee.services.access import LOCAL_ACCOUNT, Access
from matinee.web.cors import Origins

_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]/@\s]+)(?::\d{1,5})?")


class Gate:
    """Lets requests in, each as an account.

    A server without keys stands on loopback and serves whoever sits at the machine. There, a web
    page that the person has open must not act for them: its browser tells on it by `Origin`, and
    a name that was bent to point at loopback shows in `Host`. Only pages that `origins` names may.
    """

    def __init__(self, access: Access, origins: Origins | None = None) -> None:
        self._access = access
        self._origins = origins
        self._admissions: WeakValueDictionary[tuple[str | None, AccountId], Admission] = (
            WeakValueDictionary()
        )

    async def account_of(self, scope: Scope) -> AccountId:
        """Whose request it is. Raises AuthenticationFailed or PermissionDenied."""
        headers = _headers(scope)
        account_id = await self._access.account_of(_secret(headers))
        if account_id == LOCAL_ACCOUNT:
            self._refuse_web_pages(headers)
        return account_id

    def admission(self, scope: Scope, account_id: AccountId) -> Admission:
        """What tells whether a request that was let in as that account would be so again.

        All requests with the same key share one.
        """
        secret = _secret(_headers(scope))
        admission = self._admissions.get((secret, account_id))
        if admission is None:
            admission = Admission(self._access, secret, account_id)
            self._admissions[secret, account_id] = admission
        return admission

    async def admin_of(self, scope: Scope) -> AccountId:
        """The same for what only an administrator may see.

        Raises PermissionDenied for the key of anybody else.
        """
        account_id = await self.account_of(scope)
        if not await self._access.is_admin(_secret(_headers(scope))):
            raise PermissionDenied(
                "Only a key of an administrator may see this. 'matinee keys create --admin' makes "
                "one."
            )
        return account_id

    def _refuse_web_pages(self, headers: dict[bytes, bytes]) -> None:
        host = headers.get(b"host", b"").decode("latin-1").strip()
        if host and not is_loopback(host):
            raise PermissionDenied(
                f"This server has no keys and answers only to loopback names, not to '{host}'. Ask "
                "http://localhost, or make a key with 'matinee keys create'."
            )
        origin = headers.get(b"origin")
        if origin is None or (self._origins is not None and self._origins.names(origin)):
            return
        _, _, authority = origin.decode("latin-1").strip().partition("://")
        if authority.lower() != host.lower():
            raise PermissionDenied(
                "This server has no keys, so web pages of other addresses may not use it. Make a "
                "key with 'matinee keys create' and let the page send it, or name the page's "
                "origin in the setting 'allow_origins'."
            )


class Admission:
    """Whether a key is good for an account; asked again and again for as long as a stream lasts."""

    __slots__ = (
        *("__weakref__", "_access", "_secret", "_account_id"),
        *("_asking", "_asked_s", "_holds"),
    )

    def __init__(self, access: Access, secret: str | None, account_id: AccountId) -> None:
        self._access = access
        self._secret = secret
        self._account_id = account_id
        self._asking = asyncio.Lock()
        self._asked_s = float("-inf")
        self._holds = True

    def is_known(self, trust_s: float) -> bool:
        """Whether it was found to hold within the last `trust_s`."""
        return self._holds and asyncio.get_running_loop().time() < self._asked_s + trust_s

    async def holds(self, trust_s: float) -> bool:
        """Whether it holds, as it was found within the last `trust_s`.

        It does until the opposite is known: nobody is cut off because rows can't be read.
        """
        async with self._asking:
            if self._holds and not self.is_known(trust_s):
                self._holds = await self._ask()
                # Not when it was asked: a slow answer must do for everyone who waited for it.
                self._asked_s = asyncio.get_running_loop().time()
        return self._holds

    async def require(self, trust_s: float) -> None:
        """Raise AuthenticationFailed unless it holds, as far as `holds` knows."""
        if not await self.holds(trust_s):
            raise AuthenticationFailed("The API key was revoked meanwhile.")

    async def _ask(self) -> bool:
        try:
            return await self._access.account_of(self._secret) == self._account_id
        except AuthenticationFailed:
            return False
        except ServiceUnavailable:
            return True


def _headers(scope: Scope) -> dict[bytes, bytes]:
    """The headers; of several of one name the first."""
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name, value)
    return headers


def _secret(headers: dict[bytes, bytes]) -> str | None:
    """The key as it was sent: some clients leave `Bearer` out, Azure's have their own header."""
    sent = headers.get(b"authorization", b"").decode("latin-1").strip()
    scheme, _, rest = sent.partition(" ")
    if scheme.lower() == "bearer":
        sent = rest.strip()
    if sent:
        return sent
    named = headers.get(b"api-key") or headers.get(b"x-api-key")
    return named.decode("latin-1").strip() if named else None


def is_loopback(authority: str) -> bool:
    """Whether `authority`, a host with or without a port, names this very machine."""
    spelled = _AUTHORITY.fullmatch(authority)
    if spelled is None:
        return False
    host = spelled.group(1).strip("[]").lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
