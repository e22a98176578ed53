"""The guard: which addresses this server's own requests may go to.

A request passes three checks: the text of its URL, every address that its host has at that moment,
and the address that the connection really leads to. The connection is made to the very address
that was checked, so a name whose answer changes in between gains nothing.
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network

import httpcore
import httpx

from matinee.core.errors import AddressRefused, SettingsInvalid
from matinee.net.addresses import IPAddress, IPNetwork, is_own, is_public, parse_address
from matinee.net.resolver import ThreadResolver
from matinee.net.url import GuardedUrl, parse_host, parse_reference, parse_url

logger = logging.getLogger(__name__)

USUAL_PORTS = frozenset({80, 443, 8443})

Resolver = Callable[[str, int], Awaitable[Sequence[IPAddress]]]
"""Gives every address of a host name for connections to a port.

Raises OSError if it has none, ServiceUnavailable if none can be asked for now.
"""

_RULE = re.compile(
    r"(?P<host>\[[0-9a-f:.]+\]|[0-9a-z._-]+)(?::(?P<port>[1-9][0-9]{0,4}))?", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What an operator says of a name or a network, and of one of its ports."""

    name: str | None = None
    network: IPNetwork | None = None
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read `10.0.0.0/8`, `10.0.0.7`, `10.0.0.7:9000`, `[fd00::7]:9000` or `minio.lan:9000`.

        Raises SettingsInvalid for anything else.
        """
        network = _network(text)
        if network is not None:
            return cls(network=network)
        parts = _RULE.fullmatch(text.lower())
        try:
            host = parse_host(parts["host"] if parts else "")
        except ValueError as error:
            message = f"{text!r} is no network, address or host name with or without a port."
            raise SettingsInvalid(message) from error
        port = int(parts["port"]) if parts and parts["port"] else None
        network = _network(host)
        return cls(name=None if network else host, network=network, port=port)

    def covers(self, host: str, address: IPAddress) -> bool:
        """Whether the rule speaks of `host`, one of whose addresses is `address`."""
        return host == self.name if self.network is None else address in self.network


class Guard:
    """Decides where requests may go. One is built at the start and handed to whoever sends.

    `allow` opens what is closed otherwise: an entry without a port for the usual ports, one with
    a port for that port alone. `deny` closes what is open, such as this server's public name.
    `network` makes the connections, `tls` says whose certificates count; both have good defaults.
    """

    def __init__(
        self,
        *,
        allow: Iterable[str] = (),
        deny: Iterable[str] = (),
        ports: Collection[int] = USUAL_PORTS,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._allow = tuple(Rule.parse(text) for text in allow)
        self._deny = tuple(Rule.parse(text) for text in deny)
        self._ports = frozenset(ports)
        self._resolver = resolver or ThreadResolver()
        self.tls = tls or _strict_tls()
        self.network = network or httpcore.AnyIOBackend()

    def check_url(self, text: str, *, base: GuardedUrl | None = None) -> GuardedUrl:
        """Read `text`, and refuse what can be refused without asking a resolver.

        With a `base`, `text` is what a redirect from there names. Raises AddressRefused.
        """
        try:
            url = parse_url(text) if base is None else parse_reference(text, base)
        except ValueError as error:
            raise self.refusal(str(error)) from error
        if url.address is not None:
            self._check(url.host, url.address, url.port)
        elif url.port not in self._ports | {rule.port for rule in self._allow}:
            raise self.refusal("port", url.host)
        return url

    async def addresses(self, host: str, port: int) -> Sequence[IPAddress]:
        """Every address of `host`, asked for once and each of them permitted.

        Raises AddressRefused if one of them is not, or if there is none.
        """
        literal = parse_address(host)
        if literal is not None:
            answers: Sequence[IPAddress] = [literal]
        else:
            answers = await self._look_up(host, port)
        for address in answers:
            self._check(host, address, port)
        return answers

    def refusal(self, reason: str, host: str = "") -> AddressRefused:
        """The one error for every address and every URL that is not fetched.

        It says the same whatever the reason, so that nobody can explore a network by asking;
        the operator finds the reason in the log.
        """
        logger.info("URL refused", extra={"reason": reason, "host": host})
        *ports, last = sorted(self._ports)
        listed = f"{', '.join(map(str, ports))} or {last}" if ports else str(last)
        return AddressRefused(
            "This URL can't be used: it must be a plain http or https URL, without credentials, "
            f"on port {listed}, whose host is known and has public addresses only. Others are "
            "allowed by the server's settings 'fetch_allow' and 'webhook_allow'."
        )

    async def _look_up(self, host: str, port: int) -> Sequence[IPAddress]:
        try:
            answers = await self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise self.refusal("no answer", host) from error
        if not answers:
            raise self.refusal("no address", host)
        return answers

    def _check(self, host: str, address: IPAddress, port: int) -> None:
        if any(rule.covers(host, address) and rule.port in (None, port) for rule in self._deny):
            raise self.refusal("denied", host)
        is_usual = port in self._ports
        for rule in self._allow:
            if rule.covers(host, address) and (rule.port == port or (not rule.port and is_usual)):
                return
        if not is_usual:
            raise self.refusal("port", host)
        if parse_address(host) is None and "." not in host:
            raise self.refusal("a name of the local network", host)
        if not is_public(address) or is_own(address):
            raise self.refusal("not public", host)


def _strict_tls() -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    # RFC 9525: a common name is no host name; OpenSSL takes it for one if nothing else is there.
    context.hostname_checks_common_name = False
    return context


def _network(text: str) -> IPNetwork | None:
    try:
        return ip_network(text)
    except ValueError:
        return None
