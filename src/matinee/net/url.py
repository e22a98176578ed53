"""One strict reading of a URL, for links that strangers name.

Whatever two parsers might read differently is refused rather than mended: credentials, backslashes,
blanks and invisible characters anywhere; percent escapes and letters beyond ASCII in the host;
every spelling of an address but the canonical one.
Source: RFC 3986 for the syntax; the WHATWG URL standard for hosts that end in a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import quote, urljoin

from matinee.net.addresses import IPAddress, parse_address

_MAX_URL_CHARACTERS = 8192

# A path must come before any ? or #, because parsers differ on `http://a#@b` and its like.
_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[0-9a-z._-]+|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?:(?P<target>/[^#]*)(?:#.*)?)?",
    re.IGNORECASE | re.ASCII,
)
_LABEL = r"(?!-)[0-9a-z_-]{1,63}(?<!-)"
_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*{_LABEL}", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_ANY_SCHEME = re.compile(r"[a-z][0-9a-z+.-]*:", re.IGNORECASE | re.ASCII)
_BROKEN_ESCAPE = re.compile(r"%(?![0-9a-f]{2})", re.IGNORECASE | re.ASCII)
_TARGET_SAFE = "!$%&'()*+,/:;=@[]|?"
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedUrl:
    """A URL that every parser reads alike. `str()` gives its canonical text, without fragment."""

    scheme: str
    host: str
    """In lower case; an IPv6 address without its brackets."""

    port: int
    target: str
    """Path and query, ASCII, beginning with a slash."""

    @property
    def address(self) -> IPAddress | None:
        """The address that the host is; None if it is a name."""
        return parse_address(self.host)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.target}"


def parse_url(text: str) -> GuardedUrl:
    """Read an absolute http or https URL. Raises ValueError saying what is wrong with it.

    Scheme and name may be in upper case, and the path may hold letters beyond ASCII; nothing else
    is forgiven.
    """
    if len(text) > _MAX_URL_CHARACTERS:
        raise ValueError(f"longer than {_MAX_URL_CHARACTERS} characters")
    _check_characters(text)
    parts = _URL.fullmatch(text)
    if parts is None:
        raise ValueError("not of the form https://host:port/path")
    scheme, host, target = parts["scheme"].lower(), parts["host"], parts["target"] or "/"
    port = int(parts["port"] or _DEFAULT_PORTS[scheme])
    if port > 65535:
        raise ValueError("a port beyond 65535")
    if _BROKEN_ESCAPE.search(target):
        raise ValueError("a percent sign that begins no escape")
    return GuardedUrl(
        scheme=scheme,
        host=parse_host(host if host.startswith("[") else host.lower()),
        port=port,
        target=quote(target, safe=_TARGET_SAFE),
    )


def parse_reference(text: str, base: GuardedUrl) -> GuardedUrl:
    """Read what a redirect from `base` names, which may be relative. Raises as `parse_url` does."""
    _check_characters(text)
    # `http:x` is a relative path to some parsers and the host x to others: it is an absolute URL,
    # and a wrong one. What has neither scheme nor host can't leave the server of `base`.
    if _ANY_SCHEME.match(text):
        return parse_url(text)
    if text.startswith("//"):
        return parse_url(f"{base.scheme}:{text}")
    return parse_url(urljoin(str(base), text))


def parse_host(text: str) -> str:
    """The host without brackets: a canonical address, or a name in ASCII without a final dot.

    Raises ValueError saying what is wrong with it.
    """
    if text.startswith("["):
        inner = text.removeprefix("[").removesuffix("]")
        if not isinstance(parse_address(inner), IPv6Address):
            raise ValueError("not the canonical spelling of an IPv6 address")
        return inner
    if not _NAME.fullmatch(text):
        raise ValueError("not a host name")
    # `127.1`, `0x7f.1` and `2130706433` are addresses to most resolvers.
    if _NUMBER.fullmatch(text.rpartition(".")[2]) and parse_address(text) is None:
        raise ValueError("not the canonical spelling of an IPv4 address")
    return text


def _check_characters(text: str) -> None:
    # Format characters such as the soft hyphen and lone surrogates are not printable either.
    if not text.isprintable() or " " in text or "\\" in text:
        raise ValueError("a blank, backslash or invisible character")
