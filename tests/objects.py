"""A real object store for tests: SeaweedFS, which speaks S3 and checks signatures.

It is the most real one that installs from PyPI: a store that is used in production, as one binary
within a package, ready in a second. Garage, MinIO and RustFS are in no package that we may use,
Ceph's gateway needs a cluster, Debian's Swift four services, and moto is a mock that keeps
everything in memory and checks no signature.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from obstore.exceptions import BaseError  # noqa: TID253 - what it tests is installed with it

from matinee.blobs.objects import Bucket, Keys, Patience

KEYS = Keys(access_key="the-access-key", secret_key="the-secret-key", region="eu-west-1")
BUCKET = "films"
_START_S = 20.0
_TRIES = 3
# Ends the store as soon as whoever holds its standard input is gone, however that came, and removes
# its folder. Asked to end, it would wait for its own parts for seconds.
_GUARD = '"$@" & cat > /dev/null; kill -KILL $!; wait; rm -rf "$0"'
_PORTS = ("master", "volume", "filer", "s3", "admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectStore:
    """A store that runs, with one bucket."""

    address: str
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.address}:{self.port}"

    def bucket(self, prefix: str = "", *, url: str | None = None) -> Bucket:
        """Its bucket, or the part of it behind `prefix`; reached through `url` if that is named."""
        return Bucket.parse(f"s3://{BUCKET}/{prefix}", url or self.url, KEYS)

    def stop(self) -> None:
        """End it, as a power cut would."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def environment(self, prefix: str) -> dict[str, str]:
        """What makes a server of ours keep its blobs here."""
        return {
            "MATINEE_BLOB_STORE": f"s3://{BUCKET}/{prefix}",
            "MATINEE_BLOB_ENDPOINT": self.url,
            "AWS_ACCESS_KEY_ID": KEYS.access_key,
            "AWS_SECRET_ACCESS_KEY": KEYS.secret_key,
        }


@cache
def the_object_store() -> ObjectStore:
    """The store that the tests of this process share, each with a prefix of its own."""
    stack = ExitStack()
    # Never closed: the guard ends it when this process does.
    _KEPT.append(stack)
    return stack.enter_context(an_object_store())


_KEPT: list[ExitStack] = []


@contextmanager
def an_object_store(address: str = "127.0.0.1") -> Iterator[ObjectStore]:
    """A store that is empty but for its bucket, and runs while the context is open."""
    for _ in range(_TRIES):
        store = _start(Path(tempfile.mkdtemp(prefix="matinee-objects-")), address)
        try:
            if _answers(store):
                yield store
                return
        finally:
            store.stop()
    raise AssertionError("the object store did not start")


def _start(folder: Path, address: str) -> ObjectStore:
    keys = {
        "name": "tests",
        "credentials": [{"accessKey": KEYS.access_key, "secretKey": KEYS.secret_key}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [keys]}))
    ports = _free_ports(address, 2 * len(_PORTS) + 1)
    numbers = [
        flag
        for name, port, grpc in zip(_PORTS, ports[::2], ports[1::2], strict=False)
        for flag in (f"-{name}.port={port}", f"-{name}.port.grpc={grpc}")
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                *("/bin/sh", "-c", _GUARD, folder),
                *(Path(sys.executable).with_name("weed"), "-logtostderr", "mini"),
                *(f"-ip={address}", f"-ip.bind={address}", f"-dir={folder}", *numbers),
                *(f"-bucket={BUCKET}", f"-s3.config={folder / 's3.json'}"),
                *("-s3.autoCreateBucket=false", f"-metricsPort={ports[-1]}"),
                *("-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0"),
                f"-filer.localSocket={folder / 'filer.sock'}",
            ],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return ObjectStore(address=address, port=ports[2 * _PORTS.index("s3")], process=process)


def _answers(store: ObjectStore) -> bool:
    """Whether it took something into its bucket; not if a port was taken meanwhile."""
    client = store.bucket().open(Patience(tries=1))
    give_up_s = time.monotonic() + _START_S
    while time.monotonic() < give_up_s and store.process.poll() is None:
        try:
            client.put("ready", b"")
        except (BaseError, OSError):
            time.sleep(0.02)
        else:
            return True
    return False


def _free_ports(address: str, count: int) -> list[int]:
    with ExitStack() as held:
        listeners = [held.enter_context(socket.create_server((address, 0))) for _ in range(count)]
        return [listener.getsockname()[1] for listener in listeners]
