"""Errors become replies: which status, and always the same envelope."""

from __future__ import annotations

import logging

import msgspec
import pytest
from starlette.types import Receive, Scope, Send

from matinee.core import errors
from matinee.core.errors import EngineUnavailable, MatineeError, QueueFull, ServiceUnavailable
from matinee.core.job import Failure
from matinee.web.errors import ErrorForm, ErrorReplies, error_reply, failure_reply
from matinee.web.replies import Reply
from tests.exchanges import a_scope, an_exchange

STATUSES = {
    errors.InvalidRequest: 400,
    errors.MalformedBody: 400,
    errors.MissingParameter: 400,
    errors.ModerationBlocked: 400,
    errors.AddressRefused: 400,
    errors.MediaInvalid: 400,
    errors.TooLarge: 413,
    errors.AuthenticationFailed: 401,
    errors.PermissionDenied: 403,
    errors.VideoNotFound: 404,
    errors.ModelNotFound: 404,
    errors.VideoNotReady: 404,
    errors.MethodNotAllowed: 405,
    errors.VideoExpired: 410,
    errors.IdempotencyMismatch: 422,
    errors.QueueFull: 429,
    errors.TooManyStreams: 429,
    errors.ServiceUnavailable: 503,
    errors.StorageFull: 507,
}


def body_of(reply: Reply) -> dict[str, object]:
    body: dict[str, object] = msgspec.json.decode(reply.body)
    return body


@pytest.mark.parametrize(("kind", "status"), STATUSES.items())
def test_each_class_has_one_status(kind: type[MatineeError], status: int) -> None:
    assert error_reply(kind("No.")).status == status


@pytest.mark.parametrize("kind", STATUSES)
def test_the_envelope_has_all_four_keys(kind: type[MatineeError]) -> None:
    body = body_of(error_reply(kind("No.", param="seconds")))
    assert body["error"] == {
        "message": "No.",
        "type": body["error"]["type"],  # type: ignore[index]
        "param": "seconds",
        "code": kind.code,
    }


@pytest.mark.parametrize("error", [QueueFull("Full."), ServiceUnavailable("Starting.")])
def test_what_will_pass_says_when_to_come_again(error: MatineeError) -> None:
    assert b"retry-after" in dict(error_reply(error).headers)


def test_a_relay_s_route_repeats_message_and_code_at_the_top() -> None:
    body = body_of(error_reply(errors.VideoNotFound("Gone."), ErrorForm(copies=True)))
    assert (body["message"], body["code"]) == ("Gone.", "video_not_found")


def test_a_status_route_says_what_will_pass_in_plain_text() -> None:
    reply = error_reply(ServiceUnavailable("Stopping."), ErrorForm(transient_as_text=True))
    assert (reply.status, reply.body) == (503, b"Stopping.")


def test_a_status_route_calls_a_full_queue_by_the_text_that_gateways_wait_at() -> None:
    reply = error_reply(QueueFull("Full."), ErrorForm(copies=True, transient_as_text=True))
    assert (body_of(reply)["code"], reply.status) == ("429", 429)
    assert body_of(error_reply(QueueFull("Full.")))["error"]["code"] == "queue_full"  # type: ignore[index]


def test_a_numbered_error_has_the_status_as_its_code() -> None:
    reply = error_reply(errors.VideoNotFound("Gone.", param="id"), ErrorForm(numbered=True))
    facts = {"error_type": "invalid_request_error", "error_code": "video_not_found", "param": "id"}
    assert body_of(reply) == {"error": {"code": 404, "message": "Gone.", "metadata": facts}}


def test_a_failed_film_is_never_answered_with_a_status_that_clients_repeat() -> None:
    assert failure_reply(Failure(code="engine_error", message="It broke.")).status == 422
    assert failure_reply(Failure(code="moderation_blocked", message="No.")).status == 400


async def raise_defect(scope: Scope, receive: Receive, send: Send) -> None:
    raise ZeroDivisionError("the secret of the house")


async def test_a_defect_is_logged_and_answered_without_its_details(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with an_exchange(ErrorReplies(raise_defect), a_scope()) as exchange:
        status, _ = await exchange.head()
        body = await exchange.piece()
    assert status == 500
    assert b"server_error" in body
    assert b"secret" not in body
    assert "ZeroDivisionError: the secret of the house" in caplog.text


async def test_an_engine_s_error_that_reaches_http_is_a_defect(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise EngineUnavailable("upstream is busy")

    with caplog.at_level(logging.ERROR):
        async with an_exchange(ErrorReplies(app), a_scope()) as exchange:
            status, _ = await exchange.head()
            body = await exchange.piece()
    assert status == 500
    assert b"upstream" not in body
    assert "upstream is busy" in caplog.text


async def test_an_error_after_the_reply_began_cuts_the_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    async with an_exchange(ErrorReplies(app), a_scope()) as exchange:
        assert exchange.task is not None
        with pytest.raises(ZeroDivisionError):
            await exchange.task
    assert "request failed" in caplog.text
