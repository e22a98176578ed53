"""Runs an application as a process: the listening socket, the signals, the order of ending."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import ipaddress
import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import uvicorn

from matinee.app import Application
from matinee.core.errors import SettingsInvalid
from matinee.data_folder import DataFolder, FolderInUse, LockedFolder
from matinee.foundations import Lay, open_foundations, require_shared_films
from matinee.settings import Settings
from matinee.stopping import Stop
from matinee.web.protocol import BoundedProtocol

logger = logging.getLogger(__name__)

_BACKLOG = 2048
_COLLECTED_AFTER = (100_000, 2, 10)
"""So many more objects than before, so many such times, and so many of those; see `gc`.

An event replaces what its watcher kept of the one before, so that nearly all that many watchers
keep is young at any time. A search of the young for each few thousand objects more walked through
all of that; what fell behind by it had more objects at a time, thus more searches.
"""

_GRACE_S = 10
"""How long requests that are being answered may take to end when the server stops."""


def serve(
    settings: Settings,
    folder: DataFolder,
    *,
    has_workers: bool = True,
    lay: Lay = open_foundations,
) -> None:
    """Serve until SIGTERM or SIGINT; without workers, others make the films.

    Raises SettingsInvalid if it can't begin.
    """
    if not has_workers and settings.database is None:
        raise SettingsInvalid(
            "A server without workers needs a database that workers share: set 'database' to a "
            "PostgreSQL address, such as postgresql://matinee@db.example.org/matinee.",
            param="database",
        )
    if not has_workers:
        require_shared_films(settings)
    folder.prepare()
    with ExitStack() as stack:
        locked = _held(settings, folder, stack)
        listener = stack.enter_context(_listen(settings))
        own = folder if settings.database is None else folder.apart(os.getpid())
        # uvloop makes the loop where it is installed.
        loop_factory = uvicorn.Config("", loop="auto", log_config=None).get_loop_factory()
        runner = stack.enter_context(asyncio.Runner(loop_factory=loop_factory))
        process = _Process(settings, own, lay, locked)
        runner.run(process.serve(listener, has_workers=has_workers))


def _held(settings: Settings, folder: DataFolder, stack: ExitStack) -> LockedFolder | None:
    """The folder held by this process.

    None if another one has it, which is no matter where the rows are elsewhere.
    """
    try:
        return stack.enter_context(folder.hold())
    except FolderInUse:
        if settings.database is None:
            raise
        return None


class _Process:
    """One process that answers requests."""

    def __init__(
        self, settings: Settings, folder: DataFolder, lay: Lay, locked: LockedFolder | None
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._lay = lay
        self._locked = locked

    async def serve(self, listener: socket.socket, *, has_workers: bool) -> None:
        """Answer and make films until a signal comes, and end in good order."""
        async with self._lay(self._settings, self._folder) as foundations:
            needs_key = await foundations.store.has_keys()
            application = Application(
                self._settings,
                self._folder,
                foundations,
                needs_key=needs_key,
                has_workers=has_workers,
            )
            await _refuse_open_doors(self._settings, application)
            await application.sweep()
            unfinished = await application.crew.begin()
            url = _url_of(listener)
            server = _Server(application, tell=lambda: self._tell(url))
            working = asyncio.ensure_future(application.work())
            working.add_done_callback(lambda _: server.stop())
            counted = {} if unfinished is None else {"unfinished": unfinished}
            logger.info("serving", extra={"url": url, **counted})

            def begin_to_end() -> None:
                application.crew.supervisor.begin_no_more()
                server.stop()

            stop = Stop(begin_to_end)
            with stop.on_signals():
                try:
                    await server.serve(sockets=[listener])
                    await application.crew.drain(self._settings.drain_s or 0, stop.hurried)
                finally:
                    await _end(application, working)
            logger.info("stopped")

    def _tell(self, url: str) -> None:
        if self._locked is not None:
            self._locked.tell(url)


async def _end(application: Application, working: asyncio.Future[None]) -> None:
    working.cancel()
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await working
    finally:
        await application.crew.supervisor.close()


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
        calm_collector()
        await super().startup(sockets)
        self._tell()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them to the process."""
        yield

    def stop(self) -> None:
        """End soon: no new requests, and those that wait for a video are let go."""
        self.should_exit = True
        self._announcements.close()


async def _refuse_open_doors(settings: Settings, application: Application) -> None:
    if not _is_loopback(settings.host) and not await application.access.needs_key():
        raise SettingsInvalid(
            f"Listening on {settings.host} would let everyone who reaches this machine use it: "
            "there is no API key yet. Make one with 'matinee keys create --account NAME' and the "
            "same --data and --database as here, or listen on 127.0.0.1.",
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


def calm_collector() -> None:
    """Have Python look for garbage in circles seldom enough that nobody waits for it.

    A full search walks through everything: 60 ms for what the start made, which is left out from
    now on, and three quarters of a second for what 19,500 watchers need (`docs/performance.md`).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AFTER)
