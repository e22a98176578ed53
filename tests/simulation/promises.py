"""What must be so after every commit, whoever made it and whatever went wrong before."""

from __future__ import annotations

from collections.abc import Set

from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import Job, JobState
from matinee.core.video import Video
from tests.simulation.processes import Strand, video_of
from tests.simulation.rows import Tables
from tests.simulation.upstreams import ENGINES, Order

_QUEUED, _RUNNING = JobState.QUEUED, JobState.IN_PROGRESS
_MOVES = {
    (None, _QUEUED): EventKind.ACCEPTED,
    (_QUEUED, _RUNNING): EventKind.STARTED,
    (_QUEUED, JobState.FAILED): EventKind.FAILED,
    (_RUNNING, _QUEUED): EventKind.REQUEUED,
    (_RUNNING, JobState.FAILED): EventKind.FAILED,
    (_RUNNING, JobState.COMPLETED): EventKind.COMPLETED,
}
"""The moves there are, written down a second time, each with the event that tells of it."""


class Breach(AssertionError):
    """A promise was broken."""


class Promises:
    """Watches every commit and every order."""

    def __init__(self) -> None:
        self.breach: Breach | None = None
        self.accepted: set[VideoId] = set()
        """Of what clients were told."""

        self.by_key: dict[tuple[AccountId, str], VideoId] = {}
        self.deleted: set[VideoId] = set()
        self.failed_for: dict[VideoId, str] = {}
        self.known_orders: set[str] = set()
        """The upstream ids that a row ever named."""

        self._orders: dict[str, list[Order]] = {}
        self._holders: dict[VideoId, tuple[int, int]] = {}

    def demand(self, is_so: bool, message: str) -> None:
        """Note a breach unless something is so. The first one counts."""
        if not is_so and self.breach is None:
            self.breach = Breach(message)

    def note_order(self, order: Order) -> None:
        """See an upstream take an order."""
        orders = self._orders.setdefault(order.video, [])
        orders.append(order)
        alive = [each.key for each in orders if not each.standing.is_over]
        self.demand(len(alive) <= 1, f"{order.video} is ordered again: {alive}")

    def note_accepted(self, video: Video, request_key: str | None) -> None:
        """See a client be told of a video."""
        self.accepted.add(video.id)
        if request_key is None or video.id in self.deleted:
            # A reply that stood still for so long that its key was free again meanwhile.
            return
        known = self.by_key.setdefault((video.account_id, request_key), video.id)
        if known in self.deleted:
            self.by_key[video.account_id, request_key] = known = video.id
        self.demand(known == video.id, f"the key {request_key} made {known} and {video.id}")

    def check(self, before: Tables, after: Tables, actor: object) -> None:
        """See a commit that `actor` made."""
        told: dict[VideoId, list[Event]] = {}
        for each in after.events[len(before.events) :]:
            told.setdefault(each.event.video_id, []).append(each.event)
        for video_id, video in after.videos.items():
            old = before.videos.get(video_id)
            if old is not video:
                self._check_video(old, video, told.pop(video_id, []), actor, before)
        for video_id in before.videos.keys() - after.videos.keys():
            self.deleted.add(video_id)
            kinds = [event.kind for event in told.pop(video_id, [])]
            self.demand(kinds == [EventKind.DELETED], f"{video_id} was removed, told by {kinds}")
        self.demand(not told, f"events of what did not change: {told}")
        self._check_deliveries(before, after)

    def check_blobs(self, tables: Tables, keys: Set[str]) -> None:
        """See which blobs there are."""
        for video in tables.videos.values():
            needed = video.assets or (() if video.job.state.is_final else video.spec.references)
            missing = [each.blob_key for each in needed if each.blob_key not in keys]
            self.demand(not missing, f"{video.id} is {video.job.state}, and {missing} are gone")

    def check_end(self, tables: Tables, orders: list[Order]) -> None:
        """See what is left when nothing has gone wrong for long."""
        for video in tables.videos.values():
            self.demand(video.job.state.is_final, f"{video.id} stays {video.job}")
        lost = self.accepted - tables.videos.keys() - self.deleted
        self.demand(not lost, f"accepted and lost: {lost}")
        ends = [each for each in tables.events if each.event.kind in _TOLD]
        planned = [(each.video_id, each.event_type.value) for each in tables.deliveries]
        wanted = [(end.event.video_id, f"video.{end.event.kind.value}") for end in ends]
        self.demand(sorted(planned) == sorted(wanted), f"told of {planned} instead of {wanted}")
        for order in orders:
            end = tables.videos.get(VideoId(order.video))
            is_wanted = end is not None and end.job.state is JobState.COMPLETED
            if order.upstream_id in self.known_orders and not (is_wanted or order.refused_stops):
                is_left = order.standing.name == "MAKING"
                self.demand(not is_left, f"nobody stopped {order.upstream_id}")

    def _check_video(
        self,
        old: Video | None,
        video: Video,
        told: list[Event],
        actor: object,
        before: Tables,
    ) -> None:
        job, was = video.job, old.job if old else None
        self.demand(video.id not in self.deleted, f"{video.id} came back")
        if job.upstream_id is not None:
            self.known_orders.add(job.upstream_id)
        self._check_move(was, job, told)
        _check_shape(self, video)
        if was is not None and old is not None:
            self._check_course(was, job)
            self._check_holder(was, job, actor)
        if was is None or was.engine != job.engine:
            self._check_place(video, before)
        if was is not None and was.state is _RUNNING and job.state is JobState.COMPLETED:
            self.demand(len(video.assets) == 3, f"{video.id} is completed without its files")

    def _check_move(self, was: Job | None, job: Job, told: list[Event]) -> None:
        kinds = [event.kind for event in told]
        old_state = was.state if was else None
        if old_state is job.state:
            # A video that waits may be given to another engine, and that is told.
            moved = was is not None and was.engine != job.engine
            self.demand(
                kinds == ([EventKind.REQUEUED] if moved else []),
                f"{job.video_id} stays {job.state}, told by {kinds}",
            )
            return
        wanted = _MOVES.get((old_state, job.state))
        self.demand(wanted is not None, f"{job.video_id} went from {old_state} to {job.state}")
        self.demand(kinds == [wanted], f"{job.video_id} is {job.state}, told by {kinds}")

    def _check_course(self, was: Job, job: Job) -> None:
        name = job.video_id
        if was.state.is_final:
            self.demand(was == job, f"{name} was {was} and became {job}")
        is_taken = (was.state, job.state) == (_QUEUED, _RUNNING)
        self.demand(job.attempt == was.attempt + is_taken, f"{name}: attempt {job.attempt}")
        self.demand(job.progress >= was.progress, f"{name}: progress fell to {job.progress}")
        self.demand(was.faults <= job.faults <= was.faults + 1, f"{name}: faults {job.faults}")
        self.demand(was.started_at in (None, job.started_at), f"{name} was begun twice")
        if was.cancel_requested_at is not None:
            same = job.cancel_requested_at == was.cancel_requested_at
            self.demand(same, f"{name}: the wish to cancel it was forgotten")
        if was.submit_key is not None and was.submit_key != job.submit_key:
            alive = [o.key for o in self._orders.get(name, []) if not o.standing.is_over]
            self.demand(not alive, f"{name} forgot its order {alive}")
        if was.engine != job.engine:
            self.demand(was.submit_key is None or job.submit_key is None, f"{name} left an order")

    def _check_holder(self, was: Job, job: Job, actor: object) -> None:
        """Only the attempt that took a video writes of its course."""
        if not isinstance(actor, Strand):
            return
        if was.state is _QUEUED and job.state is _RUNNING:
            self._holders[job.video_id] = (job.attempt, actor.number)
        elif was.state is _RUNNING and video_of(actor) is not None:
            holder = self._holders.get(job.video_id)
            self.demand(
                holder == (was.attempt, actor.number),
                f"{job.video_id} is held by {holder} and was written by {actor.label}",
            )

    def _check_place(self, video: Video, before: Tables) -> None:
        """Who joins a line stands behind the account's others, and before nobody who is served."""
        for other in before.videos.values():
            job = other.job
            if other.id == video.id or job.state.is_final or job.engine != video.job.engine:
                continue
            if other.account_id == video.account_id or job.state is _RUNNING:
                self.demand(video.job.priority > job.priority, f"{video.id} goes before {other.id}")

    def _check_deliveries(self, before: Tables, after: Tables) -> None:
        new = after.deliveries[len(before.deliveries) :]
        told = {(each.video_id, each.event_type) for each in before.deliveries}
        for each in new:
            self.demand((each.video_id, each.event_type) not in told, f"told twice: {each}")


