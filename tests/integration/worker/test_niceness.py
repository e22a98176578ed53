"""Making films goes after answering requests."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from matinee.media.niceness import NICENESS, SESSION_NICENESS

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


@pytest.mark.skipif(
    not os.access("/proc/self/autogroup", os.W_OK), reason="no groups by session here"
)
def test_its_session_is_nice_too() -> None:
    assert shown()[2:] in ([], ["nice", str(SESSION_NICENESS)])
