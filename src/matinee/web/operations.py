"""What an endpoint takes and gives, as plain data.

A dialect declares its operations beside its routes; `openapi.py` makes the document of them, and
`reference.py` the page for people. Nothing here is consulted to answer a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from matinee.core.errors import MatineeError
from matinee.web.errors import PLAIN_FORM, ErrorForm

EXAMPLE_BASE = "http://localhost:8642"
"""Where the server stands in examples; the page for people shows the address it was read at."""

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value outside the body. `kind` is its type as msgspec understands it."""

    name: str
    description: str
    kind: Any = str
    place: Literal["path", "query", "header"] = "query"
    required: bool = False
    example: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBody:
    """A body in each encoding that is taken. Urlencoded forms hold the fields of `form` too."""

    json: type[msgspec.Struct] | None = None
    form: type[msgspec.Struct] | None = None
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a reply's value is good for: `parameters` of another operation, by expression.

    Source: OpenAPI 3.1, link objects and runtime expressions.
    """

    operation_id: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyKind:
    """A good reply: JSON of the type `kind`, or bytes of `media_types`, or nothing.

    `events` is the type of each event if it may come as a stream. A tuple of types is any one of
    them.
    """

    description: str
    status: int = 200
    kind: Any = None
    media_types: tuple[str, ...] = ()
    events: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Source text that works as it stands, but for ids, which are written `VIDEO_ID`."""

    language: Literal["Shell", "Python", "JavaScript"]
    source: str


def shell(path: str, *options: str) -> Example:
    """A curl line for `path`, with a key; each of `options` stands on a line of its own."""
    lines = [f'curl "{EXAMPLE_BASE}{path}"', '-H "Authorization: Bearer $MATINEE_KEY"', *options]
    return Example(language="Shell", source=" \\\n  ".join(lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path.

    `path` is spelled as its route is. `errors` are those that are its own: what the gate, the
    reader of bodies and a server in need raise is added to each.
    """

    method: Method
    path: str
    operation_id: str
    summary: str
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: RequestBody | None = None
    replies: tuple[ReplyKind, ...]
    errors: tuple[type[MatineeError], ...] = ()
    error_form: ErrorForm = PLAIN_FORM
    needs_key: bool = True
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """The operations of one wire format, with what is true of all of them.

    `notes` say what the fields of replies mean, by the names of struct and field.
    """

    title: str
    description: str
    operations: tuple[Operation, ...]
    notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
