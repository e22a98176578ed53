"""What a process sees of ours that a hostile picture or film may take over."""

from __future__ import annotations

import os
import sys


def bare_environment() -> dict[str, str]:
    """Where our modules lie, and nothing else of the environment."""
    return {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
