"""The pytest plugin as a stranger's project meets it: in a pytest of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from matinee.core.errors import ServiceUnavailable
from matinee.testing.server import MatineeServer, serving

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "testing.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tests in `folder`; nothing of this project's own configuration reaches them."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments],
        cwd=folder,
        env=inherited,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.timeout(120)
def test_the_example_of_the_documents_passes(tmp_path: Path) -> None:
    (tmp_path / "test_example.py").write_text(BLOCKS[0])
    run = run_pytest(tmp_path)
    assert run.returncode == 0, run.stdout
    assert "4 passed" in run.stdout


def test_the_example_without_pytest_says_where_the_server_is() -> None:
    run = subprocess.run(
        [sys.executable, "-c", BLOCKS[1]], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/v1\n", run.stdout)


def test_who_does_not_ask_for_a_server_pays_for_none(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        "import sys\n\n\ndef test_nothing():\n"
        "    loaded = [name for name in sys.modules if name.startswith('matinee')]\n"
        "    assert loaded == ['matinee', 'matinee.testing', 'matinee.testing.plugin']\n"
        "    assert 'starlette' not in sys.modules\n"
    )
    run = run_pytest(tmp_path)
    assert run.returncode == 0, run.stdout


def test_a_server_with_a_key_wants_it_and_tells_it(tmp_path: Path) -> None:
    with serving(tmp_path, needs_key=True) as server:
        assert server.api_key is not None
        assert server.environment["OPENAI_API_KEY"] == server.api_key
        assert models_of(server, "wrong").status_code == 401
        assert "test-instant" in models_of(server, server.api_key).text


def models_of(server: MatineeServer, key: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(f"{server.base_url}/models", headers=headers, trust_env=False)


def test_settings_of_every_kind_reach_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATINEE_PORT", "no port")
    settings = {
        "test_models": False,
        "allow_origins": ["https://a.example", "https://b.example"],
        "prices": {"sora-2": {"720p": 0.1}},
    }
    with serving(tmp_path, settings) as server:
        listed = models_of(server, "any")
    assert "test-instant" not in listed.text
    assert listed.json()["data"][0]["capabilities"]["pricing"]["per_second"] == {"720p": 0.1}


def test_a_server_that_can_t_start_says_why(tmp_path: Path) -> None:
    with (
        pytest.raises(ServiceUnavailable, match="Did you mean 'port'"),
        serving(tmp_path, {"prot": 1}),
    ):
        pass
