"""Where a command works: in the data folder and the database that its options name."""

from __future__ import annotations

from pathlib import Path

from matinee.data_folder import DataFolder
from matinee.settings import Settings, default_data_folder, load_settings


def place_of(data: Path | None, database: str | None) -> tuple[Settings, DataFolder]:
    """The settings and the data folder. Nothing is made. Raises SettingsInvalid."""
    folder = DataFolder(default_data_folder(data))
    return load_settings(folder.root, {"database": database}), folder
