"""What an engine's own process sees of the server's environment."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import psutil
import pytest

from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.data_folder import DataFolder
from matinee.engine_room import configured_engines, make_engine
from matinee.ports.engine import Workspace
from matinee.settings import Settings

SECRETS = {
    "MATINEE_DATABASE": "postgresql://matinee:word@db.example.org/matinee",
    "MATINEE_SECRET": "ab" * 32,
    "MATINEE_API_KEY": "mk-1",
    "AWS_SECRET_ACCESS_KEY": "key",
    "PGPASSWORD": "word",
    "HF_TOKEN": "hf_1",
    "CINEMA_KEY": "sk-1",
}
NEEDED = {"PATH", "CUDA_VISIBLE_DEVICES"}
UPSTREAM = {"kind": "openai", "base_url": "http://a.example/v1", "api_key_env": "CINEMA_KEY"}
SPEC = VideoSpec(model="test-slow", prompt="a fox", size=Size(1280, 720), seconds=1, seed=7)


async def test_it_sees_no_secret_of_the_servers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, text in {**SECRETS, "CUDA_VISIBLE_DEVICES": "1"}.items():
        monkeypatch.setenv(name, text)
    settings = Settings(engines={"cinema": UPSTREAM})
    engines = configured_engines(settings, DataFolder(tmp_path))
    engine = make_engine(engines["rehearsal-slow"], settings)
    before = set(psutil.Process().children())
    try:
        async with aclosing(engine.generate(SPEC, Workspace(folder=tmp_path))) as reports:
            await anext(reports)
            (child,) = set(psutil.Process().children()) - before
            seen = child.environ()
    finally:
        await engine.close()
    assert not seen.keys() & SECRETS.keys()
    assert seen.keys() >= NEEDED
