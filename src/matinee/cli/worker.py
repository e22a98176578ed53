"""`matinee worker`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matinee.data_folder import DataFolder
from matinee.observability.logs import set_up_logs
from matinee.settings import default_data_folder, load_settings
from matinee.worker_process import Assignment, work


def run_worker(
    data: Path | None, engines: Sequence[str], queues: Sequence[str], given: Mapping[str, Any]
) -> None:
    """Make films until stopped; `given` are the settings of the command line.

    Raises SettingsInvalid if the configuration can't be used.
    """
    folder = DataFolder(default_data_folder(data))
    settings = load_settings(folder.root, given)
    set_up_logs(settings.log_level, settings.log_format)
    work(settings, folder, Assignment.parse(engines, queues))
