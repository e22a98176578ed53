"""The rows of characters and files."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from matinee.core.character import Character
from matinee.core.ids import CharacterId, FileId
from matinee.core.stored_file import StoredFile
from matinee.store import rows
from matinee.store.execution import Execute
from matinee.store.statements import first, insertion
from matinee.store.tables import characters, files

CHARACTER = sa.select(characters).where(characters.c.id == sa.bindparam("character_id"))
CHARACTERS = (
    sa.select(characters)
    .where(characters.c.account_id == sa.bindparam("account_id"))
    .order_by(characters.c.id.desc())
)
FILE = sa.select(files).where(files.c.id == sa.bindparam("file_id"))
_FILES = first(
    sa.select(files).where(
        files.c.account_id == sa.bindparam("account_id"),
        sa.or_(
            sa.bindparam("purpose", type_=sa.Text).is_(None),
            files.c.purpose == sa.bindparam("purpose", type_=sa.Text),
        ),
    )
)
OLDER_FILES = _FILES.where(files.c.id < sa.bindparam("after")).order_by(files.c.id.desc())
NEWER_FILES = _FILES.where(files.c.id > sa.bindparam("after")).order_by(files.c.id)
_OVERDUE_FILES = first(sa.select(files).where(files.c.expires_at <= sa.bindparam("now")))
_ADD_CHARACTER = insertion(characters)
_ADD_FILE = insertion(files)
_DELETE_FILE = sa.delete(files).where(files.c.id == sa.bindparam("file_id"))


class SqlLibrary:
    """The `LibraryRows` of every SQL database."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute

    def add_character(self, character: Character) -> None:
        """Insert `character`."""
        self._execute(_ADD_CHARACTER, **rows.values_of_character(character))

    def character(self, character_id: CharacterId) -> Character | None:
        """The character, whoever owns it."""
        row = self._execute(CHARACTER, character_id=character_id).fetchone()
        return rows.character_of(row) if row else None

    def add_file(self, file: StoredFile) -> None:
        """Insert `file`."""
        self._execute(_ADD_FILE, **rows.values_of_file(file))

    def file(self, file_id: FileId) -> StoredFile | None:
        """The file, whoever owns it."""
        row = self._execute(FILE, file_id=file_id).fetchone()
        return rows.file_of(row) if row else None

    def delete_file(self, file_id: FileId) -> bool:
        """Remove the file's row; whether it was there."""
        return self._execute(_DELETE_FILE, file_id=file_id).rowcount == 1

    def overdue_files(self, now: datetime, most: int) -> list[StoredFile]:
        """Some of the files, of whatever account, whose time is over."""
        found = self._execute(_OVERDUE_FILES, now=rows.micros(now), most=most).fetchall()
        return [rows.file_of(row) for row in found]