_TOLD = (EventKind.COMPLETED, EventKind.FAILED)


def _check_shape(promises: Promises, video: Video) -> None:
    """What holds of a row by itself."""
    job, name = video.job, video.id
    is_done = job.state is JobState.COMPLETED
    promises.demand((job.progress == 100) is is_done, f"{name} is {job.state} at {job.progress}")
    promises.demand(bool(video.assets) is is_done, f"{name} is {job.state} with its files")
    leased = job.lease_expires_at is not None
    promises.demand(leased is (job.state is _RUNNING), f"{name} is {job.state}, leased: {leased}")
    is_over = job.finished_at is not None
    promises.demand(is_over is job.state.is_final, f"{name} is {job.state}, over: {is_over}")
    failed = job.failure is not None
    promises.demand(failed is (job.state is JobState.FAILED), f"{name} is {job}")
    # The last fault may be one that another engine need not meet, once for each engine.
    most = job.max_faults + len(ENGINES)
    promises.demand(job.faults <= most, f"{name} had {job.faults} faults")
    promises.demand(job.upstream_id is None or job.submit_key is not None, f"{name} has no key")
    if job.cancel_requested_at is not None:
        promises.demand(job.state is not _QUEUED, f"{name} was cancelled and waits")
        if job.failure is not None:
            promises.demand(job.failure.code == "cancelled", f"{name} failed: {job.failure}")
