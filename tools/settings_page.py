"""Write `docs/settings.md` from `settings.py`: names, types, defaults and what each one does."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "matinee" / "settings.py"
PAGE = ROOT / "docs" / "settings.md"
HEAD = """# Settings

<!-- Written by tools/settings_page.py from src/matinee/settings.py. Change it there. -->

A setting is given in `matinee.toml` in the data folder (`port = 8642`), in the environment
(`MATINEE_PORT=8642`, lists with commas), or, for some, on the command line (`--port 8642`), the
later winning over the earlier. An unknown name is an error.

| setting | type | default | what it does |
|---|---|---|---|
"""
FOOT = """
Three more variables are read by commands: `MATINEE_DATA` names the data folder (without it:
`$XDG_DATA_HOME/matinee` or `~/.local/share/matinee`), `MATINEE_API_KEY` is the key that
`matinee generate` sends, and `MATINEE_SECRET` is the server's secret in hexadecimal digits, in
place of the file `pepper.key` in the data folder.
"""


def page() -> str:
    """The whole page."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    settings = next(
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings"
    )
    rows = []
    for field, text in zip(settings.body, settings.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            assert field.value is not None
            assert isinstance(text.value, ast.Constant)
            said = " ".join(str(text.value.value).split())
            kind = ast.unparse(field.annotation).replace("|", "or")
            name, default = ast.unparse(field.target), ast.unparse(field.value)
            rows.append(f"| `{name}` | `{kind}` | `{default}` | {said} |")
    return HEAD + "\n".join(rows) + "\n" + FOOT


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
