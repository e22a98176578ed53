"""Options that many commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="The data folder. Default: $MATINEE_DATA, else the user's folder for such data.",
    ),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="A PostgreSQL that machines share. Default: as set, else a file in the data folder.",
    ),
]
SharedDatabaseOption = Annotated[
    str | None,
    typer.Option(metavar="URL", help="The PostgreSQL shared with servers. Default: as set."),
]
