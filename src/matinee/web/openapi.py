"""Our OpenAPI 3.1 document, made of the chapters that dialects declare.

Source: OpenAPI Specification 3.1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matinee.core.errors import (
    AuthenticationFailed,
    InvalidRequest,
    InvalidType,
    MalformedBody,
    MatineeError,
    PermissionDenied,
    ServiceUnavailable,
    TooLarge,
)
from matinee.policy.routing import Routes
from matinee.web.errors import ErrorForm, status_of
from matinee.web.json_schema import Schema
from matinee.web.operations import Chapter, Operation, Parameter, ReplyKind
from matinee.web.schemas import reply_schemas, request_schemas, vocabulary

JSON = "application/json"
FORM = "multipart/form-data"
EVENTS = "text/event-stream"

_ROUTE_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
_INTRODUCTION = """\
Matinee speaks the Sora API on machines you own. Every format here leads to the same films: what \
one makes, the others find, and any spelling of an id works anywhere.

Send your key as `Authorization: Bearer KEY`. A server without keys stands on loopback and needs \
none. Every reply names its request in `x-request-id`. Every `GET` also answers `HEAD`.

Requests are read leniently. A body may be JSON, a multipart form or an urlencoded one. Numbers \
may be text. Unknown fields are passed over. null, an empty text and an empty list count as \
absent, and a list of one as the one. A field may also stand in the query."""

_ENVELOPE_NOTES = {
    "ErrorBody": {
        "message": "What was wrong, and what would be right.",
        "type": "The kind of error.",
        "param": "The field at fault, as the client spelled it.",
        "code": "The error's own word, which stays the same.",
    }
}
_GATE_ERRORS: tuple[type[MatineeError], ...] = (AuthenticationFailed, PermissionDenied)
_BODY_ERRORS: tuple[type[MatineeError], ...] = (MalformedBody, InvalidType, TooLarge)


def make_document(chapters: Sequence[Chapter], *, routes: Routes, version: str) -> dict[str, Any]:
    """The document of everything in `chapters`; what models can make comes from `routes`."""
    operations = [each for chapter in chapters for each in chapter.operations]
    types = _Types.of(chapters, operations)
    paths: dict[str, dict[str, Any]] = {}
    for chapter in chapters:
        for operation in chapter.operations:
            item = paths.setdefault(document_path(operation.path), {})
            item[operation.method.lower()] = _operation(operation, chapter.title, types)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Matinee",
            "version": version,
            "description": _INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server."}],
        "security": [{"bearer": []}, {"apiKey": []}],
        "tags": [{"name": each.title, "description": each.description} for each in chapters],
        "paths": paths,
        "components": {
            "schemas": dict(sorted((vocabulary(routes) | types.components).items())),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "api-key"},
            },
        },
    }


def document_path(path: str) -> str:
    """A route's path as the document spells it: `{id:path}` is `{id}`."""
    return _ROUTE_PARAMETER.sub(r"{\1}", path)


@dataclass(frozen=True, slots=True)
class _Types:
    """The schemas of every type that the operations name, found by the type."""

    requests: Mapping[Any, Schema]
    replies: Mapping[Any, Schema]
    components: dict[str, Schema]

    @classmethod
    def of(cls, chapters: Sequence[Chapter], operations: Sequence[Operation]) -> _Types:
        asked = _unique(_request_types(operations))
        envelopes = [operation.error_form.envelope for operation in operations]
        given = _unique([*envelopes, *_reply_types(operations)])
        notes = dict(_ENVELOPE_NOTES)
        for chapter in chapters:
            notes.update({name: dict(fields) for name, fields in chapter.notes.items()})
        forms = [each.body.form for each in operations if each.body and each.body.form]
        asked_schemas, asked_components = request_schemas(asked, forms)
        given_schemas, given_components = reply_schemas(given, notes)
        both = asked_components.keys() & given_components.keys()
        unlike = sorted(name for name in both if asked_components[name] != given_components[name])
        if unlike:
            raise ValueError(f"A request and a reply both have a type named {unlike[0]}.")
        return cls(
            requests=dict(zip(asked, asked_schemas, strict=True)),
            replies=dict(zip(given, given_schemas, strict=True)),
            components=asked_components | given_components,
        )


def _request_types(operations: Iterable[Operation]) -> list[Any]:
    types: list[Any] = []
    for operation in operations:
        types += [parameter.kind for parameter in operation.parameters]
        if operation.body is not None:
            types += [kind for kind in (operation.body.json, operation.body.form) if kind]
    return types


