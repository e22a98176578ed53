"""Film links: files behind an address that is itself the key, for players and chat programs."""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.asset import AssetVariant
from matinee.core.errors import VideoExpired, VideoNotFound, VideoNotReady
from matinee.web.context import DialectContext
from matinee.web.files import FILE_REPLIES, RANGE, FileReply
from matinee.web.operations import Chapter, Operation, Parameter, ReplyKind
from matinee.web.replies import Header, empty_reply

_VARIANTS = {variant.extension: variant for variant in AssetVariant}
_PREFLIGHT: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"range, if-range, if-none-match"),
    (b"access-control-max-age", b"86400"),
)
_PARAMETERS = (
    Parameter(name="token", place="path", description="The link's secret."),
    Parameter(
        name="name", place="path", description="The film's id with the ending of the wanted file."
    ),
)

CHAPTER = Chapter(
    title="Film links",
    description="Replies hand out links to finished films. They carry their secret in the path, "
    "need no key, take ranges, and work in web pages of any origin.",
    operations=(
        Operation(
            method="GET",
            path="/f/{token}/{name}",
            operation_id="getLinkedFile",
            summary="Fetch a film by its link",
            parameters=(*_PARAMETERS, RANGE),
            replies=FILE_REPLIES,
            errors=(VideoNotFound, VideoNotReady, VideoExpired),
            needs_key=False,
        ),
        Operation(
            method="OPTIONS",
            path="/f/{token}/{name}",
            operation_id="preflightLinkedFile",
            summary="Ask whether a web page may fetch it",
            parameters=_PARAMETERS,
            replies=(ReplyKind(status=204, description="Any page may."),),
            needs_key=False,
        ),
    ),
)


def routes(context: DialectContext) -> list[Route]:
    """`GET` and `HEAD /f/{token}/task_….mp4`, also for web pages of any origin."""

    async def fetch(request: Request) -> ASGIApp:
        if request.method == "OPTIONS":
            return empty_reply(204, _PREFLIGHT)
        name = request.path_params["name"]
        stem, dot, extension = name.rpartition(".")
        variant = _VARIANTS.get(dot + extension.lower())
        if variant is None:
            raise VideoNotFound("No film is behind this link.")
        video = await context.videos.by_token(request.path_params["token"], stem)
        asset = context.videos.asset(video, variant)
        return FileReply(
            blobs=context.blobs, asset=asset, name=f"task_{video.id}{variant.extension}"
        )

    return [Route("/f/{token}/{name}", fetch, methods=["GET", "OPTIONS"])]
