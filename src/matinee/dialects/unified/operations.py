"""What the unified video format takes and gives, for the reference."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from matinee.core.errors import (
    InvalidRequest,
    MissingParameter,
    VideoNotFound,
)
from matinee.dialects.unified.wire import TaskList, UnifiedTask
from matinee.web.errors import ErrorForm
from matinee.web.film_fields import REQUEST_KEY, WISH_ERRORS, FilmWish, FilmWishForm
from matinee.web.operations import (
    Chapter,
    Example,
    Link,
    Operation,
    Parameter,
    ReplyKind,
    RequestBody,
    shell,
)

_DESCRIPTION = """\
The format of many relays: one address to create, one to query. Its words for the states are \
`pending`, `processing`, `completed` and `failed`."""

_FILM_ID = Annotated[str, Meta(min_length=1, pattern=r"\S")]


class CreateTask(FilmWish, kw_only=True):
    """A film in the unified words. Without size and length it is 720x1280 and 10 seconds long."""


class CreateTaskForm(FilmWishForm, kw_only=True):
    """A film in the unified words, as a form."""


class QueryTask(msgspec.Struct, kw_only=True):
    """Which film, by any of the names; the id may also stand in the query or in the path."""

    id: Annotated[str | None, Meta(description="The film's id in any spelling.")] = None
    task_id: Annotated[str | None, Meta(description="Another name of `id`.")] = None
    video_id: Annotated[str | None, Meta(description="Another name of `id`.")] = None


_QUERY_FORM = ErrorForm(copies=True, transient_as_text=True)
_QUERY_ERRORS = (InvalidRequest, MissingParameter, VideoNotFound)
_STATE = ReplyKind(description="The film as it is.", kind=UnifiedTask)
_ID = Parameter(
    name="id",
    place="path",
    description="The film's id, in any spelling.",
    example="sora-2:task_01kav3m5n70000000000000001",
)
_ID_IN_QUERY = (
    Parameter(name="id", description="The film's id, in any spelling.", kind=_FILM_ID),
    Parameter(name="task_id", description="Another name of `id`.", kind=_FILM_ID),
    Parameter(name="video_id", description="Another name of `id`.", kind=_FILM_ID),
)
_LINKS = (
    Link(operation_id="queryTask", parameters={"query.id": "$response.body#/id"}),
    Link(operation_id="queryTaskByPath", parameters={"id": "$response.body#/task_id"}),
    Link(operation_id="getVideo", parameters={"id": "$response.body#/id"}),
)


def _query(
    path: str,
    operation_id: str,
    summary: str,
    parameters: tuple[Parameter, ...],
    examples: tuple[Example, ...] = (),
) -> Operation:
    return Operation(
        method="GET",
        path=path,
        operation_id=operation_id,
        summary=summary,
        description="How far the film is, and its link at the end.",
        parameters=parameters,
        replies=(_STATE,),
        errors=_QUERY_ERRORS,
        error_form=_QUERY_FORM,
        examples=examples,
    )


CHAPTER = Chapter(
    title="Unified video",
    description=_DESCRIPTION,
    operations=(
        Operation(
            method="POST",
            path="/v1/video/create",
            operation_id="createTask",
            summary="Create a film",
            description="Accepts the film and replies at once; query it until it is `completed`.",
            parameters=(REQUEST_KEY,),
            body=RequestBody(json=CreateTask, form=CreateTaskForm),
            replies=(ReplyKind(description="It is accepted.", kind=UnifiedTask, links=_LINKS),),
            errors=WISH_ERRORS,
            error_form=ErrorForm(copies=True),
            examples=(
                shell(
                    "/v1/video/create",
                    '-H "Content-Type: application/json"',
                    '-d \'{"prompt": "A paper boat in the rain.", "orientation": "landscape"}\'',
                ),
            ),
        ),
        _query(
            "/v1/video/query",
            "queryTask",
            "Query a film",
            _ID_IN_QUERY,
            (shell("/v1/video/query?id=VIDEO_ID"),),
        ),
        Operation(
            method="POST",
            path="/v1/video/query",
            operation_id="queryTaskByBody",
            summary="Query a film by POST",
            description="The same, for clients that only post.",
            parameters=_ID_IN_QUERY,
            body=RequestBody(json=QueryTask, form=None, required=False),
            replies=(_STATE,),
            errors=_QUERY_ERRORS,
            error_form=_QUERY_FORM,
        ),
        _query("/v1/video/query/{id}", "queryTaskByPath", "Query a film by path", (_ID,)),
        Operation(
            method="GET",
            path="/v1/video/get",
            operation_id="getTasks",
            summary="Query several films",
            description="Up to 100 at once, in the order of their ids.",
            parameters=(
                Parameter(
                    name="ids",
                    description="Their ids with commas between them. Also named `task_ids`.",
                    kind=_FILM_ID,
                    required=True,
                ),
            ),
            replies=(ReplyKind(description="The films as they are.", kind=TaskList),),
            errors=_QUERY_ERRORS,
            error_form=_QUERY_FORM,
            examples=(shell("/v1/video/get?ids=VIDEO_ID"),),
        ),
        _query("/v1/video/{id}", "getTask", "Get a film", (_ID,)),
    ),
    notes={
        "UnifiedTask": {
            "id": "The model's name, a colon and the task's id.",
            "task_id": "`task_` and a ULID.",
            "progress": "A percentage that never falls; 100 only when the film can be fetched.",
            "created": "When it was accepted, in Unix seconds.",
            "status_update_time": "When its state last changed, in Unix milliseconds.",
            "enhanced_prompt": "The prompt, as it was used.",
            "video_url": "A link to the film that needs no key; null until it is there.",
            "url": "The same link, once it is there.",
            "error": "Why it failed; only then.",
            "choices": "Always empty: the format's schema asks for it.",
            "usage": "Always zero: a film is not made of tokens.",
            "detail": "The same facts where other clients look for them.",
        },
        "TaskList": {"not_found": "The ids that no film of the account has."},
        "PendingInfo": {
            "progress_pct": "From 0 to 1.",
            "progress_pos_in_queue": "How many films go first.",
            "estimated_queue_wait_time": "About how many seconds are left.",
            "failure_reason": "Why it failed.",
        },
    },
)
