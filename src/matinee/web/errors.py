"""Errors as HTTP replies: the one map from an error's class to a status, in OpenAI's envelope."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import msgspec
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matinee.core.errors import (
    AuthenticationFailed,
    IdempotencyMismatch,
    InvalidRequest,
    MatineeError,
    MethodNotAllowed,
    NotFound,
    PermissionDenied,
    QueueFull,
    ServiceUnavailable,
    StorageFull,
    TooLarge,
    TooManyStreams,
    VideoExpired,
)
from matinee.core.job import Failure
from matinee.web.connection import ClientGone
from matinee.web.replies import Header, Reply, json_reply, text_reply

logger = logging.getLogger(__name__)

_INVALID = "invalid_request_error"
_UNAVAILABLE = "service_unavailable_error"

_KINDS: tuple[tuple[type[MatineeError], int, str], ...] = (
    (TooLarge, 413, _INVALID),
    (InvalidRequest, 400, _INVALID),
    (AuthenticationFailed, 401, _INVALID),
    (PermissionDenied, 403, "permission_error"),
    (NotFound, 404, _INVALID),
    (MethodNotAllowed, 405, _INVALID),
    (VideoExpired, 410, _INVALID),
    (IdempotencyMismatch, 422, _INVALID),
    (QueueFull, 429, "rate_limit_error"),
    (TooManyStreams, 429, "rate_limit_error"),
    (ServiceUnavailable, 503, _UNAVAILABLE),
    (StorageFull, 507, "server_error"),
)
"""The first class that fits decides. What is not here is a defect if it reaches HTTP."""

_HEADERS: dict[int, tuple[Header, ...]] = {
    401: ((b"www-authenticate", b"Bearer"),),
    429: ((b"retry-after", b"10"),),
    503: ((b"retry-after", b"3"),),
    # The SDKs repeat every 5xx; a full disk is not empty again a second later.
    507: ((b"x-should-retry", b"false"),),
}
_DEFECT = "The server met an error of its own. Its log has the details under this request's id."


_WITHOUT_VERSION = ("/videos", "/video/", "/chat/", "/models", "/files", "/webhook_")
"""How paths begin that a client asks for whose base URL lacks `/v1`."""


class ErrorBody(msgspec.Struct):
    """What went wrong. All four keys are always there: the SDKs read them without asking."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorEnvelope(msgspec.Struct):
    """OpenAI's shape of an error."""

    error: ErrorBody


class ErrorEnvelopeWithCopies(msgspec.Struct):
    """The same for clients of relays, some of which look for the text at the top."""

    error: ErrorBody
    message: str
    code: str | None


class ErrorFacts(msgspec.Struct):
    """What the numbered envelope has no place for."""

    error_type: str
    error_code: str | None
    param: str | None


class NumberedError(msgspec.Struct):
    """What went wrong, with the status as its code."""

    code: int
    message: str
    metadata: ErrorFacts


class NumberedEnvelope(msgspec.Struct):
    """OpenRouter's shape of an error."""

    error: NumberedError


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorForm:
    """How a route writes its errors.

    `copies` repeats message and code at the top. `transient_as_text` keeps what will pass out of
    JSON: gateways take any JSON error on a status route for the end of the video, unless its code
    is the text `429`. `numbered` gives the status as the code.
    """

    copies: bool = False
    transient_as_text: bool = False
    numbered: bool = False

    @property
    def envelope(self) -> type[msgspec.Struct]:
        """The struct that an error is written as."""
        if self.numbered:
            return NumberedEnvelope
        return ErrorEnvelopeWithCopies if self.copies else ErrorEnvelope


PLAIN_FORM = ErrorForm()


def status_of(kind: type[MatineeError]) -> int:
    """The status of a reply to an error of that class."""
    return _kind_of(kind)[0]


def error_body(error: MatineeError) -> ErrorBody:
    """`error` in OpenAI's words."""
    _, kind = _kind_of(type(error))
    return ErrorBody(message=str(error), type=kind, param=error.param, code=error.code)


def error_reply(
    error: MatineeError, form: ErrorForm = PLAIN_FORM, headers: tuple[Header, ...] = ()
) -> Reply:
    """The reply that `error` deserves."""
    status, _ = _kind_of(type(error))
    return _reply(status, error_body(error), form, headers)


