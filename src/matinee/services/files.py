"""Files that clients upload, to be named in requests by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from matinee.core.errors import (
    FileNotFound,
    InvalidRequest,
    MatineeError,
    MissingParameter,
    NotFound,
    ServiceUnavailable,
    TooLarge,
    shown,
)
from matinee.core.ids import AccountId, FileId, parse_file_id
from matinee.core.retention import end_of_files, require_in_time
from matinee.core.stored_file import StoredFile, blob_folder
from matinee.core.wish import Upload
from matinee.ports.library import FilePage
from matinee.ports.store import Transaction
from matinee.services.access import check_owner
from matinee.services.ports import Ports

_MIB = 1024 * 1024
_SWEPT_AT_ONCE = 100
_MOST_NAME_CHARACTERS = 512
_MOST_PURPOSE_CHARACTERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWish:
    """A file that is to be stored. Name, purpose and type are the client's words."""

    upload: Upload
    name: str
    purpose: str
    media_type: str
    expires_after: timedelta | None = None


class Files:
    """The use cases of files. Every one acts for an account and sees only what is that one's."""

    def __init__(self, ports: Ports, *, max_bytes: int, retention: timedelta | None = None) -> None:
        """`retention` is how long a file stays at the most; None: until it is deleted."""
        self._store = ports.store
        self._blobs = ports.blobs
        self._clock = ports.clock
        self._identities = ports.identities
        self._room = ports.room
        self._max_bytes = max_bytes
        self._retention = retention

    async def create(self, account_id: AccountId, wish: FileWish) -> StoredFile:
        """Store a file. Raises an InvalidRequest that names the field, or StorageFull."""
        size_bytes = self._admit(wish)
        self._room.check()
        now = self._clock.now()
        file_id = self._identities.file_id(now)
        file = StoredFile(
            id=file_id,
            account_id=account_id,
            name=wish.name,
            purpose=wish.purpose,
            media_type=wish.media_type,
            size_bytes=size_bytes,
            blob_key=f"{blob_folder(file_id)}/content",
            created_at=now,
            expires_at=end_of_files(now, self._lifetime(wish)),
        )
        if wish.upload.path is not None:
            await self._blobs.put(file.blob_key, wish.upload.path)
        else:
            await self._blobs.put_bytes(file.blob_key, wish.upload.data or b"")
        await self._add(file)
        return file

    async def get(
        self, account_id: AccountId, spelled_id: str, *, param: str | None = None
    ) -> StoredFile:
        """The account's file of that id, whose time is not over. Raises FileNotFound."""
        file_id = parse_file_id(spelled_id)
        file = await self._store.file(file_id) if file_id else None
        if file is None or file.account_id != account_id or self._is_over(file):
            raise _no_file(spelled_id, param)
        return file

    async def list(
        self,
        account_id: AccountId,
        *,
        purpose: str | None,
        limit: int,
        after: str | None,
        newest_first: bool,
    ) -> FilePage:
        """A page of the account's files, behind the one with the id `after`.

        Raises FileNotFound if `after` is no id at all.
        """
        last = parse_file_id(after) if after else None
        if after and last is None:
            raise _no_file(after, "after")
        while True:
            page = await self._store.list_files(
                account_id, purpose=purpose, limit=limit, after=last, newest_first=newest_first
            )
            valid = tuple(file for file in page.files if not self._is_over(file))
            if valid or not page.has_more:
                return FilePage(files=valid, has_more=page.has_more)
            # Clients take an empty page for the last one.
            last = page.files[-1].id

    async def delete(self, account_id: AccountId, spelled_id: str) -> StoredFile:
        """Remove the file; returns it as it was. Raises FileNotFound."""
        file = await self.get(account_id, spelled_id)
        if not await self._remove([file.id]):
            raise _no_file(spelled_id, None)
        return file

    async def read(
        self, account_id: AccountId, spelled_id: str, *, param: str, limit_bytes: int
    ) -> bytes:
        """The bytes of a file that a request names.

        Raises FileNotFound, or TooLarge if it has more than `limit_bytes`, naming `param`.
        """
        file = await self.get(account_id, spelled_id, param=param)
        if file.size_bytes > limit_bytes:
            raise TooLarge(
                f"The file '{spelled_id}' is larger than {limit_bytes / _MIB:g} MiB.", param=param
            )
        try:
            pieces = [piece async for piece in self._blobs.open(file.blob_key, 0, file.size_bytes)]
        except NotFound as error:
            raise _no_file(spelled_id, param) from error
        return b"".join(pieces)

    async def fetch(
        self, account_id: AccountId, spelled_id: str, target: Path, *, param: str
    ) -> None:
        """Copy a file that a request names to `target`. Raises FileNotFound naming `param`."""
        file = await self.get(account_id, spelled_id, param=param)
        try:
            await self._blobs.fetch(file.blob_key, target)
        except NotFound as error:
            raise _no_file(spelled_id, param) from error

    async def sweep(self) -> int:
        """Remove some of the files whose time is over; how many. 0 when all is done."""
        now = self._clock.now()
        overdue = await self._store.write(
            lambda transaction: transaction.library.overdue_files(now, _SWEPT_AT_ONCE)
        )
        return await self._remove([file.id for file in overdue]) if overdue else 0

    async def _add(self, file: StoredFile) -> None:
        def work(transaction: Transaction) -> None:
            check_owner(transaction, file.account_id)
            require_in_time(file.created_at, self._clock.now())
            transaction.library.add_file(file)

        try:
            await self._store.write(work)
        except ServiceUnavailable:
            # It may be stored all the same. If it is not, the janitor finds what is nobody's.
            raise
        except MatineeError:
            await self._blobs.delete_under(blob_folder(file.id))
            raise

    async def _remove(self, file_ids: Sequence[FileId]) -> int:
        def work(transaction: Transaction) -> int:
            return sum(transaction.library.delete_file(file_id) for file_id in file_ids)

        removed = await self._store.write(work)
        for file_id in file_ids:
            with suppress(NotFound):
                await self._blobs.delete_under(blob_folder(file_id))
        return removed

    def _lifetime(self, wish: FileWish) -> timedelta | None:
        """As long as the client says, but no longer than the operator."""
        given = [each for each in (wish.expires_after, self._retention) if each is not None]
        return min(given, default=None)

    def _is_over(self, file: StoredFile) -> bool:
        return file.expires_at is not None and file.expires_at <= self._clock.now()

    def _admit(self, wish: FileWish) -> int:
        """The size of a file that may be stored, in bytes."""
        if not 1 <= len(wish.purpose) <= _MOST_PURPOSE_CHARACTERS or not wish.purpose.isprintable():
            raise InvalidRequest(
                f"A purpose has 1 to {_MOST_PURPOSE_CHARACTERS} printable characters, such as "
                "'vision' or 'user_data'.",
                param="purpose",
            )
        if len(wish.name) > _MOST_NAME_CHARACTERS:
            raise InvalidRequest(
                f"The file's name is longer than {_MOST_NAME_CHARACTERS} characters.",
                param=wish.upload.param,
            )
        path = wish.upload.path
        size_bytes = path.stat().st_size if path else len(wish.upload.data or b"")
        if size_bytes == 0:
            raise MissingParameter("The file is empty.", param=wish.upload.param)
        if size_bytes > self._max_bytes:
            raise TooLarge(
                f"The file is larger than {self._max_bytes / _MIB:g} MiB.", param=wish.upload.param
            )
        return size_bytes


def _no_file(spelled_id: str, param: str | None) -> FileNotFound:
    return FileNotFound(f"File with id '{shown(spelled_id)}' not found.", param=param)
