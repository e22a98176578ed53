"""A character: somebody taken from an uploaded film, who may act in others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matinee.core.ids import AccountId, CharacterId


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """The picture that a character is known by, as a blob."""

    blob_key: str
    media_type: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """A stored character. Its name is what prompts call it by."""

    id: CharacterId
    account_id: AccountId
    name: str
    poster: Poster
    created_at: datetime


def blob_folder(character_id: CharacterId) -> str:
    """The folder in the blob store that holds every file of a character."""
    return f"characters/{character_id}"
