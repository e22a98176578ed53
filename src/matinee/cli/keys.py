"""`matinee keys`: works on the data folder directly, beside a running server or without one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import typer

from matinee.core.account import ApiKey
from matinee.core.errors import NotFound
from matinee.core.ids import KeyId
from matinee.data_folder import DataFolder
from matinee.foundations import open_access
from matinee.services.access import Access
from matinee.settings import default_data_folder, load_settings

Result = TypeVar("Result")


def create(account: str, data: Path | None, *, is_admin: bool, as_json: bool) -> None:
    """Make a key of `account` and print it."""
    made = _with_access(data, lambda access: access.create_key(account, is_admin=is_admin))
    if as_json:
        typer.echo(json.dumps({**_facts(made.key), "key": made.secret}))
        return
    typer.echo(made.secret)
    typer.echo(
        f"This is the key {made.key.id} of {made.key.account_name}. It is shown this once; keep "
        "it safe. From now on every request to a server on the data folder "
        f"{DataFolder(default_data_folder(data)).root} needs a key.",
        err=True,
    )


def list_all(data: Path | None, *, as_json: bool) -> None:
    """Print every key."""
    keys = _with_access(data, lambda access: access.list_keys())
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


def revoke(key: str, data: Path | None) -> None:
    """Make the key of that id worthless. Raises NotFound if there is no valid one."""
    if not _with_access(data, lambda access: access.revoke_key(KeyId(key))):
        raise NotFound(f"No valid key has the id '{key}'. 'matinee keys list' shows all.")
    typer.echo(f"revoked {key}")


def _with_access(data: Path | None, use: Callable[[Access], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        folder = DataFolder(default_data_folder(data))
        async with open_access(load_settings(folder.root, {}), folder) as access:
            return await use(access)

    return asyncio.run(run())


def _facts(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "account": key.account_name,
        "hint": key.hint,
        "is_admin": key.is_admin,
        "created_at": key.created_at.isoformat(timespec="seconds"),
        "revoked_at": key.revoked_at.isoformat(timespec="seconds") if key.revoked_at else None,
    }
