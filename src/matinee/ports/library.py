"""What an account keeps beside its videos: characters and uploaded files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from matinee.core.character import Character
from matinee.core.ids import CharacterId, FileId
from matinee.core.stored_file import StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage:
    """Some of an account's files, and whether more follow."""

    files: tuple[StoredFile, ...]
    has_more: bool


class LibraryRows(Protocol):
    """The statements on characters and files in a writing transaction."""

    def add_character(self, character: Character) -> None:
        """Insert `character`."""

    def character(self, character_id: CharacterId) -> Character | None:
        """The character, whoever owns it."""

    def add_file(self, file: StoredFile) -> None:
        """Insert `file`."""

    def file(self, file_id: FileId) -> StoredFile | None:
        """The file, whoever owns it."""

    def delete_file(self, file_id: FileId) -> bool:
        """Remove the file's row; whether it was there."""

    def overdue_files(self, now: datetime, most: int) -> list[StoredFile]:
        """Some of the files, of whatever account, whose time is over."""
