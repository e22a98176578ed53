"""Matinee on many hosts: two servers, three workers, PostgreSQL, an object store, the world."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from matinee.store.postgres_schema import upgrade
from tests.chaos.evidence import Rows, rows_of
from tests.chaos.ground import outside
from tests.chaos.nursery import Birth, Nursery, nursery
from tests.chaos.site import Post, Site
from tests.network.wires import Host, Network, a_network
from tests.objects import ObjectStore, an_object_store
from tests.postgres import PostgresServer, a_server

APIS = ("api-1", "api-2")
WORKERS: Mapping[str, tuple[str, ...]] = {
    "worker-1": ("asked-once", "rehearsal-instant", "rehearsal-slow"),
    "worker-2": ("asked-once", "rehearsal-instant"),
    "worker-3": ("asked-once", "knows-keys", "animatic"),
}
"""The workers, and what each makes films with."""

_HOSTS = ("clients", "database", "objects", "world", *APIS, *WORKERS)
_PORT = 8642
_KEY_S = 60.0
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """All of it. Who opened it lives on the host of the clients."""

    network: Network
    hosts: Mapping[str, Host]
    postgres: PostgresServer
    objects: ObjectStore
    site: Site
    world: str
    """The address of the world outside."""

    key: str
    """What clients show."""

    def url(self, name: str) -> str:
        """Where a server answers."""
        return self.post(name).url

    def post(self, name: str) -> Post:
        """One server or worker."""
        (found,) = [post for post in self.site.posts if post.name == name]
        return found

    def host_at(self, address: str) -> Host:
        """The host with that address."""
        (found,) = [host for host in self.hosts.values() if host.address == address]
        return found

    @contextmanager
    def rows(self) -> Iterator[Rows]:
        """What the database holds, as it is reached from here."""
        with rows_of(self.site.database) as rows:
            yield rows

    def start_database(self) -> None:
        """Start what was stopped, on its own host."""
        with self.hosts["database"].entered():
            self.postgres.start()


@contextmanager
def an_installation(folder: Path, *, lease_s: int) -> Iterator[Installation]:
    """All of it but for servers and workers, which `site` begins; gone at the end."""
    with ExitStack() as stack:
        network = stack.enter_context(a_network())
        hosts = {name: network.a_host(name) for name in _HOSTS}
        postgres, database = _a_database(hosts["database"], stack)
        with hosts["objects"].entered():
            objects = stack.enter_context(an_object_store(hosts["objects"].address))
        world = hosts["world"].address
        with hosts["world"].entered():
            port = stack.enter_context(outside(1, is_calm=True, address=world))
        stack.enter_context(hosts["clients"].entered())
        environment = {
            **_settings(f"{world}:{port}"),
            **objects.environment("here"),
            "MATINEE_DATABASE": database,
            "MATINEE_SECRET": secrets.token_hex(32),
            "MATINEE_LEASE_S": str(lease_s),
        }
        place = stack.enter_context(nursery())
        yield Installation(
            network=network,
            hosts=hosts,
            postgres=postgres,
            objects=objects,
            site=_a_site(folder, place, hosts, environment),
            world=f"http://{world}:{port}",
            key=_a_key(folder, place, environment),
        )


def _a_database(host: Host, stack: ExitStack) -> tuple[PostgresServer, str]:
    with host.entered():
        postgres = stack.enter_context(a_server(addresses="*"))
        postgres.execute("CREATE DATABASE films")
        upgrade(postgres.url("films"))
    return postgres, postgres.url("films", host=host.address)


def _a_site(
    folder: Path, place: Nursery, hosts: Mapping[str, Host], environment: dict[str, str]
) -> Site:
    posts = [_server(hosts[name], folder / name) for name in APIS]
    posts += [_worker(hosts[name], folder / name, WORKERS[name]) for name in WORKERS]
    site = folder / "site"
    site.mkdir()
    return Site(
        name="network",
        folder=site,
        nursery=place,
        posts=posts,
        environment=environment,
        database=environment["MATINEE_DATABASE"],
        is_revived=True,
    )


def _server(host: Host, folder: Path) -> Post:
    where = ("--host", host.address, "--port", str(_PORT), "--data", str(folder))
    return Post(
        name=host.name,
        kind="api",
        arguments=("serve", "--no-worker", *where),
        port=_PORT,
        address=host.address,
        namespace=host.namespace,
    )


def _worker(host: Host, folder: Path, engines: tuple[str, ...]) -> Post:
    named = [word for engine in engines for word in ("--engine", engine)]
    return Post(
        name=host.name,
        kind="worker",
        arguments=("worker", "--data", str(folder), *named),
        namespace=host.namespace,
    )


def _settings(world: str) -> dict[str, str]:
    """What every server and worker is told."""
    model = {"sizes": ["160x96"], "min_seconds": 1, "max_seconds": 1, "fps": 24, "references": 0}
    shared = {
        "kind": "openai",
        "base_url": f"http://{world}",
        "download_allow": [world],
        "poll_s": 0.1,
    }
    engines = {
        "asked-once": {**shared, "models": {"plain": model}},
        "knows-keys": {**shared, "is_idempotent": True, "models": {"again": model}},
    }
    return {
        "MATINEE_LOG_LEVEL": "warning",
        "MATINEE_RENDER_PROCESSES": "1",
        "MATINEE_TEST_MODELS": "true",
        "MATINEE_WEBHOOK_ALLOW": world,
        "MATINEE_ENGINES": json.dumps(engines),
    }


def _a_key(folder: Path, place: Nursery, environment: dict[str, str]) -> str:
    """A key for clients: a server that others can reach asks for one."""
    said = folder / "key"
    create = ("keys", "create", "--account", "films", "--json", "--data", str(folder / "desk"))
    process_id = place.begin(Birth(arguments=create, environment=environment, log=str(said)))
    give_up_s = time.monotonic() + _KEY_S
    while psutil.pid_exists(process_id) and time.monotonic() < give_up_s:
        time.sleep(_LOOK_S)
    printed = [line for line in said.read_text().splitlines() if line.startswith("{")]
    assert printed, said.read_text()
    key: str = json.loads(printed[-1])["key"]
    return key
