"""Videos: accept, show, watch, hand out, delete."""

from __future__ import annotations

import hmac
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace

from matinee.core.asset import Asset, AssetVariant, blob_folder
from matinee.core.errors import (
    AuthenticationFailed,
    IdempotencyMismatch,
    MatineeError,
    QueueFull,
    VideoExpired,
    VideoNotFound,
    VideoNotReady,
)
from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId, parse_video_id
from matinee.core.job import Job, JobState
from matinee.core.video import Video
from matinee.core.wish import VideoWish, WishDefaults
from matinee.policy.fairness import next_priority
from matinee.policy.framing import check_wish, settle
from matinee.policy.routing import Routes
from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock, Identities
from matinee.ports.events import Announcements
from matinee.ports.queue import JobQueue
from matinee.ports.store import Store, Transaction, VideoPage
from matinee.services.access import LOCAL_ACCOUNT
from matinee.services.references import AdmittedImage, References

_TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """An `Idempotency-Key` with the digest of the request that it came with."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the use cases of videos need from outside."""

    store: Store
    blobs: Blobs
    queue: JobQueue
    announcements: Announcements
    clock: Clock
    identities: Identities


class Videos:
    """The use cases of videos. Every one acts for an account and sees only what is that one's."""

    def __init__(
        self,
        ports: Ports,
        routes: Routes,
        references: References,
        *,
        max_unfinished: int,
        max_faults: int,
    ) -> None:
        self._ports = ports
        self._routes = routes
        self._references = references
        self._max_unfinished = max_unfinished
        self._max_faults = max_faults

    @property
    def routes(self) -> Routes:
        """The models there are, and where they lead."""
        return self._routes

    async def create(
        self,
        account_id: AccountId,
        wish: VideoWish,
        defaults: WishDefaults,
        request_key: RequestKey | None = None,
    ) -> Video:
        """Accept a video: once this returns, it will be made or will have failed with a reason.

        A `request_key` used before leads to the video it made then. Raises an InvalidRequest that
        names the field, ModelNotFound, QueueFull, StorageFull or IdempotencyMismatch; nothing is
        stored then.
        """
        route = self._routes.find(wish.model or defaults.model)
        check_wish(wish, route.capabilities)
        if request_key is not None:
            # Before the images: an address in a repeated request may be gone by now.
            earlier = await self._ports.store.write(
                lambda transaction: self._earlier(transaction, account_id, request_key)
            )
            if earlier is not None:
                return earlier
        images = await self._references.admit(wish.references)
        video = self._draft(account_id, wish, defaults, images)
        try:
            await self._references.keep(video.spec.references, images)
            accepted = await self._ports.store.write(
                lambda transaction: self._accept(transaction, video, request_key)
            )
        except MatineeError:
            # Only what surely is not accepted is cleared away: a caller that goes away in the
            # middle leaves a commit that may still succeed.
            await self._clear(video)
            raise
        if accepted.id != video.id:
            await self._clear(video)
        return accepted

    def _draft(
        self,
        account_id: AccountId,
        wish: VideoWish,
        defaults: WishDefaults,
        images: Sequence[AdmittedImage],
    ) -> Video:
        """The video of a checked wish, nothing of it stored yet."""
        route = self._routes.find(wish.model or defaults.model)
        now = self._ports.clock.now()
        video_id = self._ports.identities.video_id(now)
        return Video(
            id=video_id,
            account_id=account_id,
            spec=settle(
                wish,
                capabilities=route.capabilities,
                defaults=defaults,
                references=self._references.describe(video_id, images),
                seed=self._ports.identities.seed(),
            ),
            job=Job(video_id=video_id, engine=route.engine, max_faults=self._max_faults),
            created_at=now,
            access_token=self._ports.identities.secret(_TOKEN_BYTES),
        )

    async def _clear(self, video: Video) -> None:
        if video.spec.references:
            await self._ports.blobs.delete_under(blob_folder(video.id))

    def _accept(
        self, transaction: Transaction, video: Video, request_key: RequestKey | None
    ) -> Video:
        if video.account_id == LOCAL_ACCOUNT and transaction.count_keys() > 0:
            # The first key was made while this request was on its way: nobody would own it.
            raise AuthenticationFailed("This server has keys now. Send the request with one.")
        if request_key is not None:
            earlier = self._earlier(transaction, video.account_id, request_key)
            if earlier is not None:
                return earlier
        if transaction.count_unfinished() >= self._max_unfinished:
            raise QueueFull(
                f"{self._max_unfinished} videos are waiting, which is all this server takes. "
                "Try again later."
            )
        engine = video.job.engine
        priority = next_priority(
            first_waiting=transaction.first_waiting_priority(engine),
            last_started=transaction.last_started_priority(engine),
            last_of_account=transaction.last_priority(engine, video.account_id),
        )
        accepted = _with_priority(video, priority)
        transaction.add_video(accepted)
        transaction.add_event(
            Event(video_id=video.id, kind=EventKind.ACCEPTED, at=video.created_at, attempt=0)
        )
        if request_key is not None:
            transaction.remember_request(
                video.account_id, request_key.key, request_key.digest, video.id, video.created_at
            )
        self._ports.queue.deliver(transaction, accepted.job)
        return accepted

    @staticmethod
    def _earlier(
        transaction: Transaction, account_id: AccountId, request_key: RequestKey
    ) -> Video | None:
        found = transaction.video_of_request(account_id, request_key.key)
        if found is None:
            return None
        video_id, digest = found
        if digest != request_key.digest:
            raise IdempotencyMismatch(
                "This Idempotency-Key was used with another request. Send a new key.",
                param="Idempotency-Key",
            )
        return transaction.video(video_id)

    async def get(self, account_id: AccountId, spelled_id: str) -> Video:
        """The account's video of that id, in any spelling. Raises VideoNotFound."""
        video_id = parse_video_id(spelled_id)
        video = await self._ports.store.video(video_id) if video_id else None
        if video is None or video.account_id != account_id:
            raise VideoNotFound(f"Video with id '{spelled_id}' not found.")
        return video

    async def list(
        self, account_id: AccountId, *, limit: int, after: str | None, newest_first: bool
    ) -> VideoPage:
        """A page of the account's videos, behind the one with the id `after`.

        That one may have been deleted meanwhile: ids sort by time. Raises VideoNotFound if
        `after` is no id at all.
        """
        last = parse_video_id(after) if after else None
        if after and last is None:
            raise VideoNotFound(f"Video with id '{after}' not found.", param="after")
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

    async def delete(self, account_id: AccountId, spelled_id: str) -> Video:
        """Remove the video and its files; one that is being made is cancelled by it.

        Returns it as it was. Raises VideoNotFound.
        """
        video = await self.get(account_id, spelled_id)
        now = self._ports.clock.now()

        def remove(transaction: Transaction) -> Video:
            current = transaction.video(video.id)
            if current is None:
                raise VideoNotFound(f"Video with id '{spelled_id}' not found.")
            transaction.add_event(
                Event(
                    video_id=video.id,
                    kind=EventKind.DELETED,
                    at=now,
                    attempt=current.job.attempt,
                )
            )
            transaction.delete_video(video.id)
            return current

        deleted = await self._ports.store.write(remove)
        # Its watchers look, and find it gone.
        self._ports.announcements.announce(video.id, deleted.job.state, deleted.job.progress)
        await self._ports.blobs.delete_under(blob_folder(video.id))
        return deleted


def _with_priority(video: Video, priority: int) -> Video:
    return replace(video, job=replace(video.job, priority=priority))
