"""HTTP/1.1 as uvicorn reads it, with bounds on what it leaves unbounded: heads and patience."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from matinee.web.errors import ErrorBody, ErrorEnvelope

MOST_UNHEARD_BYTES = 64 * 1024
"""The most that may come in without ending a head, a piece of a body, or a request."""

_PATIENCE_S = 30.0
"""The longest wait for the end of a head, and for the next piece of a body."""

_NO_HTTP = "This is no HTTP/1.1 request: it can't be read."
_HEAD_TOO_LARGE = (
    f"The request's head is larger than {MOST_UNHEARD_BYTES:,} bytes: send a shorter URL, or fewer "
    "or shorter headers."
)


class BoundedProtocol(HttpToolsProtocol):
    """Refuses heads and trailers without end, and closes connections on which no request comes.

    They cost a stranger nothing and the server memory or descriptors, before any key is seen.
    """

    patience_s = _PATIENCE_S

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected, and owes a request."""
        self._unheard_bytes = 0
        self._owes_body = False
        self._patience: asyncio.TimerHandle | None = None
        super().connection_made(transport)  # type: ignore[arg-type]  # narrower there
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over."""
        self._stop_waiting()
        super().connection_lost(exc)

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
        super().on_headers_complete()

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
