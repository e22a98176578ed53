"""`/v2/videos/generations`, as the Comfly nodes for ComfyUI send and read it.

Source: those nodes. They demand status 200 and know four words for the state.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.errors import VideoNotFound
from matinee.core.ids import AccountId
from matinee.core.job import JobState
from matinee.core.size import Size
from matinee.core.video import Video
from matinee.core.wish import WishDefaults
from matinee.web.context import DialectContext
from matinee.web.errors import ErrorForm
from matinee.web.film_fields import REQUEST_KEY, WISH_ERRORS, FilmWish, FilmWishForm
from matinee.web.links import film_link
from matinee.web.operations import Chapter, Link, Operation, Parameter, ReplyKind, RequestBody
from matinee.web.outcomes import why_lost
from matinee.web.replies import json_reply

_DEFAULT_SIZE = Size(720, 1280)
_DEFAULT_SECONDS = 10

NodeStatus = Literal["NOT_START", "IN_PROGRESS", "SUCCESS", "FAILURE"]

_STATUSES: dict[JobState, NodeStatus] = {
    JobState.QUEUED: "NOT_START",
    JobState.IN_PROGRESS: "IN_PROGRESS",
    JobState.COMPLETED: "SUCCESS",
    JobState.FAILED: "FAILURE",
}


class NodeOutput(msgspec.Struct):
    """Where the film is."""

    output: str


class NodeTask(msgspec.Struct, kw_only=True):
    """The reply to create and to query. Times are Unix seconds, 0 for what has not been."""

    task_id: str
    action: Literal["generate"] = "generate"
    status: NodeStatus
    progress: str
    submit_time: int
    start_time: int
    finish_time: int
    fail_reason: str
    data: NodeOutput | UnsetType = UNSET


class CreateNodeTask(FilmWish, kw_only=True):
    """A film as the nodes ask for it. Without size and length it is 720x1280 and 10 seconds."""


class CreateNodeTaskForm(FilmWishForm, kw_only=True):
    """The same as a form."""


_QUERY_FORM = ErrorForm(copies=True, transient_as_text=True)
CHAPTER = Chapter(
    title="ComfyUI nodes",
    description="The format of the Comfly nodes for ComfyUI. Its words for the states are "
    "`NOT_START`, `IN_PROGRESS`, `SUCCESS` and `FAILURE`.",
    operations=(
        Operation(
            method="POST",
            path="/v2/videos/generations",
            operation_id="createNodeTask",
            summary="Create a film for a node",
            description="Accepts the film and replies at once.",
            parameters=(REQUEST_KEY,),
            body=RequestBody(json=CreateNodeTask, form=CreateNodeTaskForm),
            replies=(
                ReplyKind(
                    description="It is accepted.",
                    kind=NodeTask,
                    links=(
                        Link(
                            operation_id="getNodeTask",
                            parameters={"id": "$response.body#/task_id"},
                        ),
                    ),
                ),
            ),
            errors=WISH_ERRORS,
            error_form=ErrorForm(copies=True),
        ),
        Operation(
            method="GET",
            path="/v2/videos/generations/{id}",
            operation_id="getNodeTask",
            summary="Query a node's film",
            description="How far the film is, and its link at the end.",
            parameters=(
                Parameter(
                    name="id",
                    place="path",
                    description="The film's id, in any spelling.",
                    example="task_01kav3m5n70000000000000001",
                ),
            ),
            replies=(ReplyKind(description="The film as it is.", kind=NodeTask),),
            errors=(VideoNotFound,),
            error_form=_QUERY_FORM,
        ),
    ),
    notes={
        "NodeTask": {
            "progress": "A percentage with its sign, such as `36%`.",
            "submit_time": "When it was accepted, in Unix seconds.",
            "start_time": "When the work began, or 0.",
            "finish_time": "When it ended, or 0.",
            "fail_reason": "Why it failed; empty unless it did.",
            "data": "Where the film is, once it is there.",
        },
    },
)


def routes(context: DialectContext) -> list[Route]:
    """Both routes of the format."""
    comfly = Comfly(context)
    path = "/v2/videos/generations"
    return [
        Route(
            f"{path}/{{id}}",
            context.endpoint(comfly.query, _QUERY_FORM),
            methods=["GET"],
        ),
        Route(path, context.endpoint(comfly.create, ErrorForm(copies=True)), methods=["POST"]),
    ]


class Comfly:
    """The endpoints."""

    def __init__(self, context: DialectContext) -> None:
        self._context = context
        self._defaults = WishDefaults(
            model=context.settings.default_model, size=_DEFAULT_SIZE, seconds=_DEFAULT_SECONDS
        )

    async def create(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Accept a video."""
        video = await self._context.accept(request, account_id, self._defaults, exact=False)
        return json_reply(render_node_task(video, self._context.links.base(request.scope)))

    async def query(self, request: Request, account_id: AccountId) -> ASGIApp:
        """The video as it is."""
        video = await self._context.videos.get(account_id, request.path_params["id"])
        return json_reply(render_node_task(video, self._context.links.base(request.scope)))


def render_node_task(video: Video, base: str) -> NodeTask:
    """The reply; links begin with `base`. A film whose files are gone is a failure."""
    job, film, lost = video.job, film_link(base, video), why_lost(video)
    return NodeTask(
        task_id=f"task_{video.id}",
        status="FAILURE" if lost else _STATUSES[job.state],
        progress=f"{job.progress}%",
        submit_time=_unix(video.created_at),
        start_time=_unix(job.started_at),
        finish_time=_unix(job.finished_at),
        fail_reason=lost.message if lost else "",
        data=NodeOutput(output=film) if film else UNSET,
    )


def _unix(at: datetime | None) -> int:
    return int(at.timestamp()) if at else 0
