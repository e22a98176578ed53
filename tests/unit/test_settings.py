"""Where settings come from, and what is wrong with bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from matinee.core.errors import SettingsInvalid
from matinee.settings import Settings, api_key, default_data_folder, load_settings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MATINEE_PORT", "MATINEE_DATA", "MATINEE_API_KEY", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_nothing_given_is_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings()


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "matinee.toml").write_text("port = 1\nlease_s = 2\nmax_faults = 3\n")
    monkeypatch.setenv("MATINEE_PORT", "4")
    monkeypatch.setenv("MATINEE_LEASE_S", "5")
    settings = load_settings(tmp_path, {"port": 6, "host": None})
    assert (settings.port, settings.lease_s, settings.max_faults) == (6, 5, 3)


def test_lists_in_the_environment_have_commas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATINEE_TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2")
    assert load_settings(tmp_path, {}).trusted_proxies == ("10.0.0.1", "10.0.0.2")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("prot = 1", "Did you mean 'port'"),
        ("port = 'high'", "port"),
        ("log_level = 'loud'", "log_level"),
        ("port = ", "no valid TOML"),
        ("port = 65536", "'port' must be at most 65535"),
        ("port = -1", "'port' must be at least 0"),
        ("max_unfinished = 0", "'max_unfinished' must be at least 1"),
        ("public_url = 'javascript:alert(1)'", "'public_url'"),
        ("public_url = 'https://a.example/)<script>'", "'public_url'"),
        ("trusted_proxies = ['proxy']", "'trusted_proxies': 'proxy'"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, text: str, hint: str) -> None:
    (tmp_path / "matinee.toml").write_text(text)
    with pytest.raises(SettingsInvalid, match=hint):
        load_settings(tmp_path, {})


def test_an_unknown_variable_of_ours_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATINEE_PROT", "1")
    with pytest.raises(SettingsInvalid, match="the environment"):
        load_settings(tmp_path, {})


def test_the_data_folder_is_the_given_one_then_the_named_one_then_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/shared")
    assert default_data_folder(None) == Path("/shared/matinee")
    monkeypatch.setenv("MATINEE_DATA", "/named")
    assert default_data_folder(None) == Path("/named")
    assert default_data_folder(tmp_path) == tmp_path


def test_the_key_of_commands_is_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert api_key() is None
    monkeypatch.setenv("MATINEE_API_KEY", "mk-1")
    assert api_key() == "mk-1"


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(SettingsInvalid, match="Not a directory"):
        load_settings(tmp_path / "data", {})


@pytest.mark.parametrize(
    "public_url", ["https://films.example", "http://10.0.0.1:8642/films/", "http://[::1]:8642"]
)
def test_a_public_url_may_have_a_port_and_a_path(tmp_path: Path, public_url: str) -> None:
    assert load_settings(tmp_path, {"public_url": public_url}).public_url == public_url
