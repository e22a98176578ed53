"""Making films goes after answering requests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from matinee.media.niceness import NICENESS, SESSION_NICENESS

GROUP = Path("/proc/self/autogroup")

_SHOWN = """
import os
from pathlib import Path
from matinee.media.niceness import be_nice
be_nice()
group = Path("/proc/self/autogroup")
print(os.nice(0), group.read_text() if group.exists() else "")
"""


def shown() -> list[str]:
    """The niceness of a process that leads a session and is nice, and what its session has."""
    done = subprocess.run(
        [sys.executable, "-c", _SHOWN],
        check=True,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    return done.stdout.split()


def test_a_process_that_makes_films_is_nice() -> None:
    assert shown()[0] == str(NICENESS)


# Linux says so there, where it was built to share cores among sessions and may be told how; where
# not, `be_nice` has nothing more to do.
@pytest.mark.skipif(
    not os.access(GROUP, os.W_OK) or not GROUP.read_text(),
    reason="this kernel does not share cores among sessions",
)
def test_its_session_is_nice_too() -> None:
    assert shown()[2:] == ["nice", str(SESSION_NICENESS)]
