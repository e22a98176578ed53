"""The chat format's JSON, as structs. Source: OpenAI's chat completions reference."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec
from msgspec import UNSET, UnsetType

from matinee.core.video import Video
from matinee.web.errors import ErrorBody, ErrorEnvelope
from matinee.web.sse import data_event

_BYTES_A_TOKEN = 4
_FINGERPRINT_CHARACTERS = 12
_encoder = msgspec.json.Encoder()


class Usage(msgspec.Struct):
    """Tokens, by the usual estimate of four bytes each: films are not made of them."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Delta(msgspec.Struct, omit_defaults=True):
    """What a chunk adds to a message."""

    role: str | UnsetType = UNSET
    content: str | UnsetType = UNSET
    reasoning_content: str | UnsetType = UNSET


class ChunkChoice(msgspec.Struct):
    """One choice of a chunk."""

    index: int
    delta: Delta
    finish_reason: str | None = None


class Chunk(msgspec.Struct, kw_only=True):
    """One event of the stream. `usage` is null on all but the last if it was asked for."""

    id: str
    object: str = "chat.completion.chunk"
    created: int
    model: str
    system_fingerprint: str
    choices: list[ChunkChoice]
    usage: Usage | UnsetType | None = UNSET


class AssistantMessage(msgspec.Struct):
    """A finished message."""

    content: str
    role: str = "assistant"


class Choice(msgspec.Struct):
    """One finished choice."""

    index: int
    message: AssistantMessage
    finish_reason: str = "stop"


class Completion(msgspec.Struct, kw_only=True, omit_defaults=False):
    """The reply to a request that does not stream."""

    id: str
    object: str = "chat.completion"
    created: int
    model: str
    system_fingerprint: str
    choices: list[Choice]
    usage: Usage
    task_id: str | UnsetType = UNSET
    video_url: str | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What stays the same over one reply, streamed or not."""

    id: str
    created: int
    model: str
    fingerprint: str
    wants_usage: bool = False

    def chunk(self, index: int, delta: Delta, finish_reason: str | None = None) -> bytes:
        """An event that adds `delta` to the choice `index`, or ends it."""
        choice = ChunkChoice(index=index, delta=delta, finish_reason=finish_reason)
        return self._event([choice], None if self.wants_usage else UNSET)

    def usage_chunk(self, usage: Usage) -> bytes:
        """The event with the usage and no choices."""
        return self._event([], usage)

    def completion(self, choices: list[Choice], usage: Usage) -> Completion:
        """The whole reply at once."""
        return Completion(
            id=self.id,
            created=self.created,
            model=self.model,
            system_fingerprint=self.fingerprint,
            choices=choices,
            usage=usage,
        )

    def _event(self, choices: list[ChunkChoice], usage: Usage | UnsetType | None) -> bytes:
        chunk = Chunk(
            id=self.id,
            created=self.created,
            model=self.model,
            system_fingerprint=self.fingerprint,
            choices=choices,
            usage=usage,
        )
        return data_event(_encoder.encode(chunk))


def conversation_of(video: Video, *, version: str, wants_usage: bool) -> Conversation:
    """The reply that tells of `video`, the first of its films."""
    return Conversation(
        id=f"chatcmpl-{video.id}",
        created=int(video.created_at.timestamp()),
        model=video.spec.model,
        fingerprint=fingerprint(version, video.job.engine, video.spec.model),
        wants_usage=wants_usage,
    )


def fingerprint(version: str, engine: str, model: str) -> str:
    """`system_fingerprint`: another one whenever the same seed may give another film."""
    made_of = "\n".join((version, engine, model)).encode()
    return "fp_" + hashlib.sha256(made_of).hexdigest()[:_FINGERPRINT_CHARACTERS]


def error_event(body: ErrorBody) -> bytes:
    """The event that SDKs raise as an error in the middle of a stream."""
    return data_event(_encoder.encode(ErrorEnvelope(error=body)))


def estimate_usage(prompt: str, completion: str) -> Usage:
    """About how many tokens the two texts are."""
    asked, answered = _tokens(prompt), _tokens(completion)
    return Usage(prompt_tokens=asked, completion_tokens=answered, total_tokens=asked + answered)


def _tokens(text: str) -> int:
    return -(-len(text.encode()) // _BYTES_A_TOKEN)
