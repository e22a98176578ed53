"""A small Files API, so that requests can name an image or a film by its `file_id`.

Source: OpenAI's published description of files.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.errors import FileNotFound, InvalidRequest, MissingParameter, StorageFull
from matinee.core.ids import AccountId, FileId
from matinee.core.stored_file import StoredFile
from matinee.core.wish import Upload
from matinee.services.files import Files, FileWish
from matinee.web.body import parse_json, read_body
from matinee.web.context import DialectContext
from matinee.web.fields import Fields, mistyped, unsupported
from matinee.web.files import RANGE, FileReply, file_replies
from matinee.web.forms import FilePart
from matinee.web.operations import (
    Chapter,
    Link,
    Operation,
    Parameter,
    ReplyKind,
    RequestBody,
    shell,
)
from matinee.web.replies import json_reply
from matinee.web.schemas import FileBytes

_DEFAULT_LIMIT = _MAX_LIMIT = 10_000
_LEAST_LIFE_S, _MOST_LIFE_S = 3600, 2_592_000
"""Source: OpenAI's description: an hour to 30 days."""

_MEDIA_TYPE = re.compile(r"[a-z]{1,32}/[a-z0-9][a-z0-9.+-]{0,100}")
_UNKNOWN_TYPE = "application/octet-stream"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class FileObject(msgspec.Struct, kw_only=True, omit_defaults=True):
    """OpenAI's object; `expires_at` is there only if the file expires."""

    id: str
    object: str
    bytes: int
    created_at: int
    filename: str
    purpose: str
    status: str
    expires_at: int | None = None


class FileList(msgspec.Struct, kw_only=True):
    """A page of files."""

    object: str = "list"
    data: list[FileObject]
    first_id: str | None
    last_id: str | None
    has_more: bool


class DeletedFile(msgspec.Struct, kw_only=True):
    """What is left of a file."""

    id: str
    object: str = "file"
    deleted: bool = True


class ExpiresAfter(msgspec.Struct, kw_only=True):
    """When a file is removed by itself."""

    anchor: Literal["created_at"]
    seconds: Annotated[int, Meta(ge=_LEAST_LIFE_S, le=_MOST_LIFE_S)]


class CreateFileForm(msgspec.Struct, kw_only=True):
    """A file and what it is for."""

    file: Annotated[FileBytes, Meta(description="The file.")]
    purpose: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=64,
            pattern=r"\S",
            examples=["vision"],
            description="What it is for, in a word of your own.",
        ),
    ]
    expires_after: Annotated[
        ExpiresAfter | None,
        Meta(description="When it is removed by itself, in brackets or as JSON."),
    ] = None


_ID = Parameter(
    name="id",
    place="path",
    description="The file's id.",
    example="file-01kav3m5n70000000000000001",
)
_FILE = ReplyKind(description="The file's facts.", kind=FileObject)
CHAPTER = Chapter(
    title="Files",
    description="A file that is stored once can be named by its `file_id` wherever a request "
    "takes an image or a film.",
    operations=(
        Operation(
            method="POST",
            path="/v1/files",
            operation_id="createFile",
            summary="Store a file",
            description="An image or a film, to be named in later requests.",
            body=RequestBody(form=CreateFileForm),
            replies=(
                ReplyKind(
                    description="The file's facts.",
                    kind=FileObject,
                    links=tuple(
                        Link(operation_id=each, parameters={"id": "$response.body#/id"})
                        for each in ("getFile", "getFileContent", "deleteFile")
                    ),
                ),
            ),
            errors=(InvalidRequest, MissingParameter, StorageFull),
            examples=(shell("/v1/files", "-F purpose=vision", "-F file=@boat.png"),),
        ),
        Operation(
            method="GET",
            path="/v1/files",
            operation_id="listFiles",
            summary="List files",
            description="The account's files, page by page.",
            parameters=(
                Parameter(
                    name="limit",
                    description="How many, 10000 unless told.",
                    kind=Annotated[int, Meta(ge=1, le=_MAX_LIMIT)],
                ),
                Parameter(
                    name="order",
                    description="`desc`, the newest first, unless told.",
                    kind=Literal["asc", "desc"],
                ),
                Parameter(name="after", description="The last id of the page before."),
                Parameter(name="purpose", description="Only those."),
            ),
            replies=(ReplyKind(description="A page of files.", kind=FileList),),
            errors=(InvalidRequest, FileNotFound),
            examples=(shell("/v1/files"),),
        ),
        Operation(
            method="GET",
            path="/v1/files/{id}",
            operation_id="getFile",
            summary="Get a file's facts",
            parameters=(_ID,),
            replies=(_FILE,),
            errors=(FileNotFound,),
        ),
        Operation(
            method="DELETE",
            path="/v1/files/{id}",
            operation_id="deleteFile",
            summary="Delete a file",
            parameters=(_ID,),
            replies=(ReplyKind(description="It is gone.", kind=DeletedFile),),
            errors=(FileNotFound,),
        ),
        Operation(
            method="GET",
            path="/v1/files/{id}/content",
            operation_id="getFileContent",
            summary="Download a file",
            parameters=(_ID, RANGE),
            replies=file_replies("*/*"),
            errors=(FileNotFound,),
        ),
    ),
    notes={
        "FileObject": {
            "id": "`file-` and a ULID.",
            "bytes": "How long it is.",
            "created_at": "When it was stored, in Unix seconds.",
            "expires_at": "When it is removed, in Unix seconds; there only if it is.",
        },
    },
)


