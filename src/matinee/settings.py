"""Every setting, typed, with its unit and its default, and where they are read from.

What is given on the command line wins over the environment (`MATINEE_PORT`), that over the file
`matinee.toml` in the data folder, and that over the default.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from matinee.core.errors import SettingsInvalid

_PREFIX = "MATINEE_"
_OTHER_VARIABLES = frozenset({"MATINEE_DATA", "MATINEE_API_KEY"})
"""Read by commands: where the data folder is, and the key that a client sends."""

_LEAST = {
    "port": 0,
    "max_body_mb": 1,
    "max_image_mb": 1,
    "max_unfinished": 1,
    "max_faults": 1,
    "lease_s": 1,
    "engine_idle_s": 0,
    "render_processes": 1,
}
_MOST_PORT = 65_535
_PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~/-]*)?")
"""What may stand at the beginning of links, which are written into Markdown and HTML."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The configuration of a server. The comment under each field says what it does."""

    host: str = "127.0.0.1"
    """The address to listen on. Anything but loopback needs a key."""

    port: int = 8642
    """The port to listen on; 0 takes any free one."""

    public_url: str | None = None
    """The address under which clients reach the server, for links; None: as each request says."""

    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose `X-Forwarded-Host` and `X-Forwarded-Proto` are believed."""

    max_body_mb: int = 64
    """The largest request body, in MiB."""

    max_image_mb: int = 25
    """The largest reference image, in MiB."""

    max_unfinished: int = 10_000
    """How many videos may wait or run; one more is refused with 429."""

    max_faults: int = 5
    """How many attempts at one video may end by a fault before it has failed."""

    lease_s: int = 15
    """How long a worker that is not heard of keeps its video."""

    engine_idle_s: int = 300
    """How long an engine's process stays when it has nothing to do."""

    render_processes: int = 2
    """How many processes the animatic draws with."""

    chat_progress: Literal["content", "reasoning", "none"] = "content"
    """Where the chat format tells progress, unless a request says otherwise."""

    chat_video_tag: bool = True
    """Whether the chat format's result carries a `<video>` block besides the link."""

    chat_auxiliary_filter: bool = True
    """Whether titles and tags that chat UIs ask for, and the short greetings of health checks
    (with `max_tokens` of 64 or less), are answered without a film."""

    fetch_allow: tuple[str, ...] = ()
    """Networks or `host:port`s that image URLs may lead to although they are not public."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much is logged."""

    log_format: Literal["text", "json"] = "text"
    """How a line of the log looks."""

    def __post_init__(self) -> None:
        """Raise ValueError, naming the setting, unless every value makes sense."""
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise ValueError(f"'{name}' must be at least {least}")
        if self.port > _MOST_PORT:
            raise ValueError(f"'port' must be at most {_MOST_PORT}")
        if self.public_url is not None and not _PUBLIC_URL.fullmatch(self.public_url):
            raise ValueError("'public_url' must be such as 'https://films.example.org'")
        for address in self.trusted_proxies:
            try:
                ipaddress.ip_network(address, strict=False)
            except ValueError as error:
                raise ValueError(f"'trusted_proxies': {error}") from error


def load_settings(folder: Path, given: Mapping[str, Any]) -> Settings:
    """The settings from `given`, the environment, the file in `folder` and the defaults.

    Values of `given` that are None count as not given. Raises SettingsInvalid, naming the setting
    and where it was read.
    """
    merged: dict[str, Any] = {}
    merged |= _checked(_from_file(folder / "matinee.toml"), "the file matinee.toml")
    merged |= _checked(_from_environment(os.environ), "the environment")
    merged |= {name: value for name, value in given.items() if value is not None}
    try:
        return msgspec.convert(merged, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsInvalid(f"A setting can't be used: {error}.") from error


def default_data_folder(given: Path | None) -> Path:
    """The data folder: `given`, else `MATINEE_DATA`, else the user's folder for such data."""
    if given is not None:
        return given
    if named := os.environ.get("MATINEE_DATA"):
        return Path(named)
    shared = os.environ.get("XDG_DATA_HOME")
    return (Path(shared) if shared else Path.home() / ".local" / "share") / "matinee"


def api_key() -> str | None:
    """The key that commands send to a server, from `MATINEE_API_KEY`."""
    return os.environ.get("MATINEE_API_KEY") or None


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"The file {path} is no valid TOML: {error}.") from error
    except OSError as error:
        raise SettingsInvalid(f"The file {path} can't be read: {error.strerror}.") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable, text in environment.items():
        if not variable.startswith(_PREFIX) or variable in _OTHER_VARIABLES:
            continue
        name = variable.removeprefix(_PREFIX).lower()
        is_list = name in ("trusted_proxies", "fetch_allow")
        found[name] = (
            [part.strip() for part in text.split(",") if part.strip()] if is_list else text
        )
    return found


def _checked(values: dict[str, Any], source: str) -> dict[str, Any]:
    known = Settings.__struct_fields__
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise SettingsInvalid(f"There is no setting '{name}' ({source}).{hint}", param=name)
    return values
