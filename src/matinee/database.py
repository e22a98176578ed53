"""The database at rest: its tables, the secret that it knows, and how it is found to be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from matinee.core.errors import NotFound, SettingsInvalid
from matinee.data_folder import PEPPER_BYTES, DataFolder
from matinee.settings import Settings, secret_in
from matinee.store import findings, schema
from matinee.store.findings import Finding


@contextmanager
def needing_extra(param: str) -> Iterator[None]:
    """Import adapters of the extra, which `param` names. Raises SettingsInvalid without it."""
    try:
        yield
    except ImportError as error:
        raise SettingsInvalid(
            f"The setting {param} needs what is not installed: pip install -e '.[scale]'.",
            param=param,
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Schema:
    """The tables of a database, and what it knows of the house's secret."""

    upgrade: Callable[[], None]
    find: Callable[[], Finding]
    look_over: Callable[[bytes | None], list[Finding]]
    check_secret: Callable[[bytes | None], None]
    agree_on_secret: Callable[[bytes], None]


def _schema_of(settings: Settings, folder: DataFolder) -> _Schema:
    if settings.database is None:
        path = folder.database
        return _Schema(
            upgrade=partial(schema.upgrade, path),
            find=partial(findings.schema_of, path),
            look_over=partial(findings.findings, path),
            check_secret=partial(schema.check_secret, path),
            agree_on_secret=partial(schema.agree_on_secret, path),
        )
    with needing_extra("database"):
        from matinee.store import postgres_schema
    url = settings.database
    return _Schema(
        upgrade=partial(postgres_schema.upgrade, url),
        find=partial(postgres_schema.schema_of, url),
        look_over=partial(postgres_schema.findings, url),
        check_secret=partial(postgres_schema.check_secret, url),
        agree_on_secret=partial(postgres_schema.agree_on_secret, url),
    )


def require_extras(settings: Settings) -> None:
    """Raise SettingsInvalid unless what the settings need is installed."""
    if settings.database is not None:
        with needing_extra("database"):
            import matinee.store.postgres  # noqa: F401  # it loads the driver


def bring_up_to_date(settings: Settings, folder: DataFolder) -> None:
    """Make the tables as this version needs them, and agree with them on the secret.

    Raises SettingsInvalid, StorageFull and ServiceUnavailable.
    """
    require_extras(settings)
    folder.prepare()
    known = known_secret(settings, folder)
    tables = _schema_of(settings, folder)
    tables.upgrade()
    if known is None:
        # A house that has a secret needs that one: none is made then.
        tables.check_secret(None)
    tables.agree_on_secret(secret_of(settings, folder))


async def require_rows(settings: Settings, folder: DataFolder) -> None:
    """Make sure that there are rows in this version's schema. Nothing is made or changed.

    Raises NotFound if there is no file, and SettingsInvalid if the schema is another one.
    """
    _require_file(settings, folder)
    found = await asyncio.to_thread(_schema_of(settings, folder).find)
    if not found.is_well:
        raise SettingsInvalid(f"The database can't be read: {found.said}.", param="database")


async def look_over(settings: Settings, folder: DataFolder) -> list[Finding]:
    """How the database is. Nothing is made or changed. Raises NotFound if there is no file."""
    _require_file(settings, folder)
    secret = known_secret(settings, folder)
    return await asyncio.to_thread(_schema_of(settings, folder).look_over, secret)


def _require_file(settings: Settings, folder: DataFolder) -> None:
    if settings.database is None and not folder.database.exists():
        raise NotFound(
            f"There is no database in the data folder {folder.root} yet; the first start makes it. "
            "Name another folder with --data, or a shared database with --database."
        )


def move_rows(folder: DataFolder, url: str) -> Mapping[str, int]:
    """Copy all rows of the folder's file to the empty PostgreSQL database at `url`.

    Returns how many of each table. Nobody else may use the folder meanwhile.
    """
    with needing_extra("database"):
        from matinee.store import postgres_schema
        from matinee.store.postgres_transfer import transfer
    bring_up_to_date(Settings(), folder)
    postgres_schema.upgrade(url)
    return transfer(folder.database, url, secret_of(Settings(), folder))


def secret_of(settings: Settings, folder: DataFolder) -> bytes:
    """The house's secret as `known_secret` has it, made if this machine has none."""
    known = known_secret(settings, folder)
    return folder.pepper() if known is None else known


def checked_secret(settings: Settings, folder: DataFolder) -> bytes:
    """The house's secret, made sure of by its database. Nothing is made.

    Raises SettingsInvalid if this machine has none, or another one.
    """
    known = known_secret(settings, folder)
    if settings.database is not None or folder.database.exists():
        _schema_of(settings, folder).check_secret(known)
    if known is None:
        raise SettingsInvalid(
            f"There is no secret in the data folder {folder.root} yet: the first start makes it, "
            "or 'matinee db upgrade'. Name another folder with --data."
        )
    return known


def known_secret(settings: Settings, folder: DataFolder) -> bytes | None:
    """The house's own secret, under which keys are digested and links and webhooks are signed.

    Machines that share a database share it too: MATINEE_SECRET, else the folder's file. None if
    this machine has neither. Raises SettingsInvalid if it can't be one, or if both are there and
    differ in the folder of a server that shares nothing.
    """
    kept, given = folder.known_pepper(), secret_in("MATINEE_SECRET")
    if given is None:
        return kept
    try:
        secret = bytes.fromhex(given)
    except ValueError:
        secret = b""
    if len(secret) < PEPPER_BYTES:
        raise SettingsInvalid(
            f"MATINEE_SECRET must be at least {PEPPER_BYTES} bytes in hexadecimal digits, such as "
            "'openssl rand -hex 32' prints."
        )
    if settings.database is None and kept not in (None, secret):
        raise SettingsInvalid(
            f"MATINEE_SECRET is another secret than the file pepper.key in {folder.root}. Unset "
            "it, or move that file away if nothing was made under it."
        )
    return secret
