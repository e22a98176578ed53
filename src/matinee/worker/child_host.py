"""The other end of `child.py`: runs inside the child process and lets an engine make films."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import aclosing
from typing import BinaryIO

import msgspec

from matinee.core.errors import EngineError, MatineeError
from matinee.ports.engine import Checkpoint, Engine, Progress
from matinee.worker.child import (
    CheckpointReply,
    DoneReply,
    ErrorReply,
    GenerateRequest,
    ProgressReply,
    Reply,
)

logger = logging.getLogger(__name__)

_NICENESS = 10
"""Making films yields to answering requests on the same cores."""


async def host(engine: Engine) -> None:
    """Serve requests from standard input with `engine` until it is closed.

    When the parent dies the input closes, and work in progress is given up at once.
    """
    os.nice(_NICENESS)
    replies = _take_standard_output()
    requests = await _standard_input()
    next_line = asyncio.ensure_future(requests.readline())
    try:
        while line := await next_line:
            request = msgspec.json.decode(line, type=GenerateRequest)
            next_line = asyncio.ensure_future(requests.readline())
            film = asyncio.ensure_future(_make(engine, request, replies))
            await asyncio.wait({film, next_line}, return_when=asyncio.FIRST_COMPLETED)
            if next_line.done() and not next_line.result():
                film.cancel()
            await asyncio.gather(film, return_exceptions=True)
    finally:
        await engine.close()


async def _make(engine: Engine, request: GenerateRequest, replies: BinaryIO) -> None:
    try:
        async with aclosing(engine.generate(request.spec, request.space)) as reports:
            async for report in reports:
                match report:
                    case Progress(done=done, total=total):
                        _reply(replies, ProgressReply(done, total))
                    case Checkpoint(upstream_id=upstream_id):
                        _reply(replies, CheckpointReply(upstream_id))
        _reply(replies, DoneReply())
    except MatineeError as error:
        _reply(replies, ErrorReply(error.code, str(error)))
    except Exception:  # a defect of the engine is its video's end, never the server's
        logger.exception("engine failed", extra={"engine": engine.name})
        _reply(replies, ErrorReply(EngineError.code, "The engine failed; the log says why."))


def _reply(replies: BinaryIO, reply: Reply) -> None:
    replies.write(msgspec.json.encode(reply) + b"\n")
    replies.flush()


def _take_standard_output() -> BinaryIO:
    """Keep standard output for replies; what libraries print goes to standard error."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return replies


async def _standard_input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=4 * 1024 * 1024)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader
