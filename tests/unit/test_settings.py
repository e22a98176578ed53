"""Where settings come from, and what is wrong with bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from matinee.core.errors import SettingsInvalid
from matinee.settings import Settings, api_key, default_data_folder, load_settings, load_styles


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


def test_prices_are_a_section_of_the_file_or_json_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "matinee.toml").write_text('[prices."sora-2"]\n"720p" = 0.10\n"1280x720" = 1\n')
    assert load_settings(tmp_path, {}).prices == {"sora-2": {"720p": 0.1, "1280x720": 1.0}}
    monkeypatch.setenv("MATINEE_PRICES", '{"animatic": {"1080p": 0.5}}')
    assert load_settings(tmp_path, {}).prices == {"animatic": {"1080p": 0.5}}
    monkeypatch.setenv("MATINEE_PRICES", "0.5")
    with pytest.raises(SettingsInvalid, match="prices"):
        load_settings(tmp_path, {})
    monkeypatch.setenv("MATINEE_PRICES", "cheap")
    with pytest.raises(SettingsInvalid, match="must be JSON"):
        load_settings(tmp_path, {})


@pytest.mark.parametrize(("text", "wanted"), [("true", True), ("0", False), ("", None)])
def test_the_test_models_are_left_to_the_server_unless_they_are_wanted_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, wanted: bool | None
) -> None:
    if text:
        monkeypatch.setenv("MATINEE_TEST_MODELS", text)
    assert load_settings(tmp_path, {}).test_models is wanted


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
        ("allow_origins = ['app.example']", "'allow_origins': 'app.example'"),
        ("allow_origins = ['https://app.example/']", "'allow_origins'"),
        ("prices = 3", "prices"),
        ("[prices.sora-2]\n720p = 'much'", "prices"),
        ("[models]\n'sora-2' = { engine = 'gpu' }", 'is such as "sora-2" = '),
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


def test_a_styles_file_adds_styles_and_replaces_those_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "styles.toml").write_text('[noir]\nsuffix = "Dark."\n[anime]\nprefix = "Ours:"\n')
    styles = load_styles(str(tmp_path / "styles.toml")).by_name
    assert styles["noir"].suffix == "Dark."
    assert (styles["anime"].prefix, styles["anime"].look) == ("Ours:", None)
    assert "golden" in styles


@pytest.mark.parametrize(
    ("text", "hint"),
    [("[noir", "no valid TOML"), ("[noir]\nlooks = 'x'\n", "'noir.looks' is unknown")],
)
def test_a_styles_file_that_can_not_be_used_says_why(tmp_path: Path, text: str, hint: str) -> None:
    (tmp_path / "styles.toml").write_text(text)
    with pytest.raises(SettingsInvalid, match=hint):
        load_styles(str(tmp_path / "styles.toml"))
    with pytest.raises(SettingsInvalid, match="there is no file"):
        load_styles(str(tmp_path / "other.toml"))