def routes(context: DialectContext, files: Files) -> list[Route]:
    """Every route."""
    endpoints = FileEndpoints(context, files)
    return [
        Route("/v1/files", context.endpoint(endpoints.create), methods=["POST"]),
        Route("/v1/files", context.endpoint(endpoints.list), methods=["GET"]),
        Route("/v1/files/{id}", context.endpoint(endpoints.get), methods=["GET"]),
        Route("/v1/files/{id}", context.endpoint(endpoints.delete), methods=["DELETE"]),
        Route("/v1/files/{id}/content", context.endpoint(endpoints.content), methods=["GET"]),
    ]


class FileEndpoints:
    """The endpoints."""

    def __init__(self, context: DialectContext, files: Files) -> None:
        self._context = context
        self._files = files

    async def create(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Store a file."""
        body = await read_body(request, self._context.limits)
        wish = _parse_wish(Fields(body.values, query=request.query_params))
        return json_reply(_render(await self._files.create(account_id, wish)))

    async def list(self, request: Request, account_id: AccountId) -> ASGIApp:
        """A page of the account's files, newest first unless asked otherwise."""
        fields = Fields({}, query=request.query_params)
        limit = fields.whole("limit")
        limit = _DEFAULT_LIMIT if limit is None else limit
        if not 1 <= limit <= _MAX_LIMIT:
            raise unsupported("limit", limit, f"whole numbers from 1 to {_MAX_LIMIT}")
        order = (fields.text("order") or "desc").lower()
        if order not in ("asc", "desc"):
            raise unsupported("order", order, "'asc' and 'desc'")
        page = await self._files.list(
            account_id,
            purpose=fields.text("purpose"),
            limit=limit,
            after=fields.text("after"),
            newest_first=order == "desc",
        )
        data = [_render(file) for file in page.files]
        listed = FileList(
            data=data,
            first_id=data[0].id if data else None,
            last_id=data[-1].id if data else None,
            has_more=page.has_more and bool(data),
        )
        return json_reply(listed)

    async def get(self, request: Request, account_id: AccountId) -> ASGIApp:
        """A file's facts."""
        return json_reply(_render(await self._files.get(account_id, request.path_params["id"])))

    async def delete(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Remove a file."""
        file = await self._files.delete(account_id, request.path_params["id"])
        return json_reply(DeletedFile(id=spell_file(file.id)))

    async def content(self, request: Request, account_id: AccountId) -> ASGIApp:
        """A file's bytes, as they were sent."""
        file = await self._files.get(account_id, request.path_params["id"])
        return FileReply(
            blobs=self._context.blobs,
            asset=file,
            name=_UNSAFE.sub("_", file.name) or spell_file(file.id),
            # Whatever it claims to be, no browser shows a stranger's file as a page of this server.
            attachment=True,
        )


def spell_file(file_id: FileId) -> str:
    return f"file-{file_id}"


def _parse_wish(fields: Fields) -> FileWish:
    part = fields.value("file")
    if part is None:
        raise MissingParameter(
            "Missing required parameter: 'file', a file in a form (multipart/form-data).",
            param="file",
        )
    if not isinstance(part, FilePart):
        raise mistyped("file", "a file", part)
    purpose = fields.text("purpose")
    if purpose is None:
        raise MissingParameter(
            "Missing required parameter: 'purpose', such as 'vision' or 'user_data'.",
            param="purpose",
        )
    claimed = part.media_type.partition(";")[0].strip().lower()
    return FileWish(
        upload=Upload(param="file", data=part.data, path=part.path),
        name=fields.clean("file", part.name),
        purpose=purpose,
        media_type=claimed if _MEDIA_TYPE.fullmatch(claimed) else _UNKNOWN_TYPE,
        expires_after=_parse_life(fields),
    )


def _parse_life(fields: Fields) -> timedelta | None:
    value = fields.value("expires_after")
    if isinstance(value, str):
        value = parse_json(
            value.encode(), what="The text of 'expires_after'", param="expires_after"
        )
    if value is None:
        return None
    if not isinstance(value, dict):
        raise mistyped("expires_after", "an object with 'anchor' and 'seconds'", value)
    inner = Fields({f"expires_after.{key}": each for key, each in value.items()})
    anchor = inner.text("expires_after.anchor")
    if anchor != "created_at":
        raise unsupported("expires_after.anchor", anchor, "'created_at'")
    seconds = inner.whole("expires_after.seconds")
    if seconds is None or not _LEAST_LIFE_S <= seconds <= _MOST_LIFE_S:
        allowed = f"whole seconds from {_LEAST_LIFE_S} to {_MOST_LIFE_S}"
        raise unsupported("expires_after.seconds", seconds, allowed)
    return timedelta(seconds=seconds)


def _render(file: StoredFile) -> FileObject:
    return FileObject(
        id=spell_file(file.id),
        object="file",
        bytes=file.size_bytes,
        created_at=_unix(file.created_at),
        filename=file.name,
        purpose=file.purpose,
        status="processed",
        expires_at=_unix(file.expires_at) if file.expires_at else None,
    )


def _unix(at: datetime) -> int:
    return int(at.timestamp())
