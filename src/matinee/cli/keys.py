"""`matinee keys`: works on the data folder directly, beside a running server or without one."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import typer

from matinee.cli.place import place_of
from matinee.core.account import ApiKey
from matinee.core.errors import NotFound
from matinee.core.ids import KeyId
from matinee.database import require_rows
from matinee.foundations import look_at_store, open_access
from matinee.services.access import NewKey


def create(
    account: str, data: Path | None, database: str | None, *, is_admin: bool, as_json: bool
) -> None:
    """Make a key of `account` and print it."""
    settings, folder = place_of(data, database)

    async def make() -> NewKey:
        async with open_access(settings, folder) as access:
            return await access.create_key(account, is_admin=is_admin)

    made = asyncio.run(make())
    if as_json:
        typer.echo(json.dumps({**_facts(made.key), "key": made.secret}))
        return
    where = "this database" if settings.database else f"the data folder {folder.root}"
    typer.echo(made.secret)
    typer.echo(
        f"This is the key {made.key.id} of {made.key.account_name}. It is shown this once; keep "
        f"it safe. From now on every request to a server on {where} needs a key.",
        err=True,
    )


def list_all(data: Path | None, database: str | None, *, as_json: bool) -> None:
    """Print every key."""

    async def look() -> list[ApiKey]:
        async with look_at_store(*place_of(data, database)) as store:
            return await store.list_keys()

    keys = asyncio.run(look())
    if as_json:
        typer.echo(json.dumps([_facts(key) for key in keys]))
        return
    # Plain lines, never cut: ids are there to be copied and piped.
    for key in keys:
        facts = _facts(key)
        revoked = f"revoked {facts['revoked_at']}" if facts["revoked_at"] else "valid"
        columns = [key.id, key.hint, facts["created_at"], revoked, key.account_name]
        typer.echo("  ".join([*columns, "admin"] if key.is_admin else columns))
    if not keys:
        typer.echo("No key was made yet.", err=True)


def revoke(key: str, data: Path | None, database: str | None) -> None:
    """Make the key of that id worthless. Raises NotFound if there is no valid one."""
    settings, folder = place_of(data, database)

    async def change() -> bool:
        await require_rows(settings, folder)
        async with open_access(settings, folder) as access:
            return await access.revoke_key(KeyId(key))

    if not asyncio.run(change()):
        raise NotFound(f"No valid key has the id '{key}'. 'matinee keys list' shows all.")
    typer.echo(f"revoked {key}")


def _facts(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "account": key.account_name,
        "hint": key.hint,
        "is_admin": key.is_admin,
        "created_at": key.created_at.isoformat(timespec="seconds"),
        "revoked_at": key.revoked_at.isoformat(timespec="seconds") if key.revoked_at else None,
    }
