"""A PostgreSQL of the tests' own, from Debian's package, and empty databases in it.

A test takes `a_database()`; it shares one server with every other test of its process. What stops
and starts servers, or is no test at all, takes `a_server()`. Nothing of either is left behind,
also where the process is killed.
"""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import psycopg  # noqa: TID253  # the tests have every extra
import pytest

from matinee.store.postgres_schema import upgrade

_USER = "postgres"
_EMPTY = "matinee_empty"
_NOT_DURABLE = ("fsync=off", "full_page_writes=off")
_SETTINGS = (
    "max_connections=300",
    "shared_buffers=64MB",
    "lc_messages=C",
    # Deadlocks are provoked, and need not be waited for.
    "deadlock_timeout=50ms",
)
_BY_DEBIAN = Path("/usr/lib/postgresql")

# Without triggers, and so without a look at foreign keys.
_EMPTY_AGAIN = """
DO $$
DECLARE
    name text;
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
        AND tablename NOT IN ('alembic_version', 'house', 'outbox')
    LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    DELETE FROM house WHERE house.name <> 'queue_schema';
    UPDATE outbox SET sequence = 0, resends = 0;
    PERFORM setval('events_sequence_seq', 1, false);
END
$$
"""

# Waits until whoever holds its standard input is gone, however that came.
_GUARD = """
cat > /dev/null
kill -QUIT "$(head -n 1 "$1/data/postmaster.pid")" 2> /dev/null
while [ -e "$1/data/postmaster.pid" ] && kill -0 "$(head -n 1 "$1/data/postmaster.pid")"
do sleep 0.05; done 2> /dev/null
rm -rf "$1"
"""


class PostgresServer:
    """One server with its files in `folder`, on a Unix socket there and on a port."""

    def __init__(self, folder: Path, *, addresses: str, is_durable: bool) -> None:
        self._programs = _programs()
        self._folder = folder
        self._data = folder / "data"
        self.port = _free_port()
        self.host = "127.0.0.1"
        self._names = itertools.count(1)
        self._has_empty = False
        self._emptied: list[str] = []
        self._make_cluster(addresses, is_durable=is_durable)

    @property
    def process_id(self) -> int:
        """The server's first process, while it runs."""
        return int((self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])

    def url(self, database: str = "postgres", *, host: str | None = None) -> str:
        """The address of a database, as the setting `database` takes it."""
        return f"postgresql://{_USER}@{host or self.host}:{self.port}/{database}"

    def start(self) -> None:
        """Start it, and return once it takes connections."""
        log = self._folder / "log"
        self._run("pg_ctl", "start", "-w", "-t", "60", "-s", "-D", self._data, "-l", log)

    def stop(self) -> None:
        """End it in good order; connections are cut."""
        self._run("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", self._data)

    def stop_immediately(self) -> None:
        """End it as if the machine had failed: the next start recovers."""
        self._run("pg_ctl", "stop", "-w", "-s", "-m", "immediate", "-D", self._data)

    @contextmanager
    def a_database(self) -> Iterator[str]:
        """The address of an empty database of the newest schema; its tables stay as they are."""
        name = self._emptied.pop() if self._emptied else self._a_copy()
        yield self.url(name)
        # A fifth of the time that it takes to remove it and to copy the next one.
        self.execute(_EMPTY_AGAIN, name)
        self._emptied.append(name)

    @contextmanager
    def a_bare_database(self) -> Iterator[str]:
        """The address of a database without any tables, removed at the end."""
        name = f"bare_{next(self._names)}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run `statement` as the server's owner."""
        with psycopg.connect(self._socket(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _socket(self, database: str) -> str:
        return f"host={self._folder} port={self.port} user={_USER} dbname={database}"

    def _a_copy(self) -> str:
        if not self._has_empty:
            self.execute(f"CREATE DATABASE {_EMPTY}")
            upgrade(self.url(_EMPTY))
            self._has_empty = True
        name = f"matinee_{next(self._names)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {_EMPTY}")
        return name

    def _make_cluster(self, addresses: str, *, is_durable: bool) -> None:
        self._data.mkdir()
        if os.geteuid() == 0:
            for path in (self._folder, self._data):
                shutil.chown(path, _USER, _USER)
        options = ("--no-sync", "--no-instructions", "--auth=trust", "--encoding=UTF8")
        self._run("initdb", *options, "--locale=C.UTF-8", f"--username={_USER}", "-D", self._data)
        settings = (
            *_SETTINGS,
            *(() if is_durable else _NOT_DURABLE),
            f"listen_addresses='{addresses}'",
            f"unix_socket_directories='{self._folder}'",
            f"port={self.port}",
        )
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\n".join(settings) + "\n")
        with (self._data / "pg_hba.conf").open("a", encoding="utf-8") as file:
            file.write("host all all all trust\n")

    def _run(self, program: str, *arguments: object) -> None:
        as_owner = ("runuser", "-u", _USER, "--") if os.geteuid() == 0 else ()
        command = [*as_owner, str(self._programs / program), *map(str, arguments)]
        # A file, not a pipe: the server would hold a pipe open that is waited for.
        with (self._folder / "said").open("w") as said:
            done = subprocess.run(command, cwd=self._folder, stdout=said, stderr=said, check=False)
        if done.returncode:
            raise RuntimeError(f"{program} ended with {done.returncode}: {self._said()}")

    def _said(self) -> str:
        files = (self._folder / "said", self._folder / "log")
        return "\n".join(file.read_text(errors="replace") for file in files if file.exists())


@contextmanager
def a_server(*, addresses: str = "127.0.0.1", is_durable: bool = False) -> Iterator[PostgresServer]:
    """A server that runs, and is gone with its files at the end or with this process.

    It listens on `addresses`, as PostgreSQL spells them. Unless `is_durable`, it survives its own
    end, however that comes, but not that of the machine, and is much faster.
    """
    folder = Path(tempfile.mkdtemp(prefix="matinee-postgres-"))
    # In a session of its own: an interrupt from the keyboard is for the tests.
    guard = subprocess.Popen(
        ["/bin/sh", "-c", _GUARD, "guard", str(folder)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    with guard:
        server = PostgresServer(folder, addresses=addresses, is_durable=is_durable)
        server.start()
        yield server


@contextmanager
def a_database() -> Iterator[str]:
    """The address of an empty database of the newest schema, for one test."""
    with the_server().a_database() as url:
        yield url


def the_server() -> PostgresServer:
    """The server that the tests of this process share. It must be left running."""
    server, _ = _shared()
    return server


@cache
def _shared() -> tuple[PostgresServer, ExitStack]:
    skip_without_postgres()
    # Never closed: the guard ends the server when this process ends.
    kept = ExitStack()
    return kept.enter_context(a_server()), kept


def skip_without_postgres() -> None:
    """Skip the test where PostgreSQL is not installed and can't be."""
    if _programs().is_dir():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        raise RuntimeError("PostgreSQL is not installed; `make debian-packages` installs it.")
    pytest.skip("PostgreSQL is not installed, and only root can: Debian's package `postgresql`")


def _programs() -> Path:
    """The folder of the newest PostgreSQL's programs; one that is not there if there is none."""
    found = [path.parent for path in _BY_DEBIAN.glob("*/bin/initdb")]
    elsewhere = shutil.which("initdb")
    if not found and elsewhere:
        return Path(elsewhere).resolve().parent
    return max(found, key=lambda path: int(path.parent.name), default=_BY_DEBIAN / "none")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
