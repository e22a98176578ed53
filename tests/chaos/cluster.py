"""An installation on many machines: servers and workers of their own on one PostgreSQL."""

from __future__ import annotations

import secrets
from pathlib import Path

from tests.chaos.ground import Ground
from tests.chaos.site import Post, Site, a_free_port, settings_of

ENGINES = ("asked-once", "knows-keys", "rehearsal-instant", "animatic")


def a_shared_site(
    name: str, folder: Path, ground: Ground, database: str, *, workers: int = 3, **settings: str
) -> Site:
    """Two servers without workers, and workers that have every engine; the blobs are a folder."""
    (folder / "blobs").mkdir(parents=True, exist_ok=True)
    posts = [_server(f"{name}-api-{number}", folder) for number in range(2)]
    posts += [_worker(f"{name}-worker-{number}", folder) for number in range(workers)]
    shared = {
        "MATINEE_DATABASE": database,
        "MATINEE_BLOB_STORE": str(folder / "blobs"),
        "MATINEE_SECRET": secrets.token_hex(32),
    }
    return Site(
        name=name,
        folder=folder,
        nursery=ground.nursery,
        posts=posts,
        environment=settings_of(ground.outside_port) | shared | settings,
        database=database,
        is_revived=True,
    )


def _server(name: str, folder: Path) -> Post:
    port = a_free_port()
    place = ("--data", str(folder / name), "--port", str(port))
    return Post(name=name, kind="api", arguments=("serve", "--no-worker", *place), port=port)


def _worker(name: str, folder: Path) -> Post:
    engines = [word for engine in ENGINES for word in ("--engine", engine)]
    place = ("--data", str(folder / name))
    return Post(name=name, kind="worker", arguments=("worker", *place, *engines))
