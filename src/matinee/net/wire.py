"""How an upstream's wire format is described: one line of data and two pure functions.

`UpstreamEngine` submits, polls and downloads by such a description; see `upstream.py`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from matinee.core.errors import MatineeError
from matinee.core.video import VideoSpec

REFUSALS = frozenset({400, 401, 402, 403, 404, 405, 406, 410, 411, 413, 415, 422, 429, 431})
"""Statuses with which nothing was surely taken. Others (408, 409, 5xx) leave it open: servers were
seen to make the job first and fail afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamImage:
    """An image of the spec. Upstreams get its bytes, never its URL."""

    data: bytes
    media_type: str

    @property
    def name(self) -> str:
        """A file name that says what it is, such as `reference.png`."""
        return f"reference.{self.media_type.rpartition('/')[2]}"

    @property
    def data_uri(self) -> str:
        """The image as text."""
        return f"data:{self.media_type};base64,{b64encode(self.data).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A film as an upstream is asked for it.

    `model` is the upstream's own name; empty if none is to be sent. `submit_key` names this very
    submission.
    """

    spec: VideoSpec
    model: str
    images: tuple[UpstreamImage, ...]
    submit_key: str
    frames: int
    """How many pictures the film is to have, by what is known of the model."""

    has_sound: bool = False
    """Whether the settings say that the model makes sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFile:
    """A file of a form."""

    name: str
    """The file's name, such as `reference.png`."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request to an upstream: JSON, or a form where `form` is given.

    `path` is under the engine's `base_url`, which may end in the `/v1` that the path begins with,
    or it is an absolute URL. It may hold `{id}` and `{model}`, as the wire's paths. A key is sent
    only to where the `base_url` is.
    """

    method: str
    path: str
    json: Any = None
    form: Mapping[str, str] | None = None
    files: Mapping[str, FormFile] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    is_link: bool = False
    """Whether `path` is a link that the upstream gave: absolute, or relative to the `base_url` as
    links in a page are."""

    @classmethod
    def link(cls, link: str) -> Call:
        """The call that fetches what the upstream gave a link to."""
        return cls(method="GET", path=link, is_link=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an upstream answered: any status, and its body as JSON; None if it is none."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""

    @property
    def is_good(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The film is being made. `progress` is the upstream's own, 0 to 100, if it has a true one."""

    progress: int | None = None
    is_queued: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What the film became is told by another call."""

    call: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The film can be fetched by `call`, or is `data` itself.

    `is_marked` says whether it carries a watermark, where the upstream tells.
    """

    call: Call | None = None
    data: bytes | None = None
    is_marked: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The upstream makes nothing of the work any more, and why."""

    error: MatineeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The upstream knows of no such work (any more)."""


Outcome = Waiting | Elsewhere | Ready | Failed | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the work stands by one reply. `upstream_id` where the reply names it."""

    outcome: Outcome
    upstream_id: str | None = None
    poll_after_s: float | None = None
    """When it is worth to ask again, if the upstream says so."""


class StreamReader(Protocol):
    """Reads one stream of events that answers a submission. It remembers what it was given."""

    def take(self, data: str) -> Standing:
        """How the work stands after an event with this `data`. Raises EngineError for nonsense."""

    def end(self) -> Standing:
        """How it stands when the stream is over; still Waiting if it was cut before its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A wire format. Paths may hold `{id}`, `{model}` and `{key}`.

    Source of the shape: inference-peers 1.3 and the vendors' public references, named in each file.
    """

    submit: Callable[[Order], Call]
    """The call that submits an order. Pure."""

    read: Callable[[Reply], Standing]
    """How the work stands by a reply to the submission or to a poll. Pure. A reply of failure is
    read if its status is in `refusals`, for its words; to a poll only if it tells of the work and
    not of the key, the credit or too many requests. Raises EngineError for a reply that makes no
    sense."""

    poll: str
    """The path that is asked how the work stands; empty where the submission's reply is the end."""

    follow: Callable[[], StreamReader] | None = None
    """Makes the reader of a submission's reply that is a stream of events, by its content type.

    A stream that ends while the work is Waiting leads to a poll, if the upstream's id was told and
    there is a `poll`; else its outcome is unknown."""

    cancel: tuple[str, str] | None = None
    """Method and path by which the work is ended."""

    find: str | None = None
    """The path by which work is found again by its `{key}`, where the upstream can do that."""

    is_idempotent: bool = False
    """Whether the same submission with the same key, sent again, is the same work."""

    is_forgetful: bool = False
    """Whether it keeps its work in memory: what it knows nothing of is surely not being made."""

    auth: tuple[str, str] = ("authorization", "Bearer ")
    """The header that carries the key, and what stands before it."""

    refusals: frozenset[int] = REFUSALS
    check: str | None = None
    """A path that answers when the upstream is there."""

    submit_timeout_s: float = 120.0
    """How long the reply to a submission may take; hours where the submission is the whole work."""

    most_reply_bytes: int = 4 * 1024 * 1024
    """The largest reply that is read; more where a reply holds the film."""

    names_models: bool = True
    """Whether the upstream is told which model. One that has a single model is told only where the
    settings know the exact name under which it is served."""
