"""Every way in which Matinee says no, in the caller's terms.

`str(error)` is safe to show a client. `web/errors.py` maps a class to an HTTP status; a job that
failed stores the same `code` and message.
"""

from __future__ import annotations

import logging
from typing import ClassVar

_SHOWN_CHARACTERS = 80


def shown(value: object) -> str:
    """What a client sent, as a message repeats it: nobody reads more than a line of it."""
    text = str(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


class MatineeError(Exception):
    """The root. `param` names the field at fault, in the words of `VideoSpec`, if there is one.

    `why` is for the operator alone: it may hold addresses and paths. Who raises it with one has
    logged it.
    """

    code: ClassVar[str] = "server_error"
    retryable: ClassVar[bool] = False
    """Whether another attempt at the same job may succeed."""

    def __init__(self, message: str, *, param: str | None = None, why: str | None = None) -> None:
        super().__init__(message)
        self.param = param
        self.why = why

    @property
    def log_level(self) -> int:
        """The level at which whoever goes on in spite of it logs that it was met."""
        return logging.WARNING if self.why is None else logging.DEBUG


class InvalidRequest(MatineeError):
    """The request can't be carried out as it is written."""

    code = "invalid_value"


class MalformedBody(InvalidRequest):
    """The body is not what its content type says."""

    code = "malformed_body"


class MissingParameter(InvalidRequest):
    """A field that must be there is not."""

    code = "missing_required_parameter"


class InvalidType(InvalidRequest):
    """A field holds another JSON type than it may."""

    code = "invalid_type"


class UnsupportedParameter(InvalidRequest):
    """A field asks for something that this server does not do."""

    code = "unsupported_parameter"


class MediaInvalid(InvalidRequest):
    """An uploaded image or film is broken, of an unknown kind, or unreasonably big inside."""

    code = "media_invalid"


class AddressRefused(InvalidRequest):
    """A URL leads somewhere this server must not go, or could not be fetched."""

    code = "url_refused"


class ReceiverUnreachable(InvalidRequest):
    """A webhook's receiver could not be reached, or did not answer in time."""

    code = "receiver_unreachable"


class ModerationBlocked(InvalidRequest):
    """The prompt or an image was refused by moderation."""

    code = "moderation_blocked"


class SourceNotReady(InvalidRequest):
    """The film that another one is to come out of is not finished, or failed."""

    code = "source_not_ready"


class TooLarge(InvalidRequest):
    """The body, or a file in it, is larger than this server takes."""

    code = "file_too_large"


class AuthenticationFailed(MatineeError):
    """No key was sent where one is needed, or it is unknown or revoked."""

    code = "invalid_api_key"


class PermissionDenied(MatineeError):
    """Who asks is known, and may not do this."""

    code = "permission_denied"


class NotFound(MatineeError):
    """Nothing is there, or nothing that this caller may know of."""

    code = "not_found"


class VideoNotFound(NotFound):
    """No video of this account has that id."""

    code = "video_not_found"


class CharacterNotFound(NotFound):
    """No character of this account has that id."""

    code = "character_not_found"


class FileNotFound(NotFound):
    """No stored file of this account has that id."""

    code = "file_not_found"


class EndpointNotFound(NotFound):
    """No webhook endpoint of this account has that id."""

    code = "webhook_endpoint_not_found"


class DeliveryNotFound(NotFound):
    """No webhook delivery of this account has that id."""

    code = "webhook_delivery_not_found"


class ModelNotFound(NotFound):
    """No model has that name."""

    code = "model_not_found"


class VideoNotReady(NotFound):
    """The video exists and its file does not yet."""

    code = "video_not_ready"


class MethodNotAllowed(MatineeError):
    """The route exists, and not for this method."""

    code = "method_not_allowed"


class VideoExpired(MatineeError):
    """The video exists and its file was removed when its time was over."""

    code = "video_expired"


class IdempotencyMismatch(MatineeError):
    """The `Idempotency-Key` was used before, with another request."""

    code = "idempotency_key_reused"


class QueueFull(MatineeError):
    """So many videos are waiting that no more is taken for now."""

    code = "queue_full"


class TooManyStreams(MatineeError):
    """So many streams of the account are open that no more is begun for now."""

    code = "too_many_streams"


class StorageFull(MatineeError):
    """The disk has no room for another film. There may be some again for another attempt."""

    code = "storage_full"
    retryable = True


class ServiceUnavailable(MatineeError):
    """The server is starting, stopping, or the machine denies it something for now."""

    code = "service_unavailable"
    retryable = True


class InspectionCrashed(MatineeError):
    """The process that looks at finished films ended in the middle of it, whoever made the film."""

    code = "inspection_crashed"
    retryable = True


class SettingsInvalid(MatineeError):
    """The configuration can't be used; the message names the setting and what would be right."""

    code = "settings_invalid"


class LeaseLost(MatineeError):
    """Another attempt holds the video now; this one must stop and write nothing."""

    code = "lease_lost"


class EngineError(MatineeError):
    """The engine could not make the film."""

    code = "engine_error"


class EngineUnavailable(EngineError):
    """The engine could not be reached, or is overloaded. Another attempt may succeed."""

    code = "engine_unavailable"
    retryable = True


class EngineCrashed(EngineError):
    """The engine's process ended in the middle of its work. Another attempt may succeed."""

    code = "engine_crashed"
    retryable = True


class OutOfMemory(EngineError):
    """The engine's device has too little memory for the film. Another engine may have more."""

    code = "out_of_memory"


class Watermarked(EngineError):
    """The engine's film carries a mark, and was asked for without. Another try may go better."""

    code = "watermarked"
    retryable = True


class CrashedRepeatedly(EngineError):
    """The video was attempted as often as allowed, and every attempt died."""

    code = "crashed_repeatedly"


class SubmissionUnknown(EngineError):
    """A paid upstream may or may not have taken the video; it is never sent a second time."""

    code = "submission_unknown"


class TimedOut(MatineeError):
    """The video was not finished within the longest time that this server allows."""

    code = "timed_out"


class Cancelled(MatineeError):
    """The video's owner cancelled it."""

    code = "cancelled"
