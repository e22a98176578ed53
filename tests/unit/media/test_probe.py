"""What is no sound film is found out."""

from __future__ import annotations

from pathlib import Path

import pytest

from matinee.core.errors import MediaInvalid
from matinee.media.probe import probe, verify
from tests.unit.media.films import make_film


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>no film</html>",
        b"\0\0\0\x18ftypisom\0\0\2\0isomiso2",
        b"#EXTM3U\nhttp://127.0.0.1/film.ts\n",
        b"\x1a\x45\xdf\xa3 and nothing more",
    ],
)
async def test_what_is_no_film_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(data)
    with pytest.raises(MediaInvalid):
        await probe(path)


async def test_a_film_cut_short_is_found_out_by_decoding(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.mp4", tmp_path / "cut.mp4"
    await make_film(whole, frames=60)
    data = whole.read_bytes()
    cut.write_bytes(data[: len(data) * 2 // 3])
    assert (await probe(cut)).frames == 60
    with pytest.raises(MediaInvalid):
        await verify(cut)


async def test_a_film_with_a_hole_is_found_out_by_decoding(tmp_path: Path) -> None:
    whole, holed = tmp_path / "whole.mp4", tmp_path / "holed.mp4"
    await make_film(whole, frames=60)
    data = bytearray(whole.read_bytes())
    middle = (data.index(b"mdat") + len(data)) // 2
    data[middle : middle + 3000] = b"\xa5" * 3000
    holed.write_bytes(data)
    with pytest.raises(MediaInvalid):
        await verify(holed)


async def test_a_name_like_an_address_is_only_a_file_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("concat:film.mp4")
    await make_film(path)
    assert (await probe(path)).frames == 30
