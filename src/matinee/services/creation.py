"""Accepting videos: a wish is checked, what comes with it is kept, and a row is committed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from matinee.core.errors import (
    IdempotencyMismatch,
    MatineeError,
    ServiceUnavailable,
    UnsupportedParameter,
)
from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId
from matinee.core.job import Job
from matinee.core.retention import require_in_time
from matinee.core.route import Route, Target
from matinee.core.video import Video
from matinee.core.webhook import Callback
from matinee.core.wish import VideoWish, WishDefaults
from matinee.policy.framing import check_wish, settle
from matinee.policy.lineage import check_relation
from matinee.policy.routing import Routes
from matinee.policy.styles import dress
from matinee.policy.targets import IsUsable, choose_target
from matinee.ports.events import Change
from matinee.ports.store import Transaction
from matinee.services.access import check_owner
from matinee.services.answers import Question, find_answered, note_answer
from matinee.services.lines import Places, in_line
from matinee.services.materials import Admitted, Materials
from matinee.services.ports import Ports

_TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """An `Idempotency-Key` with the digest of the request that it came with."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a request may be recognised when it comes again: by its key, or else by its words.

    `link_base` is what links to this server begin with for whoever asked.
    """

    request_key: RequestKey | None = None
    question: Question | None = None
    link_base: str = ""

    @property
    def is_repeatable(self) -> bool:
        """Whether it may have come before."""
        return self.request_key is not None or self.question is not None

    @property
    def is_known_to_repeat(self) -> bool:
        """Whether it may have come before as far as the client knows.

        A first try has only if its own repeat overtook it, which is soon enough seen when it is
        accepted: to look twice would cost every request a transaction.
        """
        is_repeat = self.question is not None and self.question.is_repeat
        return is_repeat or self.request_key is not None

    @property
    def may_be_overtaken(self) -> bool:
        """Whether its own repeat may come before it, and not be recognised as that."""
        return self.question is not None and not self.question.is_repeat


NOT_REPEATED = Asked()
"""Asked once, and never to be recognised."""


class Callbacks(Protocol):
    """Where the ends of single videos are told."""

    async def admit_callback(
        self, url: str, link_base: str, *, param: str = "callback_url"
    ) -> Callback:
        """The callback of a video that is about to be created.

        Links in it will begin with `link_base`. Raises AddressRefused naming `param`.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A video about to be accepted, with what is stored in the same transaction."""

    video: Video
    admitted: Admitted
    callback: Callback | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationLimits:
    """How many videos may wait or run, and how many attempts at one may end by a fault."""

    max_unfinished: int
    max_faults: int


class Creation:
    """Accepts videos."""

    def __init__(
        self,
        ports: Ports,
        routes: Routes,
        materials: Materials,
        *,
        callbacks: Callbacks | None,
        limits: CreationLimits,
        is_usable: IsUsable,
    ) -> None:
        self._ports = ports
        self._routes = routes
        self._materials = materials
        self._callbacks = callbacks
        self._max_faults = limits.max_faults
        self._places = Places(limits.max_unfinished)
        self._is_usable = is_usable

    async def create(
        self, account_id: AccountId, wish: VideoWish, defaults: WishDefaults, asked: Asked
    ) -> Video:
        """Accept a video; see `Videos.create`."""
        if asked.is_known_to_repeat:
            # First of all: what a repeated request names may be gone by now.
            earlier = await self._ports.store.write(
                lambda transaction: self._earlier(transaction, account_id, asked)
            )
            if earlier is not None:
                return earlier
        self._ports.room.check()
        found = await self._materials.find_source(account_id, wish)
        if found is not None:
            defaults = replace(defaults, model=found.video.spec.model)
        target = self._chosen_target(wish, defaults)
        callback = await self._admit_callback(wish, asked)
        able = target.capabilities
        async with self._materials.admit(account_id, wish, found, able) as admitted:
            video = self._settled(account_id, wish, defaults, admitted, target)
            draft = _Draft(video=video, admitted=admitted, callback=callback)
            return await self._keep_and_accept(draft, asked)

    def _chosen_target(self, wish: VideoWish, defaults: WishDefaults) -> Target:
        """The engine that is to make the film, which it can and, as far as is known, will."""
        route = self._routes.find(wish.model or defaults.model)
        if wish.source is not None:
            others = list(self._routes.by_model.values())
            check_relation(wish.source.relation, route, others, wish.source.param)
        return choose_target(
            route,
            lambda target: _check(wish, route, target),
            wish,
            self._is_usable,
        )

    async def _admit_callback(self, wish: VideoWish, asked: Asked) -> Callback | None:
        if wish.callback_url is None:
            return None
        if self._callbacks is None:
            raise UnsupportedParameter("This server calls nobody back.", param="callback_url")
        return await self._callbacks.admit_callback(wish.callback_url, asked.link_base)

    def _settled(
        self,
        account_id: AccountId,
        wish: VideoWish,
        defaults: WishDefaults,
        admitted: Admitted,
        target: Target,
    ) -> Video:
        """The video of a checked wish, nothing of it stored yet."""
        now = self._ports.clock.now()
        video_id = self._ports.identities.video_id(now)
        found = admitted.source.found if admitted.source else None
        return Video(
            id=video_id,
            account_id=account_id,
            spec=settle(
                dress(wish, target),
                capabilities=target.capabilities,
                defaults=defaults,
                described=self._materials.describe(video_id, admitted),
                seed=self._ports.identities.seed(),
            ),
            job=Job(
                video_id=video_id,
                engine=target.engine,
                model=target.model,
                max_faults=self._max_faults,
            ),
            created_at=now,
            remixed_from=found.video.id if found else None,
            access_token=self._ports.identities.secret(_TOKEN_BYTES),
        )

    async def _keep_and_accept(self, draft: _Draft, asked: Asked) -> Video:
        video, admitted = draft.video, draft.admitted
        try:
            await self._materials.keep(video.spec, admitted)
            accepted = await self._ports.store.write(
                lambda transaction: self._accept(transaction, draft, asked)
            )
        except ServiceUnavailable:
            # It may be accepted all the same. If it is not, the janitor finds what is nobody's.
            raise
        except MatineeError:
            # Only what surely is not accepted is cleared away: a caller that goes away in the
            # middle leaves a commit that may still succeed.
            await self._materials.clear(video.id, admitted)
            raise
        if accepted.id != video.id:
            await self._materials.clear(video.id, admitted)
        return accepted

    def _accept(self, transaction: Transaction, draft: _Draft, asked: Asked) -> Video:
        video = draft.video
        check_owner(transaction, video.account_id)
        if asked.is_repeatable:
            earlier = self._earlier(transaction, video.account_id, asked)
            if earlier is not None:
                return earlier
        require_in_time(video.created_at, self._ports.clock.now())
        self._places.take(transaction, video.created_at)
        accepted = replace(video, job=in_line(transaction, video.account_id, video.job))
        transaction.add_video(accepted)
        transaction.add_event(
            Event(video_id=video.id, kind=EventKind.ACCEPTED, at=video.created_at, attempt=0)
        )
        for character in draft.admitted.new_characters:
            transaction.library.add_character(character)
        if draft.callback is not None:
            transaction.webhooks.add_callback(video.id, video.account_id, draft.callback)
        _remember(transaction, accepted, asked)
        self._ports.queue.deliver(transaction, accepted.job)
        self._ports.announcements.announce(transaction, Change.of(accepted))
        return accepted

    @staticmethod
    def _earlier(transaction: Transaction, account_id: AccountId, asked: Asked) -> Video | None:
        """What the same request made before: by its key, or else by its words."""
        if asked.request_key is None:
            question = asked.question
            return find_answered(transaction, account_id, question) if question else None
        found = transaction.video_of_request(account_id, asked.request_key.key)
        if found is None:
            return None
        video_id, digest = found
        if digest != asked.request_key.digest:
            raise IdempotencyMismatch(
                "This Idempotency-Key was used with another request. Send a new key.",
                param="Idempotency-Key",
            )
        return transaction.video(video_id)


def _check(wish: VideoWish, route: Route, target: Target) -> None:
    """Raise an InvalidRequest that names the field unless `target` can fulfil `wish`."""
    alone = replace(route, targets=(target,))
    if wish.source is not None:
        check_relation(wish.source.relation, alone, [route], wish.source.param)
    check_wish(wish, target.capabilities)


def _remember(transaction: Transaction, video: Video, asked: Asked) -> None:
    """Note what was asked for `video`, so that it is recognised when it comes again."""
    key = asked.request_key
    if key is not None:
        transaction.remember_request(
            video.account_id, key.key, key.digest, video.id, video.created_at
        )
    if asked.question is not None:
        note_answer(transaction, video, asked.question)
