"""What the tests of outbound HTTP share."""

from __future__ import annotations

import ssl
import sys

import pytest

from tests.unit.net.outside import ConnectionWatch


@pytest.fixture(scope="session")
def watch() -> ConnectionWatch:
    """Hears of every connection that anything in this process attempts."""
    watch = ConnectionWatch()
    # An audit hook can't be taken out again; outside of `watching` it does nothing.
    sys.addaudithook(watch.hear)
    return watch


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    """A context for guards of tests without TLS: to load the real roots costs 15 ms."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