def _reply_types(operations: Iterable[Operation]) -> list[Any]:
    replies = [reply for operation in operations for reply in operation.replies]
    named = [kind for each in replies for kind in (*_each(each.kind), *_each(each.events))]
    return [kind for kind in named if kind is not None]


def _each(kind: Any) -> tuple[Any, ...]:
    """The types of which `kind` is any one."""
    return kind if isinstance(kind, tuple) else (kind,)


def _schema(kind: Any, types: _Types) -> dict[str, Any]:
    schemas = [types.replies[each] for each in _each(kind)]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _unique(types: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(types))


def _operation(operation: Operation, tag: str, types: _Types) -> dict[str, Any]:
    described: dict[str, Any] = {
        "tags": [tag],
        "summary": operation.summary,
        "operationId": operation.operation_id,
        "parameters": [_parameter(each, types) for each in operation.parameters],
        "responses": _responses(operation, types),
    }
    if operation.description:
        described["description"] = operation.description
    if operation.body is not None:
        encodings = ((JSON, operation.body.json), (FORM, operation.body.form))
        content = {name: {"schema": types.requests[kind]} for name, kind in encodings if kind}
        described["requestBody"] = {"required": operation.body.required, "content": content}
    if not operation.needs_key:
        described["security"] = []
    if operation.examples:
        described["x-codeSamples"] = [
            {"lang": each.language, "source": each.source} for each in operation.examples
        ]
    return described


def _parameter(parameter: Parameter, types: _Types) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.description,
        "required": parameter.required or parameter.place == "path",
        "schema": types.requests[parameter.kind],
    }
    if parameter.example is not None:
        described["example"] = parameter.example
    return described


def _responses(operation: Operation, types: _Types) -> dict[str, Any]:
    responses = {str(each.status): _reply(each, types) for each in operation.replies}
    for status, kinds in sorted(_errors_of(operation).items()):
        responses[str(status)] = _error(status, kinds, operation.error_form, types)
    return responses


def _reply(reply: ReplyKind, types: _Types) -> dict[str, Any]:
    described: dict[str, Any] = {"description": reply.description}
    content: dict[str, Any] = {}
    if reply.kind is not None:
        content[JSON] = {"schema": _schema(reply.kind, types)}
    if reply.events is not None:
        # OpenAPI 3.1 has no words for a stream's events, and tools take the schema for theirs.
        content[EVENTS] = {"schema": {"x-event": _schema(reply.events, types)}}
    for media_type in reply.media_types:
        content[media_type] = {"schema": {"type": "string", "format": "binary"}}
    if content:
        described["content"] = content
    if reply.headers:
        described["headers"] = {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in reply.headers.items()
        }
    if reply.links:
        described["links"] = {
            link.operation_id: {
                "operationId": link.operation_id,
                "parameters": dict(link.parameters),
            }
            for link in reply.links
        }
    return described


def _errors_of(operation: Operation) -> dict[int, list[type[MatineeError]]]:
    """Everything that the operation may raise, by status."""
    kinds = [*operation.errors]
    if operation.body is not None:
        kinds += _BODY_ERRORS
    if operation.needs_key:
        kinds += _GATE_ERRORS
    by_status: dict[int, list[type[MatineeError]]] = {}
    for kind in _unique([*kinds, MatineeError, ServiceUnavailable]):
        status = status_of(kind)
        if operation.error_form.transient_as_text and status >= 500:
            status = status_of(ServiceUnavailable)
        by_status.setdefault(status, []).append(kind)
    return by_status


def _error(
    status: int, kinds: Sequence[type[MatineeError]], form: ErrorForm, types: _Types
) -> dict[str, Any]:
    lines = [f"- `{kind.code}`: {summary_of(kind)}" for kind in kinds]
    if form.transient_as_text and status >= 500:
        content: dict[str, Any] = {"text/plain": {"schema": {"type": "string"}}}
    else:
        content = {JSON: {"schema": types.replies[form.envelope]}}
    return {"description": "\n".join(lines), "content": content}


def summary_of(kind: type[MatineeError]) -> str:
    """What an error of that class says, in one line."""
    if kind is MatineeError:
        return "The server met an error of its own; its log has the details."
    if kind is InvalidRequest:
        return "A field holds a value that it does not take; the message lists those it does."
    return (kind.__doc__ or "").strip().splitlines()[0]
