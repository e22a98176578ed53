"""Keys of upstreams, which settings may keep in the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from matinee.core.errors import SettingsInvalid
from matinee.data_folder import DataFolder
from matinee.engine_room import configured_engines
from matinee.settings import Settings

SETTINGS = Settings(
    engines={
        "sora": {
            "kind": "openai",
            "base_url": "https://api.example.org/v1",
            "api_key_env": "SORA_KEY",
        }
    }
)


def test_a_key_is_read_from_the_variable_that_the_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SORA_KEY", "sk-canary")
    engine = configured_engines(SETTINGS, DataFolder(tmp_path))["sora"]
    assert engine.setup.options.api_key == "sk-canary"
    assert "sk-canary" not in repr(engine.setup)


@pytest.mark.parametrize("value", [None, ""])
def test_a_key_that_is_not_there_is_named_at_the_start(
    value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is None:
        monkeypatch.delenv("SORA_KEY", raising=False)
    else:
        monkeypatch.setenv("SORA_KEY", value)
    with pytest.raises(SettingsInvalid, match="SORA_KEY, which is not set") as refused:
        configured_engines(SETTINGS, DataFolder(tmp_path))
    assert refused.value.param == "engines.sora.api_key_env"
