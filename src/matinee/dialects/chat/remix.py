"""Which film a chat goes on with: the one it names, or the last one that it tells of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from matinee.core.asset import AssetVariant
from matinee.core.errors import VideoNotFound
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import JobState
from matinee.core.route import Capabilities
from matinee.core.video import Relation, Video
from matinee.core.wish import SourceWish, VideoWish
from matinee.dialects.chat.mentions import find_mentions
from matinee.dialects.chat.messages import Message
from matinee.services.videos import Videos

_MOST_LOOKED_AT = 8
"""A conversation of failures is not followed to its beginning."""


async def settle_source(
    videos: Videos, account_id: AccountId, wish: VideoWish, messages: Sequence[Message]
) -> tuple[VideoWish, str | None]:
    """`wish` with the film that it changes, and why it is a new one although others were told of.

    A film that is named stays as it is. Else the assistant's messages before the user's last one
    are searched, the newest first, for a film of the account that can be changed.
    """
    if wish.source is not None:
        return replace(wish, source=await _told_apart(videos, account_id, wish.source)), None
    earlier = list(_earlier_films(messages))
    if not earlier:
        return wish, None
    capabilities = videos.routes.find(wish.model or "").capabilities
    reason = _why_none(wish, capabilities)
    if reason is not None:
        return wish, reason
    for video_id in earlier[:_MOST_LOOKED_AT]:
        hindrance = await _hindrance(videos, account_id, video_id)
        if hindrance is None:
            source = SourceWish(relation=Relation.REMIX, param="messages", video_id=video_id)
            return replace(wish, source=source), None
        # The newest film is the one that the user means.
        reason = reason or hindrance
    return wish, reason


async def _told_apart(videos: Videos, account_id: AccountId, source: SourceWish) -> SourceWish:
    """`source` as one of the two that it may be: a link may lead to a film of ours or elsewhere."""
    if source.video_id is None or source.upload is None:
        return source
    try:
        await videos.get(account_id, source.video_id)
    except VideoNotFound:
        return replace(source, video_id=None)
    return replace(source, upload=None)


def _earlier_films(messages: Sequence[Message]) -> Iterator[VideoId]:
    """The films that assistants told of before the user's last message, newest first, each once."""
    last = max((index for index, each in enumerate(messages) if each.role == "user"), default=0)
    seen: set[VideoId] = set()
    for message in reversed(messages[:last]):
        if message.role != "assistant":
            continue
        for mention in find_mentions(message.text):
            if mention.video_id not in seen:
                seen.add(mention.video_id)
                yield mention.video_id


def _why_none(wish: VideoWish, capabilities: Capabilities) -> str | None:
    """Why no earlier film is changed, whichever it is."""
    if wish.references:
        return "your message brings an image to begin with"
    if wish.storyboard:
        return "your message brings a storyboard"
    if Relation.REMIX not in capabilities.relations:
        return "this model can't change films"
    return None


async def _hindrance(videos: Videos, account_id: AccountId, video_id: VideoId) -> str | None:
    """Why the film can't be changed; None if it can."""
    try:
        video = await videos.get(account_id, video_id)
    except VideoNotFound:
        return "the earlier one is gone"
    return _hindrance_of(video)


def _hindrance_of(video: Video) -> str | None:
    if not video.job.state.is_final:
        return "the earlier one is still being made"
    if video.job.state is not JobState.COMPLETED:
        return "the earlier one was not made"
    if video.asset(AssetVariant.VIDEO) is None:
        return "the earlier one is not kept any more"
    return None
