"""The loop behind every engine with an upstream: submit once, poll, download.

A film is submitted once and no more: the key of the submission is durable before it is sent, and
the upstream's id before anything else happens. Where nobody knows if a submission got through, it
is sent again only if the upstream is known to take it for the same one.
Source: engine-choice 6.2, rule 5; gateways 5.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from matinee.core.errors import EngineError, EngineUnavailable, SubmissionUnknown, Watermarked
from matinee.core.video import VideoSpec
from matinee.net.film_download import download_film, writing
from matinee.net.guard import Guard
from matinee.net.upstream_client import UpstreamClient
from matinee.net.upstream_options import UpstreamOptions
from matinee.net.upstream_submission import Submitter
from matinee.net.upstream_work import (
    Busy,
    Over,
    Trouble,
    Work,
    begin_work,
    filled,
    is_of_the_work,
    model_name,
    timed,
)
from matinee.net.wire import Call, Elsewhere, Failed, Ready, Standing, Unknown, Waiting, Wire
from matinee.ports.engine import Intent, Report, Submission, Withdrawn, Workspace
from matinee.ports.engine_kind import EngineSetup

logger = logging.getLogger(__name__)

_FRESH_S = 10.0
"""An intent that is older is not acted upon: a lease and the time in which a submission appears are
longer together, so nobody looks for one that is still to come."""

_APPEARS_S = 10.0
"""How long an upstream may not know yet what it has just taken."""

_CANCEL_TRIES, _CANCEL_PAUSE_S = 3, 0.5
_HOP_S = 0.05
_GONE = frozenset({404, 410})
_NOT_LET_IN = frozenset({401, 403})


class UpstreamEngine:
    """Has films made by the upstream that a wire describes."""

    def __init__(self, setup: EngineSetup, wire: Wire, guard: Guard | None = None) -> None:
        """`setup.options` are `UpstreamOptions`. Without a `guard` they say where it may go."""
        self._name = setup.name
        self._options: UpstreamOptions = setup.options
        self._wire = wire
        self._client = UpstreamClient(self._options, wire.auth, guard)
        self._submitter = Submitter(self._client, wire, self._options)

    @property
    def name(self) -> str:
        """The name under which it is configured."""
        return self._name

    async def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Have the film made; closing the iterator leaves it to the upstream, to be resumed."""
        work = await begin_work(spec, space, self._wire, self._options)
        try:
            async with aclosing(self._make(work)) as reports:
                async for report in reports:
                    yield report
        except Over as over:
            yield Withdrawn()
            raise over.error from over

    async def abandon(self, submission: Submission, model: str) -> None:
        """Have the upstream stop the work. Raises EngineError if that can't be told to it."""
        if self._wire.cancel is None:
            return
        if submission.upstream_id is None:
            raise EngineError("The upstream never said by which id it knows the film.")
        method, path = self._wire.cancel
        named = model_name(model, self._wire, self._options)
        path = filled(path, model=named, upstream_id=submission.upstream_id)
        call = Call(method=method, path=path)
        for left in reversed(range(_CANCEL_TRIES)):
            try:
                await self._cancel(call)
            except EngineUnavailable:
                if not left:
                    raise
                await asyncio.sleep(_CANCEL_PAUSE_S)
            else:
                return

    async def check(self) -> None:
        """Raise EngineUnavailable unless the upstream answers and takes the key."""
        call = Call(method="GET", path=self._wire.check or "/")
        reply = await self._client.ask(call, most_bytes=self._wire.most_reply_bytes)
        if reply.status in _NOT_LET_IN or reply.status >= 500:
            raise Busy.of(reply)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _make(self, work: Work) -> AsyncGenerator[Report, None]:
        if work.is_lost and not self._submitter.can_clear_up:
            if not self._options.repeat_unknown:
                raise SubmissionUnknown(
                    "The server stopped while it ordered the film. The upstream may or may not be "
                    "making it, so it is not ordered again."
                )
            yield Withdrawn()
            work.renew()
        if work.is_new:
            intended_s = work.now_s
            yield Intent(submit_key=work.order.submit_key)
            if work.now_s - intended_s > _FRESH_S:
                # Another attempt may have looked for the submission meanwhile, and found none.
                yield Withdrawn()
                raise EngineUnavailable("The order was held up before it was sent.")
        try:
            while not work.is_fetched:
                async with aclosing(self._submitter.submit(work)) as reports:
                    async for report in reports:
                        yield report
                async with aclosing(self._follow(work)) as reports:
                    async for report in reports:
                        yield report
        except TimeoutError as error:
            late = EngineError(
                f"The upstream took longer than {self._options.timeout_s:g} s for the film."
            )
            # What goes on being made there, and is paid, is not to be made elsewhere besides.
            if await self._give_up(work) or self._options.repeat_unknown:
                raise Over(late) from error
            raise late from error

    async def _follow(self, work: Work) -> AsyncGenerator[Report, None]:
        """Poll until the film is fetched, or until its submission has to be made again."""
        trouble = Trouble(self._options.outage_s)
        while not work.is_fetched and not work.is_lost:
            pause_s = None
            try:
                async with asyncio.timeout_at(work.deadline_s):
                    standing = work.standing or await self._poll(work)
                    await self._act(work, standing)
                pause_s = standing.poll_after_s
                progress = work.measure(standing)
                if isinstance(standing.outcome, Elsewhere):
                    pause_s = _HOP_S
                elif isinstance(standing.outcome, Waiting):
                    trouble.end()
                if progress is not None:
                    yield progress
            except EngineUnavailable as error:
                # Its reply, its link or the network may be better the next time.
                trouble.meet(error, work.now_s)
                pause_s = error.pause_s if isinstance(error, Busy) else None
                logger.info("upstream in trouble", extra=self._fields(work) | {"why": str(error)})
            if not work.is_fetched:
                await work.pause(pause_s)

    async def _act(self, work: Work, standing: Standing) -> None:
        """Do what follows from how the film stands. Raises Over if there will be none."""
        work.standing = None
        match standing.outcome:
            case Failed(error=error):
                raise Over(error)
            case Unknown():
                self._meet_unknown(work)
            case Elsewhere(call=call):
                work.standing = await self._ask(_filled(call, work))
            case Ready() as ready:
                if ready.is_marked and work.order.spec.watermark is False:
                    raise Over(Watermarked("The upstream put a watermark on the film."))
                if not (work.upstream_id and self._wire.poll):
                    # Nothing else will tell of it again, should the download fail.
                    work.standing = standing
                await self._fetch(work, ready)
                work.is_fetched = True
            case Waiting():
                pass

    async def _fetch(self, work: Work, ready: Ready) -> None:
        if ready.data is not None:
            with writing():
                await asyncio.to_thread(work.film.write_bytes, ready.data)
        elif ready.call is not None:
            most_bytes = self._options.max_film_mb * 2**20
            await download_film(self._client, _filled(ready.call, work), work.film, most_bytes)

    async def _poll(self, work: Work) -> Standing:
        return await self._ask(_filled(Call(method="GET", path=self._wire.poll), work))

    async def _ask(self, call: Call) -> Standing:
        reply = await self._client.ask(call, most_bytes=self._wire.most_reply_bytes)
        if not is_of_the_work(reply):
            raise Busy.of(reply)
        try:
            standing = timed(self._wire.read(reply), reply)
        except EngineError as error:
            raise Busy(str(error)) from error
        is_named = standing.upstream_id is not None
        if isinstance(standing.outcome, Failed) and not (reply.is_good or is_named):
            # A refusal of the question, by whatever stands in between, is no end of the film.
            raise Busy.of(reply)
        return standing

    def _meet_unknown(self, work: Work) -> None:
        """Bear with it for a moment after the submission; then the film is lost."""
        if work.submitted_s is not None and work.now_s - work.submitted_s < _APPEARS_S:
            return
        if self._wire.is_forgetful:
            raise Over(EngineUnavailable("The upstream has forgotten the film."))
        if self._wire.follow is None:
            raise EngineError("The upstream knows of no such film any more.")
        # What a stream named can't be asked for here, and it was cut: only the same order, sent
        # again, leads back to the film.
        if not self._wire.is_idempotent:
            raise SubmissionUnknown("The upstream broke off, and can't be asked for the film.")
        work.upstream_id = None
        work.lose()

    async def _give_up(self, work: Work) -> bool:
        """Have the upstream stop what took too long; whether it did.

        Raises EngineUnavailable if it is not known what to stop.
        """
        if work.upstream_id is None:
            raise EngineUnavailable("The upstream did not say in time whether it makes the film.")
        try:
            await self.abandon(
                Submission(submit_key=work.order.submit_key, upstream_id=work.upstream_id),
                work.model,
            )
        except EngineError as error:
            logger.warning("not cancelled", extra=self._fields(work) | {"why": str(error)})
            return False
        return self._wire.cancel is not None

    async def _cancel(self, call: Call) -> None:
        reply = await self._client.ask(call, most_bytes=self._wire.most_reply_bytes)
        if reply.is_good or reply.status in _GONE:
            return
        if not is_of_the_work(reply):
            raise Busy.of(reply)
        raise EngineError(f"The upstream does not cancel the film: it answered {reply.status}.")

    def _fields(self, work: Work) -> dict[str, object]:
        return {"engine": self._name, "upstream_id": work.upstream_id}


def _filled(call: Call, work: Work) -> Call:
    if call.is_link:
        return call
    path = filled(call.path, model=work.model, upstream_id=work.upstream_id or "")
    return replace(call, path=path)
