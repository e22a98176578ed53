"""The loop behind every engine with an upstream: submit once, poll, download.

A film is submitted once and no more: the key of the submission is durable before it is sent, and
the upstream's id before anything else happens. Where a submission may have got through or not, it
is sent again only if the upstream is known to take it for the same one.
Source: engine-choice 6.2, rule 5; gateways 5.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from matinee.core.errors import EngineError, EngineUnavailable, MatineeError, Watermarked
from matinee.core.video import VideoSpec
from matinee.net.film_download import download_film
from matinee.net.guard import Guard
from matinee.net.upstream_client import UpstreamClient
from matinee.net.upstream_options import UpstreamOptions
from matinee.net.upstream_submission import Submitter
from matinee.net.upstream_work import Over, Trouble, Work, begin_work, call_to, is_trouble
from matinee.net.wire import Call, Elsewhere, Failed, Ready, Standing, Unknown, Waiting, Wire
from matinee.ports.engine import Checkpoint, Intent, Report, Submission, Withdrawn, Workspace
from matinee.ports.engine_kind import EngineSetup

logger = logging.getLogger(__name__)

_APPEARS_S = 10.0
"""How long an upstream may not know yet what it has just taken."""

_MOST_HOPS = 4
_CANCEL_TRIES, _CANCEL_PAUSE_S = 3, 1.0
_GONE = frozenset({404, 410})


class UpstreamEngine:
    """Has films made by an upstream that `wire` describes."""

    def __init__(self, setup: EngineSetup, wire: Wire, guard: Guard | None = None) -> None:
        """`setup.options` are `UpstreamOptions`. Without a `guard` they say where it may go."""
        self.name = setup.name
        self._options: UpstreamOptions = setup.options
        self._wire = wire
        self._client = UpstreamClient(self._options, wire.auth, guard)
        self._submitter = Submitter(self._client, wire, self._options)

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
        logger.info("film fetched", extra={"engine": self.name, "upstream_id": work.upstream_id})

    async def abandon(self, submission: Submission, model: str) -> None:
        """Have the upstream stop the work. Raises EngineError if that can't be told to it."""
        if self._wire.cancel is None:
            return
        if submission.upstream_id is None:
            raise EngineError("The upstream never said by which id it knows the work.")
        method, path = self._wire.cancel
        call = call_to(method, path, upstream_id=submission.upstream_id, model=model)
        for left in reversed(range(_CANCEL_TRIES)):
            try:
                return await self._cancel(call)
            except EngineUnavailable:
                if not left:
                    raise
            await asyncio.sleep(_CANCEL_PAUSE_S)

    async def check(self) -> None:
        """Raise EngineUnavailable unless the upstream answers."""
        call = Call(method="GET", path=self._wire.check or "/")
        reply = await self._client.ask(call, most_bytes=self._wire.most_reply_bytes)
        if reply.status in (401, 403):
            raise EngineUnavailable(f"The upstream refuses this server's key ({reply.status}).")
        if reply.status >= 500:
            raise EngineUnavailable(f"The upstream answered {reply.status}.")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _make(self, work: Work) -> AsyncGenerator[Report, None]:
        if work.is_lost and not self._submitter.can_repeat:
            yield Withdrawn()
            work.renew()
        if work.is_new:
            yield Intent(submit_key=work.key)
        if work.upstream_id is None:
            async with aclosing(self._submitter.submit(work)) as reports:
                async for report in reports:
                    if isinstance(report, Checkpoint):
                        fields = {"engine": self.name, "upstream_id": report.upstream_id}
                        logger.info("film submitted", extra=fields)
                    yield report
        async with aclosing(self._follow(work)) as reports:
            async for report in reports:
                yield report

    async def _follow(self, work: Work) -> AsyncGenerator[Report, None]:
        """Poll until the film lies at `space.film`."""
        trouble = Trouble(self._options.outage_s)
        standing = work.standing
        try:
            while True:
                if standing is not None:
                    if await self._is_fetched(work, standing, trouble):
                        return
                    if isinstance(standing.outcome, Waiting):
                        trouble.end()
                        progress = work.meter.progress(standing.outcome, work.now_s)
                        if progress is not None:
                            yield progress
                    await work.pause(standing.poll_after_s)
                standing = await self._poll(work, trouble)
        except TimeoutError as error:
            await self._give_up(work)
            raise Over(
                EngineError(
                    f"The upstream took longer than {self._options.timeout_s:g} s for the film."
                )
            ) from error

    async def _is_fetched(self, work: Work, standing: Standing, trouble: Trouble) -> bool:
        """Whether the film is here now. Raises Over if there will be none."""
        match standing.outcome:
            case Waiting() | Elsewhere():
                return False
            case Failed(error=error):
                raise Over(error)
            case Unknown():
                await self._meet_unknown(work)
                return False
            case Ready() as ready:
                if ready.is_marked and work.order.spec.watermark is False:
                    raise Over(Watermarked("The upstream put a watermark on the film."))
                try:
                    await self._fetch(work, ready)
                except EngineUnavailable as error:
                    # Its link may be over, or its answer came too early: the next poll tells.
                    trouble.meet(error, work.now_s)
                    return False
                return True

    async def _fetch(self, work: Work, ready: Ready) -> None:
        async with asyncio.timeout_at(work.deadline_s):
            if ready.data is not None:
                await asyncio.to_thread(work.film.write_bytes, ready.data)
            elif ready.call is not None:
                most_bytes = self._options.max_film_mb * 2**20
                await download_film(self._client, ready.call, work.film, most_bytes)

    async def _poll(self, work: Work, trouble: Trouble) -> Standing | None:
        """How the work stands; None if that could not be learned now, after a pause."""
        call = call_to("GET", self._wire.poll, upstream_id=work.upstream_id or "", model=work.model)
        try:
            async with asyncio.timeout_at(work.deadline_s):
                for _ in range(_MOST_HOPS):
                    standing = await self._ask(call)
                    if not isinstance(standing.outcome, Elsewhere):
                        return standing
                    call = standing.outcome.call
            raise EngineUnavailable("The upstream sends the question after the film in circles.")
        except Over:
            raise
        except EngineError as error:
            trouble.meet(error, work.now_s)
            logger.info("upstream did not answer well", extra=_fields(work, self.name, error))
            await work.pause(getattr(error, "pause_s", None))
            return None

    async def _ask(self, call: Call) -> Standing:
        reply = await self._client.ask(call, most_bytes=self._wire.most_reply_bytes)
        if is_trouble(reply):
            raise _Busy(reply)
        return timed(self._wire.read(reply), reply)
