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
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import msgspec

from matinee.core.errors import SettingsInvalid
from matinee.policy.styles import Styles, parse_styles

_PREFIX = "MATINEE_"
_OTHER_VARIABLES = frozenset({"MATINEE_DATA", "MATINEE_API_KEY", "MATINEE_SECRET"})
"""Where the data folder is, the key that a client sends, and what several machines share."""

_NOT_FOR_ENGINES = (_PREFIX, "AWS_", "PGPASSWORD", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
"""How variables begin that engines have no business with."""

_FORM_OF_MODELS = (
    ' A line of [models] is such as "sora-2" = [{ engine = "gpu", model = "wan2.2-ti2v-5b", '
    'sizes = ["1280x720"], min_seconds = 4, max_seconds = 8 }].'
)

_LEAST = {
    "port": 0,
    "max_body_mb": 1,
    "max_image_mb": 1,
    "max_film_mb": 1,
    "max_file_mb": 1,
    "max_unfinished": 1,
    "max_faults": 1,
    "lease_s": 1,
    "drain_s": 0,
    "engine_idle_s": 0,
    "engine_outage_s": 1,
    "engine_silence_s": 1,
    "max_unfinished_hours": 1,
    "retention_hours": 1,
    "keep_videos_days": 1,
    "keep_events_days": 1,
    "disk_reserve_mb": 0,
    "render_processes": 1,
}
_MOST_PORT = 65_535
_DAY_HOURS = 24
_PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~/-]*)?")
"""What may stand at the beginning of links, which are written into Markdown and HTML."""

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[A-Za-z0-9.\[\]:-]+", re.IGNORECASE)
_LISTS = frozenset(
    {"trusted_proxies", "fetch_allow", "webhook_allow", "allow_origins", "chat_auxiliary_prompts"}
)
_TABLES: Mapping[str, str] = {
    "prices": '{"sora-2": {"720p": 0.1}}',
    "engines": '{"gpu": {"kind": "diffusers"}}',
    "models": '{"sora-2": [{"engine": "animatic"}]}',
}
"""Settings that are tables, with an example: JSON in the environment."""


class RouteStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the engines that may make a model's films, with what it may be asked for."""

    engine: str
    """The name of an engine, as `engines` has it."""

    model: str = ""
    """What the engine calls the model; not needed where it has only one."""

    sizes: tuple[str, ...] = ()
    """The only sizes that it is given; none named: all that it makes."""

    min_seconds: int | None = None
    max_seconds: int | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The configuration of a server. The comment under each field says what it does."""

    database: str | None = None
    """The address of a PostgreSQL database, such as `postgresql://matinee@db.example.org/matinee`,
    which several machines share; None: a file in the data folder."""

    blob_store: str | None = None
    """Where films and files lie: a folder that every machine sees, or `s3://bucket/prefix`; None:
    in the data folder, which is not enough for `matinee worker` and `serve --no-worker`."""

    blob_endpoint: str | None = None
    """The address of an S3-compatible store; None: Amazon's. Its keys are read from the usual
    variables, `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`."""

    host: str = "127.0.0.1"
    """The address to listen on. Anything but loopback needs a key."""

    port: int = 8642
    """The port to listen on; 0 takes any free one."""

    allow_origins: tuple[str, ...] = ("*",)
    """Origins such as `https://app.example.org` whose web pages may call the API from a browser;
    `*` is any. A server without keys lets in only those that are named outright, `*` or not."""

    public_url: str | None = None
    """The address under which clients reach the server, for links; None: as each request says."""

    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose `X-Forwarded-Host` and `X-Forwarded-Proto` are believed."""

    max_body_mb: int = 64
    """The largest request body, in MiB; a form may hold a film or a file besides."""

    max_image_mb: int = 25
    """The largest reference image, in MiB."""

    max_film_mb: int = 200
    """The largest film that may be uploaded or fetched for a character or as a source, in MiB."""

    max_file_mb: int = 200
    """The largest file that `/v1/files` stores, in MiB."""

    max_unfinished: int = 10_000
    """How many videos may wait or run; one more is refused with 429."""

    max_unfinished_hours: int = 72
    """How long a video may take from its acceptance, the time in line included; then it has failed
    as `timed_out`."""

    max_faults: int = 5
    """How many attempts at one video may end by a fault before it has failed."""

    retention_hours: int | None = None
    """How long a finished film stays, in hours, and a file that a client uploads; replies say it
    as `expires_at`, and then it is gone. None: until it is deleted, for it is on your own disk."""

    keep_videos_days: int | None = None
    """After how many days a video whose files are gone is forgotten too, and is in no list any
    more. None: never. It needs `retention_hours`."""

    keep_events_days: int = 30
    """How long it is known what happened to videos, for streams that go on where they were cut."""

    disk_reserve_mb: int | None = None
    """With less room than this, in MiB, on a disk that holds the data folder or the films, nothing
    new is accepted (507), so that what was accepted can be finished. None: 5 percent of the disk,
    2 GB at most; 0: no reserve."""

    lease_s: int = 15
    """How long a worker that is not heard of keeps its video."""

    drain_s: int | None = None
    """How long films that are being made may take to end when the process is told to; then they are
    handed back. None: 25 for `matinee worker`, and 0 for `matinee serve`."""

    engine_idle_s: int = 300
    """How long an engine's process stays when it has nothing to do."""

    engine_silence_s: int = 600
    """How long an engine's process may say nothing while it makes a film; then it is ended, which
    counts as a crash."""

    engine_outage_s: int = 3600
    """How long a video waits for an engine that is away when no other one can make it; then it has
    failed as `engine_unavailable`."""

    render_processes: int = 2
    """How many processes the animatic draws with, and how many threads an open model on `cpu`."""

    engines: dict[str, dict[str, Any]] = {}
    """What makes films, by names of your own: a section `[engines.NAME]` with the line
    `kind = "…"`, the lines of that kind, and `slots`, how many films it makes at a time. The
    animatic is always there. In the environment as JSON."""

    models: dict[str, tuple[RouteStep, ...]] = {}
    """Which engines make the films of a model, the preferred one first: a section `[models]` with
    lines such as `"sora-2" = [{ engine = "gpu", model = "wan2.2-ti2v-5b" }, { engine =
    "animatic" }]`. Models that are not named are as they come. In the environment as JSON."""

    models_folder: str | None = None
    """Where the weights of open models lie; None: in the data folder."""

    prices: dict[str, dict[str, float]] = {}
    """US dollars for a second of film, by model and by size class or exact size: a section
    `[prices."sora-2"]` with lines such as `"720p" = 0.10`. In the environment as JSON. A model
    without prices is free."""

    model_variants: bool = True
    """Whether `/v1/models` lists names with parts too, such as `sora-2-landscape-10s`."""

    test_models: bool | None = None
    """Whether the test models (`test-instant` and others) are there. None: while the server has no
    keys when it starts, so that nobody else's request is answered with a test film."""

    chat_progress: Literal["content", "reasoning", "none"] = "content"
    """Where the chat format tells progress, unless a request says otherwise."""

    chat_video_tag: bool = True
    """Whether the chat format's result carries a `<video>` block besides the link."""

    chat_auxiliary_filter: bool = True
    """Whether titles and tags that chat UIs ask for, and the short greetings of health checks
    (with `max_tokens` of 64 or less), are answered without a film."""

    chat_auxiliary_prompts: tuple[str, ...] = ()
    """Texts by which further requests for a title are known; those of usual chat UIs are built
    in."""

    chat_remix: bool = True
    """Whether a chat that goes on after a film changes that film, unless a request says
    otherwise."""

    chat_language: Literal["both", "en"] = "both"
    """Whether the chat format's lines are Chinese and English, which old clients need, or
    English."""

    wrap_generations: bool = False
    """Whether `/v1/video/generations` answers in new-api's wrapping unless a request says
    `wrapped=false`."""

    styles_file: str | None = None
    """A TOML file of styles that adds to those there are, and replaces those of the same name."""

    fetch_allow: tuple[str, ...] = ()
    """Networks or `host:port`s that image URLs may lead to although they are not public."""

    webhook_allow: tuple[str, ...] = ()
    """The same for webhooks: networks or `host:port`s that may be told of films all the same."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much is logged."""

    log_format: Literal["text", "json"] = "text"
    """How a line of the log looks."""

    @property
    def retention(self) -> timedelta | None:
        """How long the files of a completed video stay; None: until it is deleted."""
        return None if self.retention_hours is None else timedelta(hours=self.retention_hours)

    def __post_init__(self) -> None:
        """Raise ValueError, naming the setting, unless every value makes sense."""
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if value is not None and value < least:
                raise ValueError(f"'{name}' must be at least {least}")
        if self.keep_videos_days is not None and (
            self.retention_hours is None
            or self.retention_hours > self.keep_videos_days * _DAY_HOURS
        ):
            raise ValueError(
                "'keep_videos_days' needs 'retention_hours', and that not longer: a video is "
                "forgotten after its files"
            )
        if self.port > _MOST_PORT:
            raise ValueError(f"'port' must be at most {_MOST_PORT}")
        if self.public_url is not None and not _PUBLIC_URL.fullmatch(self.public_url):
            raise ValueError("'public_url' must be such as 'https://films.example.org'")
        for origin in self.allow_origins:
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise ValueError(f"'allow_origins': '{origin}' is not such as 'https://a.example'")
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
        form = _FORM_OF_MODELS if "`$.models" in str(error) else ""
        raise SettingsInvalid(f"A setting can't be used: {error}.{form}") from error


def load_styles(named: str | None) -> Styles:
    """The styles that come with Matinee, and those of the file `named`. Raises SettingsInvalid."""
    shipped = resources.files("matinee.policy").joinpath("styles.toml").read_text("utf-8")
    tables = tomllib.loads(shipped)
    if named is not None:
        if not Path(named).is_file():
            raise SettingsInvalid(f"'styles_file': there is no file {named}.", param="styles_file")
        tables |= _from_file(Path(named))
    try:
        return parse_styles(tables)
    except ValueError as error:
        raise SettingsInvalid(
            f"The styles in {named} can't be used: {error}.", param="styles_file"
        ) from error


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


def secret_in(variable: str) -> str | None:
    """The secret that an engine's settings keep in the environment, under a name of their own."""
    return os.environ.get(variable) or None


def environment_of_engines(settings: Settings) -> dict[str, str]:
    """The environment as an engine's own process gets it: models run code that others wrote.

    What it has no use for is left out: settings, and the keys of databases, stores, upstreams and
    the models' hub, whose weights are here before an engine starts.
    """
    keys = {table.get("api_key_env") for table in settings.engines.values()}
    return {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(_NOT_FOR_ENGINES) and name not in keys
    }


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
        found[name] = _value(name, text)
    return found


def _value(name: str, text: str) -> Any:
    """The text of a variable as what the setting `name` is; other texts are converted later."""
    if name in _LISTS:
        return [part.strip() for part in text.split(",") if part.strip()]
    if name not in _TABLES:
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise SettingsInvalid(
            f"{_PREFIX}{name.upper()} must be JSON, such as {_TABLES[name]}: {error}.",
            param=name,
        ) from error


def _checked(values: dict[str, Any], source: str) -> dict[str, Any]:
    known = Settings.__struct_fields__
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise SettingsInvalid(f"There is no setting '{name}' ({source}).{hint}", param=name)
    return values
