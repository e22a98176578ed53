"""How commands end: with a clear line on standard error and a documented status.

0 done, 1 failed, 2 wrong usage or setting, 3 no valid key, 4 not found, 5 the video failed,
130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from matinee.core.errors import (
    AuthenticationFailed,
    EngineError,
    InvalidRequest,
    MatineeError,
    NotFound,
    SettingsInvalid,
)

_STATUSES: tuple[tuple[type[MatineeError], int], ...] = (
    (SettingsInvalid, 2),
    (InvalidRequest, 2),
    (AuthenticationFailed, 3),
    (NotFound, 4),
    (EngineError, 5),
)
INTERRUPTED = 130


@contextmanager
def explain_errors() -> Iterator[None]:
    """Turn a MatineeError into a line for the person and the right exit status."""
    try:
        yield
    except MatineeError as error:
        why = f" ({error.why})" if error.why else ""
        print(f"error: {error}{why} [{error.code}]", file=sys.stderr)
        sys.exit(status_of(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def status_of(error: MatineeError) -> int:
    """The exit status that tells `error`."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 1)
