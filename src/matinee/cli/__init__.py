"""The `matinee` command. Each command loads what it needs when it runs, so that help is instant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import matinee
from matinee.cli.exits import explain_errors
from matinee.cli.options import DatabaseOption, DataOption, SharedDatabaseOption

app = typer.Typer(
    name="matinee",
    help="The Sora API, on machines you own.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)
app.add_typer(keys, name="keys")
db = typer.Typer(help="Look after the database.", no_args_is_help=True)
app.add_typer(db, name="db")
webhooks = typer.Typer(
    help="Look after what is told of finished videos, and to whom.", no_args_is_help=True
)
app.add_typer(webhooks, name="webhooks")
models = typer.Typer(help="Fetch and look after open models.", no_args_is_help=True)
app.add_typer(models, name="models")


def main() -> None:
    """Run the command line."""
    with explain_errors():
        app()


def _print_version(*, asked: bool) -> None:
    if asked:
        typer.echo(f"matinee {matinee.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and end.",
            is_eager=True,
            callback=lambda asked: _print_version(asked=asked),
        ),
    ] = False,
) -> None:
    del version


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option(help="The address to listen on. Default: 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="The port; 0 takes a free one. Default: 8642.")
    ] = None,
    data: DataOption = None,
    log_level: Annotated[
        str | None, typer.Option(help="debug, info, warning or error. Default: info.")
    ] = None,
    database: DatabaseOption = None,
    no_worker: Annotated[
        bool,
        typer.Option("--no-worker", help="Make no films here: `matinee worker` does, elsewhere."),
    ] = False,
) -> None:
    """Serve the API and make films, until stopped."""
    from matinee.cli.serve import run_server

    given = {"host": host, "port": port, "log_level": log_level, "database": database}
    run_server(data, given, has_workers=not no_worker)


@app.command()
def worker(
    engine: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="An engine to make films with; may be repeated."),
    ] = None,
    queue: Annotated[
        list[str] | None,
        typer.Option(metavar="ENGINE/MODEL", help="Only this model of an engine; repeatable."),
    ] = None,
    data: DataOption = None,
    log_level: Annotated[
        str | None, typer.Option(help="debug, info, warning or error. Default: info.")
    ] = None,
    database: SharedDatabaseOption = None,
) -> None:
    """Make films for servers that share a PostgreSQL database, until stopped."""
    from matinee.cli.worker import run_worker

    run_worker(data, engine or [], queue or [], {"log_level": log_level, "database": database})


@app.command()
def generate(
    prompt: Annotated[str, typer.Argument(help="What the film shows.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where the film is written.")
    ] = Path("film.mp4"),
    model: Annotated[str, typer.Option(help="The model's name.")] = "sora-2",
    seconds: Annotated[
        int, typer.Option(help="The film's length; the animatic makes 4 to 25.")
    ] = 8,
    size: Annotated[str, typer.Option(help="Width and height in pixels.")] = "1280x720",
    style: Annotated[str | None, typer.Option(help="A look, such as comic or anime.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed makes the same film.")] = None,
    image: Annotated[
        Path | None, typer.Option(help="An image that becomes the first frame.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Make one film and save it.

    Uses the server that runs on the data folder, or starts one for as long as it takes.
    """
    from matinee.cli.generate import FilmRequest, make_film

    request = FilmRequest(
        prompt=prompt,
        model=model,
        seconds=seconds,
        size=size,
        style=style,
        seed=seed,
        image=image,
    )
    make_film(request, output, data)


@app.command()
def engines(
    data: DataOption = None,
    database: DatabaseOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show how the engines are: which are well, what waits for them, how fast they are."""
    from matinee.cli.engines import list_engines

    list_engines(data, database, as_json=json)


@app.command()
def backup(
    target: Annotated[
        Path, typer.Argument(metavar="FILE|DIR", help="A new file, or the folder for one.")
    ],
    with_secret: Annotated[
        bool,
        typer.Option("--with-secret", help="Include the secret: keys stay good after a restore."),
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write all videos, films and keys to one file, also while servers run."""
    from matinee.cli.backup import backup as take

    take(target, data, database, has_secret=with_secret)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="What `backup` wrote.")],
    data: DataOption = None,
) -> None:
    """Make a new data folder out of a backup, once every byte of it was compared."""
    from matinee.cli.backup import restore as bring_back

    bring_back(source, data)


