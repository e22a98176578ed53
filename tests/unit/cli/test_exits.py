"""How commands end."""

from __future__ import annotations

import pytest

from matinee.cli.exits import explain_errors
from matinee.core.errors import ServiceUnavailable


def test_the_command_line_tells_the_operator_what_clients_are_not_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = ServiceUnavailable("It can't be used for now.", why="no route to db.example.org")
    with pytest.raises(SystemExit), explain_errors():
        raise error
    assert capsys.readouterr().err == (
        "error: It can't be used for now. (no route to db.example.org) [service_unavailable]\n"
    )
