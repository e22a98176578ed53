"""A file that a client uploaded, to be named in requests by its id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matinee.core.ids import AccountId, FileId


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A stored file. Name, purpose and type are the client's words, not facts."""

    id: FileId
    account_id: AccountId
    name: str
    purpose: str
    media_type: str
    size_bytes: int
    blob_key: str
    created_at: datetime
    expires_at: datetime | None = None

    @property
    def entity_tag(self) -> str:
        """What tells it from any other file: it never changes."""
        return self.id


def blob_folder(file_id: FileId) -> str:
    """The folder in the blob store that holds the file."""
    return f"files/{file_id}"
