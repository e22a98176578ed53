"""HTTP/1.1 as uvicorn reads it, with bounds on what it leaves unbounded: heads and patience."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import msgspec
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from matinee.web.connection import DEPARTURE
from matinee.web.errors import ErrorBody, ErrorEnvelope

MOST_UNHEARD_BYTES = 64 * 1024
"""The most that may come in without ending a head, a piece of a body, or a request."""

_PATIENCE_S = 30.0
"""The longest wait for the end of a head, for the next piece of a body, and for a client that reads
nothing of a reply."""

_NO_HTTP = "This is no HTTP/1.1 request: it can't be read."
_HEAD_TOO_LARGE = (
    f"The request's head is larger than {MOST_UNHEARD_BYTES:,} bytes: send a shorter URL, or fewer "
    "or shorter headers."
)


class LeanEvent:
    """Does what `asyncio.Event` does, and holds nothing while nobody waits.

    With the two of those that uvicorn makes for each connection, 20,000 streams weigh 30 MB more.
    """

    __slots__ = ("_is_set", "_waiting")

    def __init__(self, *, is_set: bool = False) -> None:
        self._is_set = is_set
        self._waiting: list[asyncio.Future[None]] | None = None

    def set(self) -> None:
        """Let everyone go who waits, and who comes to wait."""
        self._is_set = True
        waiting, self._waiting = self._waiting, None
        for future in waiting or ():
            if not future.done():
                future.set_result(None)

    def clear(self) -> None:
        """Let them wait again."""
        self._is_set = False

    async def wait(self) -> None:
        """Return once it is set."""
        if self._is_set:
            return
        future = asyncio.get_running_loop().create_future()
        if self._waiting is None:
            self._waiting = []
        self._waiting.append(future)
        await future


class _LeanFlow(FlowControl):
    """Cuts off a client that reads nothing of what waits for it, whatever waits behind that."""

    __slots__ = ("_loop", "_patience", "_patience_s", "_unread_bytes")

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, patience_s: float
    ) -> None:
        super().__init__(transport)
        self._is_writable_event = LeanEvent(is_set=True)  # type: ignore[assignment]  # as good as
        self._loop = loop
        self._patience_s = patience_s
        self._patience: asyncio.TimerHandle | None = None
        self._unread_bytes = 0

    def pause_writing(self) -> None:
        """More waits to be read than should."""
        super().pause_writing()
        if self._patience is None:
            self._wait()

    def resume_writing(self) -> None:
        """It has been read, or never will be."""
        super().resume_writing()
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _wait(self) -> None:
        self._unread_bytes = self._transport.get_write_buffer_size()
        self._patience = self._loop.call_later(self._patience_s, self._look)

    def _look(self) -> None:
        # Slow is not silent: a film on a poor line may need longer for what waits.
        if self._transport.get_write_buffer_size() < self._unread_bytes:
            self._wait()
        else:
            self._transport.abort()


class _Line(list[Any]):
    """The requests of a connection that wait for their turn; an empty deque holds 700 bytes."""

    def appendleft(self, item: object) -> None:
        self.insert(0, item)


class BoundedProtocol(HttpToolsProtocol):
    """Refuses heads and trailers without end, and closes connections on which no request comes,
    or nothing of the replies is read.

    They cost a stranger nothing and the server memory or descriptors, before any key is seen.
    """

    # With more than 30 attributes in its dictionary, each connection would pay for their names.
    __slots__ = ("_on_departure", "_owes_body", "_patience", "_unheard_bytes")

    patience_s = _PATIENCE_S

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected, and owes a request."""
        self._unheard_bytes = 0
        self._owes_body = False
        self._patience: asyncio.TimerHandle | None = None
        self._on_departure: Callable[[], None] | None = None
        super().connection_made(transport)  # type: ignore[arg-type]  # narrower there
        self.flow = _LeanFlow(self.transport, self.loop, self.patience_s)
        self.pipeline = _Line()  # type: ignore[assignment]  # as good as
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over."""
        self._stop_waiting()
        super().connection_lost(exc)
        if self._on_departure is not None:
            self._on_departure()

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        self._unheard_bytes += len(data)
        super().data_received(data)
        if self._unheard_bytes > MOST_UNHEARD_BYTES:
            self._refuse()
        elif self._patience is None and (self._unheard_bytes or self._owes_body):
            self._wait()

    def on_headers_complete(self) -> None:
        """A head has been read."""
        self._heard()
        self._owes_body = True
        self.scope[DEPARTURE] = self._note_departure  # type: ignore[literal-required]  # ours
        super().on_headers_complete()
        # Before anybody waits for it: the request's task has not begun yet.
        self.cycle.message_event = LeanEvent()  # type: ignore[assignment]  # as good as

    def on_body(self, body: bytes) -> None:
        """A piece of a body has been read."""
        self._heard()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A whole request has been read."""
        self._owes_body = False
        if self._unheard_bytes or self._patience is not None:
            self._heard()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, in the form of every other error."""
        del msg
        self._reply(HTTPStatus.BAD_REQUEST, "malformed_request", _NO_HTTP)

    def _note_departure(self, action: Callable[[], None] | None) -> None:
        self._on_departure = action
        if action is not None and self.transport.is_closing():
            action()

    def _heard(self) -> None:
        self._unheard_bytes = 0
        if self._patience is not None:
            self._stop_waiting()

    def _wait(self) -> None:
        self._patience = self.loop.call_later(self.patience_s, self._give_up)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        if self.flow.read_paused or (self._is_answering() and not self.cycle.more_body):
            # It is we who don't read, or the client has its stream and only began the next request.
            self._wait()
        else:
            self.transport.close()

    def _refuse(self) -> None:
        if self.transport.is_closing():
            return
        if self._is_answering():
            self.transport.close()
        else:
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            self._reply(status, "head_too_large", _HEAD_TOO_LARGE)

    def _is_answering(self) -> bool:
        # Declared as never None there, and None until the first head is complete.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _reply(self, status: HTTPStatus, code: str, message: str) -> None:
        error = ErrorBody(message=message, type="invalid_request_error", param=None, code=code)
        body = msgspec.json.encode(ErrorEnvelope(error=error))
        headers = [
            *self.server_state.default_headers,
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        head = b"".join(b"%s: %s\r\n" % header for header in headers)
        line = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
        self.transport.write(line + head + b"\r\n" + body)
        self.transport.close()
