"""Submits a film to an upstream, once, whatever happens on the way.

Source: engine-choice 6.2, rule 5; gateways 4d: upstreams were seen to make the film and answer 500,
503 or 429 all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AsyncExitStack, aclosing
from typing import Any, TypeVar

import httpx

from matinee.core.errors import EngineError, EngineUnavailable, MatineeError, SubmissionUnknown
from matinee.net.event_stream import is_event_stream, read_events
from matinee.net.upstream_client import Interrupted, Undelivered, UpstreamClient
from matinee.net.upstream_options import UpstreamOptions
from matinee.net.upstream_work import Over, Trouble, Unclear, Work, check_id, filled, timed
from matinee.net.wire import (
    Call,
    Failed,
    Reply,
    Standing,
    StreamReader,
    Unknown,
    Waiting,
    Wire,
)
from matinee.ports.engine import Report

_Result = TypeVar("_Result")

_REDIRECTED = frozenset({301, 302, 307, 308})
_OF_THE_FILM = frozenset({400, 413, 415, 422})
"""Refusals that the first try must have met too, where the same submission is sent again."""

_HEARING_S = 3.0
"""How long a submission that was sent is waited for by an attempt that was cancelled."""

_APPEARS_S = 30.0
"""How long a submission may be on its way to where it can be found."""


class Submitter:
    """Makes the one submission of a film, and finds out what became of it."""

    def __init__(self, client: UpstreamClient, wire: Wire, options: UpstreamOptions) -> None:
        self._client = client
        self._wire = wire
        self._options = options

    @property
    def can_clear_up(self) -> bool:
        """Whether it can be learned what became of a submission."""
        return self._wire.is_idempotent or self._wire.find is not None

    async def submit(self, work: Work) -> AsyncGenerator[Report, None]:
        """Submit the film, or find it again; `work` knows its id afterwards, or how it stands.

        Raises Over if the upstream surely took nothing, SubmissionUnknown if nobody can know, and
        EngineUnavailable if that is still to be learned. Raises TimeoutError as `Work.pause` does.
        An attempt that is cancelled meanwhile still tells what it learns, and ends then.
        """
        trouble = Trouble(self._options.outage_s)
        while work.upstream_id is None and work.standing is None:
            try:
                if work.is_lost and not self._wire.is_idempotent:
                    await self._find(work)
                else:
                    async with aclosing(self._send(work)) as reports:
                        async for report in reports:
                            yield report
            except Unclear as unclear:
                if work.is_left:
                    raise asyncio.CancelledError from unclear
                self._weigh(unclear)
                work.lose()
                trouble.meet(unclear, work.now_s)
                await work.pause(unclear.pause_s)
            else:
                work.settle()
        checkpoint = work.checkpoint()
        if checkpoint is not None:
            yield checkpoint
        if work.is_left:
            raise asyncio.CancelledError

    def _weigh(self, unclear: Unclear) -> None:
        """Return if it can be learned what became of the submission."""
        if self.can_clear_up:
            return
        if self._options.repeat_unknown:
            raise Over(EngineUnavailable(str(unclear))) from unclear
        raise SubmissionUnknown(
            f"{unclear} It may or may not be making the film, so it is not asked again."
        ) from unclear

    async def _send(self, work: Work) -> AsyncGenerator[Report, None]:
        call = _submission(self._wire, work)
        limit_s = min(self._wire.submit_timeout_s, max(0.0, work.deadline_s - work.now_s))
        # Whoever has the whole film in its answer is not waited for by who wants no film any more.
        hearing_s = _HEARING_S if self._wire.poll else 0.0
        try:
            async with AsyncExitStack() as stack:
                opening = self._open(work, call, stack, limit_s)
                response, reader = await _heard(opening, work, hearing_s)
                if reader is not None and not work.is_left:
                    read = self._read_stream(work, reader, response)
                    async with aclosing(read) as reports:
                        async for report in reports:
                            yield report
        except Undelivered as error:
            raise _nothing_taken(work, error) from error
        except Interrupted as error:
            raise Unclear(str(error)) from error
        except TimeoutError as error:
            raise Unclear(f"The upstream did not answer within {limit_s:g} s.") from error

    async def _open(
        self, work: Work, call: Call, stack: AsyncExitStack, limit_s: float
    ) -> tuple[httpx.Response, StreamReader | None]:
        """Send the submission and take its reply, unless it is a stream that is to be read."""
        async with asyncio.timeout(limit_s):
            answer = self._client.answer(call, is_fresh=True, silence_s=limit_s)
            response = await stack.enter_async_context(answer)
            reader = self._reader(response)
            if reader is None:
                self._take(work, await self._client.read(response, self._wire.most_reply_bytes))
            return response, reader

    def _take(self, work: Work, reply: Reply) -> None:
        """Note how the film stands by the reply to its submission."""
        if reply.status in _REDIRECTED:
            error = EngineError("The upstream is elsewhere: it redirects. Mend its 'base_url'.")
            raise _nothing_taken(work, error)
        if reply.status in self._wire.refusals:
            refusal = self._refusal(reply)
            is_clear = not work.is_lost or reply.status in _OF_THE_FILM
            raise Over(refusal) if is_clear else Unclear(str(refusal))
        if not reply.is_good:
            raise Unclear.of(reply)
        try:
            standing = timed(self._wire.read(reply), reply)
        except EngineError as error:
            raise Unclear(str(error)) from error
        self._accept(work, standing)

    def _accept(self, work: Work, standing: Standing) -> None:
        match standing.outcome:
            case Failed(error=error):
                raise Over(error)
            case Unknown():
                raise Unclear("The upstream's answer says that it knows of no such film.")
            case Waiting() if standing.upstream_id is None or not self._wire.poll:
                raise Unclear("The upstream's answer names no film.")
        if standing.upstream_id is not None:
            try:
                check_id(standing.upstream_id)
            except EngineError as error:
                raise Unclear(str(error)) from error
        work.standing = standing
        work.upstream_id = standing.upstream_id

    def _refusal(self, reply: Reply) -> MatineeError:
        try:
            outcome = self._wire.read(reply).outcome
        except EngineError as error:
            return error
        if isinstance(outcome, Failed):
            return outcome.error
        return EngineError(f"The upstream has no such model, or no such path ({reply.status}).")

    async def _find(self, work: Work) -> None:
        """Look for a submission that may have got through."""
        path = filled(self._wire.find or "", model=work.model, key=work.order.submit_key)
        try:
            reply = await self._client.ask(
                Call(method="GET", path=path), most_bytes=self._wire.most_reply_bytes
            )
        except EngineUnavailable as error:
            raise Unclear(str(error)) from error
        if not reply.is_good and reply.status != httpx.codes.NOT_FOUND:
            raise Unclear.of(reply)
        try:
            standing = timed(self._wire.read(reply), reply)
        except EngineError as error:
            raise Unclear(str(error)) from error
        if isinstance(standing.outcome, Unknown) and work.now_s - work.lost_s < _APPEARS_S:
            raise Unclear("The upstream does not know of the film yet.")
        if isinstance(standing.outcome, Unknown):
            raise Over(EngineUnavailable("The upstream never got the film that was ordered."))
        self._accept(work, standing)

    async def _read_stream(
        self, work: Work, reader: StreamReader, response: httpx.Response
    ) -> AsyncGenerator[Report, None]:
        """Follow a submission that is answered by a stream, as far as it goes."""
        standing: Standing | None = None
        try:
            async with aclosing(read_events(response)) as events:
                while standing is None or isinstance(standing.outcome, Waiting):
                    async with asyncio.timeout_at(work.deadline_s):
                        standing = reader.take(self._client.redacted(await anext(events)))
                    if standing.upstream_id is not None:
                        check_id(standing.upstream_id)
                        work.upstream_id = standing.upstream_id
                    for report in (work.checkpoint(), work.measure(standing)):
                        if report is not None:
                            yield report
        except (StopAsyncIteration, TimeoutError, Interrupted, httpx.HTTPError):
            standing = reader.end()
        except EngineError as error:
            raise Unclear(str(error)) from error
        _end_stream(work, standing)

    def _reader(self, response: httpx.Response) -> StreamReader | None:
        """What reads the reply, if it is a stream of events that the wire can follow."""
        if self._wire.follow is None or not response.is_success or not is_event_stream(response):
            return None
        return self._wire.follow()


async def _heard(opening: Coroutine[Any, Any, _Result], work: Work, hearing_s: float) -> _Result:
    """What comes of `opening`, waited for a little even if the attempt is cancelled.

    What was sent can't be called back; to leave before the answer would be not to know.
    """
    task = asyncio.ensure_future(opening)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        work.is_left = True
        await asyncio.wait([task], timeout=hearing_s)
        if task.done() and not task.cancelled():
            return task.result()
        raise
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])


def _end_stream(work: Work, standing: Standing) -> None:
    work.upstream_id = standing.upstream_id or work.upstream_id
    match standing.outcome:
        case Failed(error=error):
            raise Over(error)
        case Waiting() | Unknown():
            if work.upstream_id is None:
                raise Unclear("The upstream broke its stream off before it named the film.")
        case _:
            work.standing = standing


def _submission(wire: Wire, work: Work) -> Call:
    try:
        return wire.submit(work.order)
    except MatineeError as error:
        raise _nothing_taken(work, error) from error


def _nothing_taken(work: Work, error: MatineeError) -> Exception:
    """What it means that this try surely came to nothing: an earlier one may not have."""
    return Unclear(str(error)) if work.is_lost else Over(error)
