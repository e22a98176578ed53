"""Making films goes after answering requests on the same cores."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

NICENESS = 10
SESSION_NICENESS = 5
"""Less, as it counts against every other session of the machine: films are to go on beside one
that is busy all the time."""

_GROUP = Path("/proc/self/autogroup")


def be_nice() -> None:
    """Let this process, which leads a session of its own, wait for those that answer requests."""
    os.nice(NICENESS)
    # Linux may share the cores among sessions first: then niceness counts only inside of one, and
    # the session has another. Without that file, or the right to write it, the first one counts.
    with contextlib.suppress(OSError):
        _GROUP.write_text(str(SESSION_NICENESS))
