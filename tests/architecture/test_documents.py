"""The documents say what the code does."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from tools import engines_page, settings_page

import matinee
from matinee.core import errors
from matinee.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "src" / "matinee"


def test_the_architecture_page_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {
        path.stem
        for path in PACKAGE.iterdir()
        if not path.name.startswith("_") and (path.is_dir() or path.suffix == ".py")
    }
    assert {room for room in rooms if f"`{room}`" not in text} == set()


def test_the_settings_page_is_what_the_settings_say() -> None:
    assert settings_page.PAGE.read_text(encoding="utf-8") == settings_page.page()
    assert all(f"`{name}`" in settings_page.page() for name in Settings.__struct_fields__)


def test_the_page_of_kinds_is_what_their_code_says() -> None:
    assert engines_page.PAGE.read_text(encoding="utf-8") == engines_page.page()


def test_the_changelog_begins_with_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(r"^## (\S+)", text, re.MULTILINE)
    assert found is not None
    assert found.group(1) == matinee.__version__


def test_every_error_has_its_own_code_in_plain_letters() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.MatineeError)
    ]
    codes = [kind.code for kind in kinds]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z_]+", code) for code in codes)


@pytest.mark.parametrize(
    "page",
    sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")),
    ids=lambda page: page.name,
)
def test_every_link_between_documents_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_python_block_of_the_readme_is_python() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert blocks
    for block in blocks:
        ast.parse(block)


def test_no_file_speaks_of_a_machine_or_a_registry() -> None:
    # Spelled so that this file does not find itself.
    hosts = re.compile("|".join((r"pypi\.or" + "g", r"npmjs\.or" + "g", r"pythonhosted\.or" + "g")))
    texts = [ROOT / "Makefile", ROOT / "pyproject.toml", *ROOT.glob("requirements*.lock")]
    texts += [*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    texts += [*(ROOT / "tools").rglob("*.py"), *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    assert [path.name for path in texts if hosts.search(path.read_text(encoding="utf-8"))] == []