def failure_body(failure: Failure) -> ErrorBody:
    """Why an accepted video failed, in OpenAI's words."""
    kind = _INVALID if failure.code in _OWN_FAULTS else "server_error"
    return ErrorBody(message=failure.message, type=kind, param=None, code=failure.code)


def failure_reply(failure: Failure) -> Reply:
    """The reply to a request that waited for a film which then failed."""
    return _reply(failure_status(failure), failure_body(failure), PLAIN_FORM, ())


def failure_status(failure: Failure) -> int:
    """The status for a film that failed.

    Never one that clients repeat by themselves: the same work would begin again.
    """
    return 400 if failure.code in _OWN_FAULTS else 422


_OWN_FAULTS = frozenset({"moderation_blocked", "cancelled"})
"""Codes of failures that another server would not spare the client either."""


class ErrorReplies:
    """An ASGI application that answers what the one inside it raises."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the inner application; if it raises before its reply began, reply to that."""
        started = False

        async def note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, note)
        except ClientGone:
            logger.debug("client left before its reply", extra=_facts(scope))
        except (MatineeError, HTTPException) as error:
            if started:
                # Too late for a reply; raising makes the server cut the connection.
                raise
            await _answer(scope, error)(scope, receive, send)
        except Exception:
            logger.exception("request failed", extra=_facts(scope))
            if started:
                raise
            form = scope.get("matinee.error_form", PLAIN_FORM)
            await _defect(form)(scope, receive, send)


def _answer(scope: Scope, error: MatineeError | HTTPException) -> Reply:
    form: ErrorForm = scope.get("matinee.error_form", PLAIN_FORM)
    if isinstance(error, HTTPException):
        return _routing_reply(scope, error, form)
    status, _ = _kind_of(type(error))
    if status == 500:
        logger.error("request failed", exc_info=error, extra=_facts(scope))
        return _defect(form)
    return error_reply(error, form)


def _routing_reply(scope: Scope, error: HTTPException, form: ErrorForm) -> Reply:
    asked = f"{scope['method']} {scope.get('matinee.asked_path', scope['path'])}"
    if error.status_code == 405:
        allow = (error.headers or {}).get("Allow", "")
        message = f"Not allowed: {asked}. This URL answers to {allow}."
        return error_reply(MethodNotAllowed(message), form, ((b"allow", allow.encode()),))
    path: str = scope["path"]
    hint = ""
    if path.startswith(_WITHOUT_VERSION):
        hint = f" Did you mean /v1{path}? A base URL ends in /v1."
    return error_reply(NotFound(f"Unknown request URL: {asked}.{hint}"), form)


def _kind_of(error: type[MatineeError]) -> tuple[int, str]:
    for kind, status, word in _KINDS:
        if issubclass(error, kind):
            return status, word
    return 500, "server_error"


def _defect(form: ErrorForm) -> Reply:
    body = ErrorBody(message=_DEFECT, type="server_error", param=None, code="server_error")
    return _reply(500, body, form, ())


def _reply(status: int, body: ErrorBody, form: ErrorForm, headers: tuple[Header, ...]) -> Reply:
    headers = (*_HEADERS.get(status, ()), *headers)
    if form.transient_as_text and status >= 500:
        return text_reply(body.message, status=503, headers=headers or _HEADERS[503])
    if form.transient_as_text and status == 429:
        body = msgspec.structs.replace(body, code="429")
    if form.numbered:
        facts = ErrorFacts(error_type=body.type, error_code=body.code, param=body.param)
        numbered = NumberedError(code=status, message=body.message, metadata=facts)
        return json_reply(NumberedEnvelope(error=numbered), status=status, headers=headers)
    if form.copies:
        copied = ErrorEnvelopeWithCopies(error=body, message=body.message, code=body.code)
        return json_reply(copied, status=status, headers=headers)
    return json_reply(ErrorEnvelope(error=body), status=status, headers=headers)


def _facts(scope: Scope) -> dict[str, object]:
    return {
        "method": scope["method"],
        # The route's pattern, since a path may hold a link's secret.
        "route": getattr(scope.get("route"), "path", None),
        "request_id": scope.get("matinee.request_id"),
    }
