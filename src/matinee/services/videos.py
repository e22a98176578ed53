"""Videos: accept, show, watch, hand out, cancel, delete."""

from __future__ import annotations

import hmac
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from matinee.core.asset import Asset, AssetVariant, blob_folder
from matinee.core.errors import VideoExpired, VideoNotFound, VideoNotReady, shown
from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId, parse_video_id
from matinee.core.job import JobState, request_cancel
from matinee.core.video import Video
from matinee.core.wish import VideoWish, WishDefaults
from matinee.policy.estimates import remaining_s
from matinee.policy.routing import Routes
from matinee.policy.targets import IsUsable
from matinee.ports.events import Change
from matinee.ports.store import Transaction, VideoPage
from matinee.services.account_feeds import AccountFeeds
from matinee.services.creation import NOT_REPEATED, Asked, Callbacks, Creation, CreationLimits
from matinee.services.materials import Materials
from matinee.services.ports import Ports
from matinee.services.video_feeds import VideoFeeds

MOST_COUNTED = 1000
"""A longer line is not counted to its end: nobody waits more patiently for an exact number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is to be expected of a video that is not finished."""

    ahead: int
    """How many videos wait before it; `MOST_COUNTED` stands for more, too."""

    remaining_s: float


class Videos:
    """The use cases of videos. Every one acts for an account and sees only what is that one's."""

    def __init__(
        self,
        ports: Ports,
        routes: Routes,
        materials: Materials,
        limits: CreationLimits,
        callbacks: Callbacks | None = None,
        is_usable: IsUsable = lambda _: True,
    ) -> None:
        self._ports = ports
        self._routes = routes
        self.feeds = VideoFeeds(ports.store.history, ports.announcements)
        self.account_feeds = AccountFeeds(ports.store.history, ports.announcements)
        self._creation = Creation(
            ports, routes, materials, callbacks=callbacks, limits=limits, is_usable=is_usable
        )

    @property
    def routes(self) -> Routes:
        """The models there are, and where they lead."""
        return self._routes

    async def create(
        self,
        account_id: AccountId,
        wish: VideoWish,
        defaults: WishDefaults,
        asked: Asked = NOT_REPEATED,
    ) -> Video:
        """Accept a video: once this returns, it will be made or will have failed with a reason.

        A request that was `asked` before leads to the video it made then. Raises an InvalidRequest
        that names the field, ModelNotFound, VideoNotFound or VideoExpired for its source,
        FileNotFound, QueueFull, StorageFull or IdempotencyMismatch; nothing is stored then.
        """
        return await self._creation.create(account_id, wish, defaults, asked)

    async def get(self, account_id: AccountId, spelled_id: str) -> Video:
        """The account's video of that id, in any spelling. Raises VideoNotFound."""
        video_id = parse_video_id(spelled_id)
        video = await self._ports.store.video(video_id) if video_id else None
        if video is None or video.account_id != account_id:
            raise _unknown(spelled_id)
        return video

    async def get_when_over(self, account_id: AccountId, spelled_id: str, seconds: float) -> Video:
        """The same once its state is final, or after so many seconds as it is then."""
        video = await self.get(account_id, spelled_id)
        if video.job.state.is_final:
            return video
        await self.feeds.until_over(video.id, seconds)
        return await self.get(account_id, spelled_id)

    async def outlook(self, video: Video, most_counted: int = MOST_COUNTED) -> Outlook:
        """How long the video probably still takes, and how many wait before it."""
        ahead = await self._ports.store.count_ahead(video, most_counted)
        pace = self._routes.pace_of(video.job.engine)
        return Outlook(
            ahead=ahead,
            remaining_s=remaining_s(video, ahead=ahead, pace=pace, now=self._ports.clock.now()),
        )

    async def list(
        self, account_id: AccountId, *, limit: int, after: str | None, newest_first: bool
    ) -> VideoPage:
        """A page of the account's videos, behind the one with the id `after`.

        That one may have been deleted meanwhile: ids sort by time. Raises VideoNotFound if
        `after` is no id at all.
        """
        last = parse_video_id(after) if after else None
        if after and last is None:
            raise VideoNotFound(f"Video with id '{shown(after)}' not found.", param="after")
        return await self._ports.store.list_videos(
            account_id, limit=limit, after=last, newest_first=newest_first
        )

    async def watch(self, account_id: AccountId, spelled_id: str) -> AsyncGenerator[Video, None]:
        """The video as it is, then at each change of state or progress until it is final.

        Only the newest is given to a slow watcher. Ends early if the video is deleted.
        """
        video = await self.get(account_id, spelled_id)
        with self._ports.announcements.watch(video.id) as changes:
            # Read again: what changed before the watch began was announced to nobody here.
            current = await self._ports.store.video(video.id)
            if current is None:
                return
            yield current
            if current.job.state.is_final:
                return
            async for _ in changes:
                current = await self._ports.store.video(video.id)
                if current is None:
                    return
                yield current
                if current.job.state.is_final:
                    return

    def asset(self, video: Video, variant: AssetVariant) -> Asset:
        """The stored file of `video`. Raises VideoNotReady before, VideoExpired after its time."""
        asset = video.asset(variant)
        if asset is not None:
            return asset
        if video.job.state is JobState.COMPLETED:
            raise VideoExpired("The video's files were removed when their time was over.")
        if video.job.failure is not None:
            raise VideoNotFound(f"The video has no file: it failed ({video.job.failure.code}).")
        raise VideoNotReady(
            "Video is not ready yet, use GET /v1/videos/{video_id} to check status."
        )

    async def by_token(self, token: str, spelled_id: str) -> Video:
        """The video that a link with its access token names. Raises VideoNotFound."""
        video_id = parse_video_id(spelled_id)
        video = await self._ports.store.video(video_id) if video_id else None
        if video is None or not hmac.compare_digest(
            video.access_token.encode(), token.encode("utf-8", "surrogatepass")
        ):
            raise VideoNotFound("No film is behind this link.")
        return video

    async def cancel(self, account_id: AccountId, spelled_id: str) -> Video:
        """Have the video made no further; how it is then. One that is final stays what it is.

        One that waits has failed at once. One that is being made fails as soon as whoever makes it
        has stopped. Raises VideoNotFound.
        """
        video = await self.get(account_id, spelled_id)
        now = self._ports.clock.now()

        def work(transaction: Transaction) -> Video:
            current = _present(transaction, video, spelled_id)
            job, event = request_cancel(current.job, now)
            if job == current.job:
                return current
            cancelled = replace(current, job=job)
            transaction.save_job(current.job, job)
            if event is not None:
                transaction.add_event(event)
                transaction.crew.abandon(job, now)
            change = replace(Change.of(cancelled), is_wanted=False)
            self._ports.announcements.announce(transaction, change)
            return cancelled

        return await self._ports.store.write(work)

    async def delete(self, account_id: AccountId, spelled_id: str) -> Video:
        """Remove the video and its files; one that is being made is cancelled by it.

        Returns it as it was. Raises VideoNotFound.
        """
        video = await self.get(account_id, spelled_id)
        now = self._ports.clock.now()

        def remove(transaction: Transaction) -> Video:
            current = _present(transaction, video, spelled_id)
            if not current.job.state.is_final:
                transaction.crew.abandon(current.job, now)
            transaction.add_event(
                Event(
                    video_id=video.id,
                    kind=EventKind.DELETED,
                    at=now,
                    attempt=current.job.attempt,
                )
            )
            transaction.delete_video(video.id)
            gone = replace(Change.of(current), is_wanted=False, is_gone=True)
            self._ports.announcements.announce(transaction, gone)
            return current

        deleted = await self._ports.store.write(remove)
        await self._ports.blobs.delete_under(blob_folder(video.id))
        return deleted


def _present(transaction: Transaction, video: Video, spelled_id: str) -> Video:
    """`video` as it is in the transaction. Raises VideoNotFound if it has been deleted."""
    current = transaction.video(video.id)
    if current is None:
        raise _unknown(spelled_id)
    return current


def _unknown(spelled_id: str) -> VideoNotFound:
    return VideoNotFound(f"Video with id '{shown(spelled_id)}' not found.")
