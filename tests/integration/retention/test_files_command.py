"""`matinee db files`."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
import typer

from matinee.cli.files import check_files
from matinee.core.errors import NotFound
from matinee.core.video import Video
from tests.houses import House


@pytest.fixture
async def film(house: House, client: httpx.AsyncClient) -> Video:
    """A completed video."""
    reply = await client.post("/v1/videos", json={"prompt": "a fox"})
    return await house.complete(reply.json()["id"])


def test_where_all_is_there_that_is_said(
    house: House, film: Video, capsys: pytest.CaptureFixture[str]
) -> None:
    check_files(house.folder, None)
    assert capsys.readouterr().err == "Every file that the rows name is there.\n"


def test_a_file_that_is_gone_is_named_with_its_video(
    house: House, film: Video, capsys: pytest.CaptureFixture[str]
) -> None:
    key = film.assets[0].blob_key
    (house.folder / "blobs" / key).unlink()
    with pytest.raises(typer.Exit) as ended:
        check_files(house.folder, None)
    assert ended.value.exit_code == 1
    assert capsys.readouterr().out == f"missing  {key}  video {film.id}\n"


def test_an_empty_folder_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no database"):
        check_files(tmp_path / "nowhere", None)
