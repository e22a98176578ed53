"""The addresses under which clients find a film, as they reach this server."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from starlette.types import Scope

from matinee.core.asset import AssetVariant
from matinee.core.video import Video

_AUTHORITY = re.compile(r"(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
"""What may stand in a link: links are written into Markdown and HTML."""

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Links:
    """Writes absolute links to files, which carry their secret in the path and need no key.

    They begin with `public_url` if it is set, and otherwise with what the request says of the
    server's name. `X-Forwarded-Host` and `-Proto` count only from `trusted_proxies`, which are
    addresses or networks.
    """

    def __init__(self, *, public_url: str | None, trusted_proxies: Sequence[str] = ()) -> None:
        self._public_url = public_url.rstrip("/") if public_url else None
        self._trusted: tuple[_Network, ...] = tuple(
            ipaddress.ip_network(address, strict=False) for address in trusted_proxies
        )

    def base(self, scope: Scope) -> str:
        """The beginning of every link for this request's client, without a slash at its end."""
        if self._public_url is not None:
            return self._public_url
        scheme, host = scope["scheme"], _header(scope, b"host")
        if self._trusted and self._is_trusted(scope):
            scheme = _forwarded(scope, b"x-forwarded-proto") or scheme
            host = _forwarded(scope, b"x-forwarded-host") or host
        if scheme not in ("http", "https"):
            scheme = "http"
        if not _AUTHORITY.fullmatch(host):
            host = _own_authority(scope)
        return f"{scheme}://{host}{scope.get('root_path', '')}"

    def _is_trusted(self, scope: Scope) -> bool:
        client = scope.get("client")
        if client is None:
            return False
        try:
            address = ipaddress.ip_address(client[0])
        except ValueError:
            return False
        return any(address in network for network in self._trusted)


def file_link(base: str, video: Video, variant: AssetVariant) -> str | None:
    """The link to a file of `video`; None while it has no such file.

    It ends in the file's own ending and has no query: chat programs tell films by that.
    """
    if video.asset(variant) is None:
        return None
    return f"{base}/f/{video.access_token}/task_{video.id}{variant.extension}"


def film_link(base: str, video: Video) -> str | None:
    """The link to the film; None until it can be fetched."""
    return file_link(base, video, AssetVariant.VIDEO)


def _header(scope: Scope, name: bytes) -> str:
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text.strip()
    return ""


def _forwarded(scope: Scope, name: bytes) -> str:
    """The first of several values is what the client itself asked for."""
    return _header(scope, name).partition(",")[0].strip()


def _own_authority(scope: Scope) -> str:
    host, port = scope.get("server") or ("localhost", None)
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host
