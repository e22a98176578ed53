"""A gate before a server: it lets requests through, and keeps answers back as it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

_OWN = frozenset({"host", "connection", "content-length", "transfer-encoding", "date", "server"})


class Gate:
    """While `holds` is set, whoever creates a video never hears of it."""

    def __init__(self, url: str) -> None:
        self.holds = threading.Event()
        self.taken = threading.Event()
        """Set when a video was created and the answer is kept back."""

        self.creates: list[str] = []
        """The `Idempotency-Key` of each create."""

        self._open = threading.Event()
        self._behind = httpx.Client(base_url=url, timeout=60, trust_env=False)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def standing(self) -> Iterator[Gate]:
        """The gate, while the context is open."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            self._open.set()
            self._server.shutdown()
            thread.join()
            self._server.server_close()
            self._behind.close()

    def pass_on(self, asked: BaseHTTPRequestHandler) -> httpx.Response | None:
        """The server's answer; None if it is kept back."""
        body = asked.rfile.read(int(asked.headers.get("content-length", "0")))
        headers = {name: text for name, text in asked.headers.items() if name.lower() not in _OWN}
        reply = self._behind.request(asked.command, asked.path, content=body, headers=headers)
        if asked.command == "POST":
            self.creates.append(asked.headers.get("idempotency-key", ""))
            if self.holds.is_set():
                self.taken.set()
                self._open.wait()
                return None
        return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                reply = gate.pass_on(self)
                if reply is None:
                    return
                self.send_response(reply.status_code)
                for name, text in reply.headers.items():
                    if name.lower() not in _OWN:
                        self.send_header(name, text)
                self.send_header("content-length", str(len(reply.content)))
                self.end_headers()
                self.wfile.write(reply.content)

            do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 - the names are the library's

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