@keys.command("create")
def create_key(
    account: Annotated[str, typer.Option(help="Whose key it is; made if it is new.")],
    admin: Annotated[
        bool, typer.Option("--admin", help="May also see how the whole server is, under /admin.")
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a key and show it, this once. From the first key on, every request needs one."""
    from matinee.cli.keys import create

    create(account, data, database, is_admin=admin, as_json=json)


@keys.command("list")
def list_keys(
    data: DataOption = None,
    database: DatabaseOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List all keys; their secrets are not stored and can't be shown."""
    from matinee.cli.keys import list_all

    list_all(data, database, as_json=json)


@keys.command("revoke")
def revoke_key(
    key: Annotated[str, typer.Argument(help="The key's id, as `keys list` shows it.")],
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Make a key worthless, at once, also in a running server."""
    from matinee.cli.keys import revoke

    revoke(key, data, database)


@app.command("migrate-store")
def migrate_store(
    to: Annotated[
        str,
        typer.Option("--to", metavar="URL", help="An empty PostgreSQL: postgresql://…"),
    ],
    data: DataOption = None,
) -> None:
    """Copy all rows of a data folder to a PostgreSQL that machines share; stop its server first."""
    from matinee.cli.db import migrate

    migrate(to, data)


@db.command("upgrade")
def upgrade_database(data: DataOption = None, database: DatabaseOption = None) -> None:
    """Bring the tables to what this version needs, as every start does by itself."""
    from matinee.cli.db import upgrade

    upgrade(data, database)


@db.command("check")
def check_database(
    data: DataOption = None,
    database: DatabaseOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look the database over: its schema, whether it is whole, whether the secret is right."""
    from matinee.cli.db import check

    check(data, database, as_json=json)


@db.command("files")
def check_files(data: DataOption = None, database: DatabaseOption = None) -> None:
    """Look whether every film and file that the rows name is there."""
    from matinee.cli.files import check_files

    check_files(data, database)


@db.command("secret")
def show_secret(data: DataOption = None, database: DatabaseOption = None) -> None:
    """Show the secret that every machine on a shared database needs as MATINEE_SECRET."""
    from matinee.cli.db import show_secret

    show_secret(data, database)


@webhooks.command("list")
def list_webhooks(
    data: DataOption = None,
    database: DatabaseOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the endpoints of every account."""
    from matinee.cli.webhooks import list_endpoints

    list_endpoints(data, database, as_json=json)


@webhooks.command("deliveries")
def list_webhook_deliveries(
    state: Annotated[str | None, typer.Option(help="waiting, delivered or dead.")] = None,
    limit: Annotated[int, typer.Option(help="How many, the newest first.")] = 100,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List deliveries: what was told to whom, what waits, and what came to nothing."""
    from matinee.cli.webhooks import list_deliveries

    list_deliveries(state, limit, data, database, as_json=json)


@webhooks.command("resend")
def resend_webhooks(
    deliveries: Annotated[list[str], typer.Argument(help="Ids, as `deliveries` shows them.")],
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Send deliveries once more; a running server does it within a second."""
    from matinee.cli.webhooks import resend

    resend(deliveries, data, database)


@webhooks.command("secret")
def show_webhook_secret(
    account: Annotated[str | None, typer.Option(help="Whose; needed once there are keys.")] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show the secret that signs the callbacks to an account's single videos."""
    from matinee.cli.webhooks import show_secret

    show_secret(account, data, database)


@models.command("list")
def list_models(
    data: DataOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the models that can be had: licence, size, memory, and whether they are here."""
    from matinee.cli.models import list_all

    list_all(data, as_json=json)


@models.command("show")
def show_model(
    name: Annotated[str, typer.Argument(help="The model's name, as `models list` shows it.")],
    data: DataOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show all that is known of a model, and whether it fits on this machine."""
    from matinee.cli.models import show

    show(name, data, as_json=json)


@models.command("pull")
def pull_model(
    name: Annotated[str, typer.Argument(help="The model's name, as `models list` shows it.")],
    data: DataOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to the licence unasked.")] = False,
) -> None:
    """Fetch a model's weights; what was broken off goes on where it was."""
    from matinee.cli.models import pull

    pull(name, data, yes=yes)


@models.command("rm")
def remove_model(
    name: Annotated[str, typer.Argument(help="The model's name.")],
    data: DataOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it unasked.")] = False,
) -> None:
    """Remove a model's weights from the disk."""
    from matinee.cli.models import remove_model

    remove_model(name, data, yes=yes)


@app.command("engine-child", hidden=True)
def engine_child(
    log_level: str = "info",
    log_format: Annotated[str, typer.Option(help="text or json.")] = "text",
) -> None:
    """Run one engine for a server, which says through standard input what it is and makes."""
    from matinee.cli.engine_child import run_engine
    from matinee.observability.logs import set_up_logs

    set_up_logs(log_level, "json" if log_format == "json" else "text")
    run_engine()
