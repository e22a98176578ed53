"""What watching and cancelling take and give, for the reference."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from matinee.core.errors import InvalidRequest, TooManyStreams, VideoNotFound
from matinee.dialects.openai_videos.events import VideoProgress
from matinee.dialects.openai_videos.lineage_operations import VIDEO_ID
from matinee.dialects.openai_videos.wire import DeletedVideo, VideoObject
from matinee.web.operations import Operation, Parameter, ReplyKind, shell

_TOLD = (VideoProgress, VideoObject, DeletedVideo)
_LAST_EVENT_ID = Parameter(
    name="Last-Event-ID",
    place="header",
    description="The `id` of the last event that came. Browsers send it by themselves.",
    kind=Annotated[int, Meta(ge=0)],
)

CANCEL = Operation(
    method="POST",
    path="/v1/videos/{id}/cancel",
    operation_id="cancelVideo",
    summary="Cancel a video",
    description="One that waits is `failed` at once, with the code `cancelled`. One that is being "
    "made is so within seconds, when whoever makes it has stopped; until then it is "
    "`in_progress`. One that is over stays what it is. It may be asked again.",
    parameters=(VIDEO_ID,),
    replies=(ReplyKind(description="The video as it is now.", kind=VideoObject),),
    errors=(VideoNotFound,),
    examples=(shell("/v1/videos/VIDEO_ID/cancel", "-X POST"),),
)

WATCHING = (
    Operation(
        method="GET",
        path="/v1/videos/{id}/events",
        operation_id="watchVideo",
        summary="Watch a video",
        description="The video as it is, then each change until its end, as server-sent events: "
        "`video.queued`, `video.in_progress`, `video.progress`, `video.completed`, `video.failed` "
        "and `video.deleted`. The stream ends with the last of them.",
        parameters=(VIDEO_ID, _LAST_EVENT_ID),
        replies=(
            ReplyKind(
                description="Events. The last one has the whole video, the others how far it is.",
                events=_TOLD,
            ),
            ReplyKind(status=204, description="The client had the last event before."),
        ),
        errors=(InvalidRequest, VideoNotFound),
        examples=(shell("/v1/videos/VIDEO_ID/events", "-N"),),
    ),
    Operation(
        method="GET",
        path="/v1/videos/events",
        operation_id="watchVideos",
        summary="Watch all videos",
        description="The same events of all videos of the account. With `Last-Event-ID` it begins "
        "with what happened since, else with what happens now. It does not end.",
        parameters=(_LAST_EVENT_ID,),
        replies=(
            ReplyKind(
                description="Events. Those of a final state have the whole video.", events=_TOLD
            ),
        ),
        errors=(InvalidRequest, TooManyStreams),
        examples=(shell("/v1/videos/events", "-N"),),
    ),
)

EVENT_NOTES = {
    "VideoProgress": {
        "progress": "A percentage that never falls, also when a stream is taken up again."
    }
}
