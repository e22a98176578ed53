"""What characters take and give, for the reference."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from matinee.core.errors import (
    AddressRefused,
    CharacterNotFound,
    InvalidRequest,
    MatineeError,
    MediaInvalid,
    MissingParameter,
    QueueFull,
    SourceNotReady,
    StorageFull,
    UnsupportedParameter,
    VideoExpired,
    VideoNotFound,
)
from matinee.dialects.openai_videos.characters import CharacterObject, RelayCharacterObject
from matinee.web.film_fields import TimeSpan
from matinee.web.operations import Link, Operation, Parameter, ReplyKind, RequestBody, shell
from matinee.web.schemas import FileBytes

_ERRORS: tuple[type[MatineeError], ...] = (
    InvalidRequest,
    MissingParameter,
    UnsupportedParameter,
    MediaInvalid,
    AddressRefused,
    SourceNotReady,
    VideoNotFound,
    VideoExpired,
    QueueFull,
    StorageFull,
)
_ID = Parameter(
    name="id",
    place="path",
    description="The character's id.",
    example="char_01kav3m5n70000000000000001",
)
_NAME = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"\S")]


class CreateCharacter(msgspec.Struct, kw_only=True):
    """Who it is, and the film that shows it."""

    name: Annotated[_NAME, Meta(description="What prompts call it.")]
    video: Annotated[
        str | dict[str, str],
        Meta(description="A URL or a data URI, or `id`, `file_id` or `url` in an object."),
    ]
    timestamps: Annotated[
        TimeSpan | None, Meta(description="From which second to which it is seen, such as `1,3`.")
    ] = None


class CreateCharacterForm(msgspec.Struct, kw_only=True):
    """The same as a form."""

    name: Annotated[_NAME, Meta(description="What prompts call it.")]
    video: Annotated[FileBytes, Meta(description="The film that shows it.")]


class CreateRelayCharacter(msgspec.Struct, kw_only=True):
    """A film that shows somebody: `url` or `from_task`. Without a name it is given one."""

    url: Annotated[str | None, Meta(description="The address of a film.")] = None
    from_task: Annotated[str | None, Meta(description="The id of a film of yours.")] = None
    timestamps: Annotated[
        TimeSpan | None, Meta(description="From which second to which it is seen, such as `1,3`.")
    ] = None
    username: Annotated[
        _NAME | None, Meta(description="What prompts call it. Also named `name`.")
    ] = None


def _relay(path: str, suffix: str) -> tuple[Operation, Operation]:
    return (
        Operation(
            method="POST",
            path=path,
            operation_id=f"create{suffix}",
            summary="Create a character for relays",
            description="The same in relays' words.",
            body=RequestBody(json=CreateRelayCharacter),
            replies=(ReplyKind(description="The character.", kind=RelayCharacterObject),),
            errors=_ERRORS,
        ),
        Operation(
            method="GET",
            path=f"{path}/{{id}}",
            operation_id=f"get{suffix}",
            summary="Get a character for relays",
            description="The same in relays' words.",
            parameters=(_ID,),
            replies=(ReplyKind(description="The character.", kind=RelayCharacterObject),),
            errors=(CharacterNotFound,),
        ),
    )


CHARACTERS = (
    Operation(
        method="POST",
        path="/v1/videos/characters",
        operation_id="createCharacter",
        summary="Create a character",
        description="Takes a character out of a film. Prompts call it by its name or by `@name`; "
        "`characters` of a film names it by its id.",
        body=RequestBody(json=CreateCharacter, form=CreateCharacterForm),
        replies=(
            ReplyKind(
                description="The character.",
                kind=CharacterObject,
                links=(Link(operation_id="getCharacter", parameters={"id": "$response.body#/id"}),),
            ),
        ),
        errors=_ERRORS,
        examples=(shell("/v1/videos/characters", "-F name=Mossy", "-F video=@mossy.mp4"),),
    ),
    Operation(
        method="GET",
        path="/v1/videos/characters/{id}",
        operation_id="getCharacter",
        summary="Get a character",
        description="A character by its id.",
        parameters=(_ID,),
        replies=(ReplyKind(description="The character.", kind=CharacterObject),),
        errors=(CharacterNotFound,),
    ),
    *_relay("/v1/characters", "RelayCharacter"),
    *_relay("/sora/v1/characters", "SoraCharacter"),
    Operation(
        method="GET",
        path="/p/{token}/{name}",
        operation_id="getCharacterPicture",
        summary="Fetch a character's picture",
        description="The link's address is the key.",
        parameters=(
            Parameter(name="token", place="path", description="The link's secret."),
            Parameter(name="name", place="path", description="The character's id with `.webp`."),
        ),
        replies=(ReplyKind(description="The picture.", media_types=("image/webp",)),),
        errors=(CharacterNotFound,),
        needs_key=False,
    ),
)
CHARACTER_NOTES = {
    "CharacterObject": {
        "id": "`char_` and a ULID.",
        "name": "What prompts call it.",
        "created_at": "When it was made, in Unix seconds.",
    },
    "RelayCharacterObject": {
        "username": "The name that stands behind `@` in a prompt.",
        "permalink": "Where it is found again.",
        "profile_picture_url": "A link to its picture that needs no key.",
    },
}
