"""Runs an application as a process: the listening socket, the signals, the order of ending."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from matinee.app import Application
from matinee.core.errors import SettingsInvalid
from matinee.data_folder import DataFolder, LockedFolder
from matinee.foundations import open_foundations
from matinee.settings import Settings
from matinee.web.protocol import BoundedProtocol

logger = logging.getLogger(__name__)

_BACKLOG = 2048
_GRACE_S = 10
"""How long requests that are being answered may take to end when the server stops."""


def serve(settings: Settings, folder: DataFolder) -> None:
    """Serve until SIGTERM or SIGINT. Raises SettingsInvalid if it can't begin."""
    folder.prepare()
    with folder.hold() as locked, _listen(settings) as listener:
        # uvloop makes the loop where it is installed.
        loop_factory = uvicorn.Config("", loop="auto", log_config=None).get_loop_factory()
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(_serve(settings, folder, locked, listener))


async def _serve(
    settings: Settings, folder: DataFolder, locked: LockedFolder, listener: socket.socket
) -> None:
    async with open_foundations(settings, folder) as foundations:
        needs_key = await foundations.store.has_keys()
        application = Application(settings, folder, foundations, needs_key=needs_key)
        await _refuse_open_doors(settings, application)
        await application.sweep()
        unfinished = await application.supervisor.recover()
        url = _url_of(listener)
        server = _Server(application, tell=lambda: locked.tell(url))
        working = asyncio.ensure_future(application.work())
        working.add_done_callback(lambda _: server.stop())
        logger.info("serving", extra={"url": url, "unfinished": unfinished})
        try:
            await server.serve(sockets=[listener])
        finally:
            working.cancel()
            try:
                with contextlib.suppress(asyncio.CancelledError):
                    await working
            finally:
                await application.supervisor.close()
        logger.info("stopped")


class _Server(uvicorn.Server):
    """Answers requests until it is told to stop; then lets watchers go, so that streams end."""

    def __init__(self, application: Application, *, tell: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                application.site,
                lifespan="off",
                loop="none",
                http=BoundedProtocol,
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )
        self._announcements = application.announcements
        self._tell = tell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and only then tell where."""
        await super().startup(sockets)
        self._tell()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT, and never end the process from within a handler."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def stop(self) -> None:
        """End soon: no new requests, and those that wait for a video are let go."""
        self.should_exit = True
        self._announcements.close()


async def _refuse_open_doors(settings: Settings, application: Application) -> None:
    if not _is_loopback(settings.host) and not await application.access.needs_key():
        raise SettingsInvalid(
            f"Listening on {settings.host} would let everyone who reaches this machine use it: "
            "there is no API key yet. Make one with 'matinee keys create --account NAME', or "
            "listen on 127.0.0.1.",
            param="host",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def _listen(settings: Settings) -> Iterator[socket.socket]:
    where = f"{settings.host}:{settings.port}"
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
        # Inherited by what is accepted: the second piece of a reply must not wait for a receipt.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsInvalid(
                f"Another program listens on {where}, perhaps a Matinee (`make demo` leaves one "
                "running; `make demo-stop` ends it). Choose another port with --port.",
                param="port",
            ) from error
        raise SettingsInvalid(
            f"Can't listen on {where}: {error.strerror}. Choose another address with --host.",
            param="port",
        ) from error
    del kind
    with listener:
        yield listener


def _url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "::1" if ":" in host else "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
