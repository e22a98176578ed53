"""How often clients should ask, told in a header that the SDKs' poll helpers obey."""

from __future__ import annotations

from matinee.services.videos import Outlook
from matinee.web.replies import Header

_LEAST_MS, _MOST_MS = 1_000, 10_000
_LOOKS = 10
"""How often a client looks in the time that is left. It keeps to the first value it is told, so
that one decides how late it may notice the end: by a tenth of the whole at most."""

ENOUGH_COUNTED = 100
"""However fast an engine is, behind so many films a client is told the longest wait: to count on
would take longer than all the rest of its request."""


def poll_after(outlook: Outlook) -> Header:
    """`openai-poll-after-ms`: a plain integer, since the Python SDK reads nothing else."""
    wait_ms = round(1000 * outlook.remaining_s / _LOOKS)
    return (b"openai-poll-after-ms", b"%d" % min(_MOST_MS, max(_LEAST_MS, wait_ms)))
