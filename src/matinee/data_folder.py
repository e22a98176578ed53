"""The data folder: where everything of one server lies, and the lock that keeps it to one."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from matinee.core.errors import SettingsInvalid

PEPPER_BYTES = 32
"""The least that a server's secret has, and what one has that is made here."""

_LOCK_TRIES = 5
_PROCESS = "process-"
_LOCK_WAIT_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningServer:
    """The server that holds a data folder: where it answers, and its process."""

    url: str
    process_id: int


class FolderInUse(SettingsInvalid):
    """Another server holds the data folder."""

    def __init__(self, folder: Path, holder: RunningServer | None) -> None:
        at = f" at {holder.url} (process {holder.process_id})" if holder else ""
        super().__init__(
            f"A server{at} already uses the data folder {folder}. "
            "Stop it first, or give this one another folder with --data."
        )


class DataFolder:
    """Paths within a data folder. Nothing is made before `prepare` is called."""

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().absolute()
        self.database = self.root / "matinee.db"
        self.blobs = self.root / "blobs"
        self.work = self.root / "work"
        self.uploads = self.work / "uploads"
        self.state = self.root / "state"
        self.restoring = self.root / ".restoring"
        """Where a backup lies while it is restored; the database comes out of it last."""

        self._lock = self.root / "server.lock"
        self._pepper = self.root / "pepper.key"

    def prepare(self) -> None:
        """Make the folder, for its owner alone. Raises SettingsInvalid if that can't be."""
        with self._explained("made"):
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def models(self, elsewhere: str | None) -> Path:
        """Where the weights of open models lie: `elsewhere` if that is set, else in here."""
        return Path(elsewhere).expanduser() if elsewhere else self.root / "models"

    def apart(self, process_id: int) -> DataFolder:
        """The same folder for one of several processes, with a place of its own to work in."""
        apart = DataFolder(self.root)
        apart.work = self.work / f"{_PROCESS}{process_id}"
        apart.uploads = apart.work / "uploads"
        return apart

    def clear_work(self) -> None:
        """Remove what dead processes left unfinished: of others that live, nothing.

        Before this process works on anything.
        """
        shutil.rmtree(self.work, ignore_errors=True)
        if not self.work.name.startswith(_PROCESS):
            return
        for path in self.work.parent.glob("*"):
            if not _is_alive(path.name.removeprefix(_PROCESS)):
                shutil.rmtree(path, ignore_errors=True)

    def pepper(self) -> bytes:
        """The server's own secret, under which keys are digested; made when first asked for.

        Raises SettingsInvalid if its file is too short to hold one.
        """
        with self._explained("used"):
            if not self._pepper.exists():
                self._make_pepper()
            return _checked_secret(self._pepper)

    def known_pepper(self) -> bytes | None:
        """The server's own secret, if there is one here; none is made."""
        with self._explained("used"):
            return _checked_secret(self._pepper) if self._pepper.exists() else None

    def adopt_pepper(self, path: Path) -> None:
        """Make the file at `path`, on the same disk, the server's secret.

        Raises SettingsInvalid if it is too short for one.
        """
        with self._explained("used"):
            _checked_secret(path)
            path.chmod(0o600)
            path.rename(self._pepper)

    @contextmanager
    def hold(self, *, is_restoring: bool = False) -> Iterator[LockedFolder]:
        """Keep the folder for this process alone. Raises FolderInUse if another one has it.

        The kernel lets go of it when the process ends, however it ends. Raises SettingsInvalid
        if a backup was restored here by half, unless that is done again.
        """
        if not is_restoring and self.restoring.exists() and not self.database.exists():
            raise SettingsInvalid(
                f"A restore into the data folder {self.root} was broken off: do it again with "
                "'matinee restore', or choose another folder with --data.",
                param="data",
            )
        with self._explained("used"):
            held = self._lock.open("a+", encoding="utf-8")
        with held as file:
            if not _lock(file):
                raise FolderInUse(self.root, self._read_lock())
            file.truncate(0)
            yield LockedFolder(self._lock)
            file.truncate(0)

    def running_server(self) -> RunningServer | None:
        """The server that holds the folder now and has said where it answers."""
        with self._explained("used"):
            try:
                file = self._lock.open("r", encoding="utf-8")
            except FileNotFoundError:
                return None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return self._read_lock()
            return None

    def _make_pepper(self) -> None:
        fresh = self._pepper.with_suffix(f".{os.getpid()}")
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.write(handle, secrets.token_bytes(PEPPER_BYTES))
                os.fsync(handle)
            finally:
                os.close(handle)
            # A link never replaces a file: of two processes that begin together, one wins.
            with contextlib.suppress(FileExistsError):
                os.link(fresh, self._pepper)
        finally:
            fresh.unlink(missing_ok=True)

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SettingsInvalid(
                f"The data folder {self.root} can't be {what}: {error.strerror}. "
                "Name another one with --data."
            ) from error

    def _read_lock(self) -> RunningServer | None:
        try:
            said = json.loads(self._lock.read_text(encoding="utf-8"))
        except ValueError:
            # Held by a server that is just starting and has not said its address.
            return None
        return RunningServer(url=said["url"], process_id=said["process_id"])


def _checked_secret(path: Path) -> bytes:
    """The secret in the file at `path`. Raises SettingsInvalid if it is too short for one."""
    secret = path.read_bytes()
    if len(secret) < PEPPER_BYTES:
        raise SettingsInvalid(
            f"The file {path} has {len(secret)} bytes, and a server's secret at least "
            f"{PEPPER_BYTES}. Put the old one back there. If nothing was made under it, remove the "
            "file, and a new one is made.",
            param="data",
        )
    return secret


def _is_alive(process_id: str) -> bool:
    try:
        os.kill(int(process_id), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _lock(file: IO[str]) -> bool:
    # `running_server` holds a shared lock for an instant; that must not look like a server.
    for _ in range(_LOCK_TRIES):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(_LOCK_WAIT_S)
    return False


class LockedFolder:
    """A data folder held by this process."""

    def __init__(self, lock: Path) -> None:
        self._lock = lock

    def tell(self, url: str) -> None:
        """Write down where this server answers, for commands on the same machine."""
        said = json.dumps({"url": url, "process_id": os.getpid()})
        self._lock.write_text(said, encoding="utf-8")
