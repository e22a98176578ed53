"""What a server and an engine's process say to each other: JSON, one message a line.

The server writes to the child's standard input, first a `SetupRequest`, and reads its standard
output.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from matinee.core.video import VideoSpec
from matinee.ports.engine import Submission, Workspace
from matinee.ports.engine_kind import EngineSetup

LINE_BYTES = 4 * 1024 * 1024
"""The longest message."""


class SetupRequest(msgspec.Struct, frozen=True, kw_only=True, tag="setup"):
    """What the child is: said once."""

    kind: str
    name: str
    options: dict[str, Any]
    """As the settings have them: the child reads them as its kind does."""

    model: str = ""
    slot: int = 0
    processes: int = 2
    models_folder: str | None = None
    state_folder: str | None = None

    @property
    def setup(self) -> EngineSetup:
        """The setup that the request spells."""
        return EngineSetup(
            name=self.name,
            options=self.options,
            model=self.model,
            slot=self.slot,
            processes=self.processes,
            models_folder=Path(self.models_folder) if self.models_folder else None,
            state_folder=Path(self.state_folder) if self.state_folder else None,
        )


class GenerateRequest(msgspec.Struct, frozen=True, kw_only=True, tag="generate"):
    """A film to be made: one at a time."""

    spec: VideoSpec
    folder: str
    model: str = ""
    references: tuple[str, ...] = ()
    source: str | None = None
    posters: tuple[str, ...] = ()
    submit_key: str = ""
    resume: Submission | None = None
    expected_s: float | None = None

    @classmethod
    def of(cls, spec: VideoSpec, space: Workspace) -> GenerateRequest:
        """The request for the film of `spec` in `space`."""
        return cls(
            spec=spec,
            folder=str(space.folder),
            model=space.model,
            references=tuple(str(path) for path in space.references),
            source=str(space.source) if space.source else None,
            posters=tuple(str(path) for path in space.posters),
            submit_key=space.submit_key,
            resume=space.resume,
            expected_s=space.expected_s,
        )

    @property
    def space(self) -> Workspace:
        """The workspace that the request names."""
        return Workspace(
            folder=Path(self.folder),
            model=self.model,
            references=tuple(Path(each) for each in self.references),
            source=Path(self.source) if self.source else None,
            posters=tuple(Path(each) for each in self.posters),
            submit_key=self.submit_key,
            resume=self.resume,
            expected_s=self.expected_s,
        )


class CancelRequest(msgspec.Struct, frozen=True, tag="cancel"):
    """The film that is being made is not wanted any more."""


Request = SetupRequest | GenerateRequest | CancelRequest


class ProgressReply(msgspec.Struct, frozen=True, tag="progress"):
    """So much is done."""

    done: int
    total: int
    phase: str = ""


class IntentReply(msgspec.Struct, frozen=True, tag="intent"):
    """A submission is about to be sent."""

    submit_key: str


class CheckpointReply(msgspec.Struct, frozen=True, tag="checkpoint"):
    """The upstream's id."""

    upstream_id: str


class WithdrawnReply(msgspec.Struct, frozen=True, tag="withdrawn"):
    """Nothing is at the upstream any more."""


class DoneReply(msgspec.Struct, frozen=True, tag="done"):
    """The film lies where it should."""


class CancelledReply(msgspec.Struct, frozen=True, tag="cancelled"):
    """The film was given up; the child is well and takes the next request."""


class ErrorReply(msgspec.Struct, frozen=True, tag="error"):
    """The film could not be made; the child is well and takes the next request."""

    code: str
    message: str


Reply = (
    ProgressReply
    | IntentReply
    | CheckpointReply
    | WithdrawnReply
    | DoneReply
    | CancelledReply
    | ErrorReply
)

decode_request = msgspec.json.Decoder[Request](Request).decode
decode_reply = msgspec.json.Decoder[Reply](Reply).decode


def encode(message: Request | Reply) -> bytes:
    """`message` as a line."""
    return msgspec.json.encode(message) + b"\n"
