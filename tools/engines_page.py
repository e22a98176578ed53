"""Write `docs/engine-kinds.md` from the code: every kind of engine with its settings."""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from matinee.engines.registry import KINDS, load_kind
from matinee.ports.engine_kind import EngineKind, Place

PAGE = Path(__file__).resolve().parent.parent / "docs" / "engine-kinds.md"
HEAD = """# Kinds of engines

<!-- Written by tools/engines_page.py from the kinds in src/matinee/engines. Change it there. -->

An engine is a section of `matinee.toml`: `[engines.NAME]` with `kind = "…"`, perhaps `slots`, and
the settings of its kind. [Engines](engines.md) says how they are used, and
[add an engine](howto/add-an-engine.md) how others come in. "Not yet run live" means: tested against
a stand-in that speaks the documented format, never against the real thing.

| kind | what it is | works in | films at a time | |
|---|---|---|---|---|
"""
_SHARED = "UpstreamOptions"
_MODELS = "UpstreamModel"


def page() -> str:
    """The whole page."""
    kinds = [load_kind(name) for name in KINDS if not name.startswith("rehearsal-")]
    rows = [
        f"| `{kind.name}` | {kind.summary} "
        f"| {'a child process' if kind.place is Place.CHILD else 'the server'} | {kind.slots} "
        f"| {'' if kind.is_proven else 'not yet run live'} |"
        for kind in kinds
    ]
    parts = [HEAD + "\n".join(rows) + "\n", _shared(kinds)]
    parts += [_section(kind) for kind in kinds if _own_fields(kind)]
    return "\n".join(parts)


def _shared(kinds: list[EngineKind]) -> str:
    upstream = next(
        each for kind in kinds for each in kind.options.__mro__ if each.__name__ == _SHARED
    )
    described = getattr(inspect.getmodule(upstream), _MODELS)
    return (
        "## Every engine with an upstream\n\n"
        + _table(upstream, fields(upstream))
        + '\nA model is described by a section `[engines.NAME.models."MODEL"]`:\n\n'
        + _table(described, fields(described))
    )


def _section(kind: EngineKind) -> str:
    return f"## `{kind.name}`\n\n{_table(kind.options, _own_fields(kind))}"


def _own_fields(kind: EngineKind) -> tuple[Field[Any], ...]:
    """The settings that the kind does not share with every upstream, or has another default of."""
    shared = {
        (field.name, repr(field.default))
        for each in kind.options.__mro__
        if each.__name__ == _SHARED
        for field in fields(each)
    }
    return tuple(
        field for field in fields(kind.options) if (field.name, repr(field.default)) not in shared
    )


def _table(options: type[Any], shown: tuple[Field[Any], ...]) -> str:
    texts = _texts(options)
    rows = [
        f"| `{field.name}` | `{_type(field)}` | {_default(field)} | {texts.get(field.name, '')} |"
        for field in shown
    ]
    return (
        "| setting | type | default | what it does |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def _type(field: Field[Any]) -> str:
    return str(field.type).replace("|", "or")


def _default(field: Field[Any]) -> str:
    if field.default_factory is not MISSING:
        return f"`{field.default_factory()}`"
    default = str(field.default) if isinstance(field.default, str) else field.default
    return "needed" if default is MISSING else f"`{default!r}`"


def _texts(options: type[Any]) -> dict[str, str]:
    """What stands under each field, in the class or in one that it comes from."""
    texts: dict[str, str] = {}
    for each in reversed(options.__mro__[:-1]):
        body = ast.parse(textwrap.dedent(inspect.getsource(each))).body[0]
        assert isinstance(body, ast.ClassDef)
        for field, text in zip(body.body, body.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                assert isinstance(text.value, ast.Constant)
                texts[ast.unparse(field.target)] = " ".join(str(text.value.value).split())
    return texts


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
