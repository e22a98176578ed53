"""`matinee serve`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matinee.data_folder import DataFolder
from matinee.observability.logs import set_up_logs
from matinee.server import serve
from matinee.settings import default_data_folder, load_settings


def run_server(data: Path | None, given: Mapping[str, Any], *, has_workers: bool = True) -> None:
    """Serve until stopped; `given` are the settings of the command line.

    Raises SettingsInvalid if the configuration can't be used.
    """
    folder = DataFolder(default_data_folder(data))
    settings = load_settings(folder.root, given)
    set_up_logs(settings.log_level, settings.log_format)
    serve(settings, folder, has_workers=has_workers)
