"""An uploaded film keeps its own pictures; what the prompt names is laid over them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from matinee.core.errors import MediaInvalid
from matinee.core.video import Relation
from matinee.engines.animatic.film_wish import FilmWish
from tests.unit.engines.animatic.making import FilmFarm, Shown, an_upload, made, shown
from tests.unit.engines.animatic.specs import a_remix, a_role, a_source, a_spec


async def edited(
    farm: FilmFarm, folder: Path, prompt: str, *, sound: bool = True, **changes: Any
) -> Shown:
    upload = await an_upload(folder / "upload.mp4", sound=sound)
    posters = changes.pop("posters", ())
    source = a_source(None, Relation.EDIT, seconds=3.0)
    spec = a_spec(prompt, **({"seconds": 3, "source": source} | changes))
    await made(farm, folder / "film.mp4", FilmWish(spec=spec, source=upload, posters=posters))
    return shown(folder / "film.mp4")


def alike(one: Shown, other: Shown) -> float:
    """How the structure of two films' frames agrees, from -1 to 1."""
    pairs = zip(one.grey, other.grey, strict=True)
    return float(np.mean([np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in pairs]))


async def test_its_own_pictures_stay_in_another_style(farm: FilmFarm, tmp_path: Path) -> None:
    plain = await edited(farm, tmp_path, "keep it")
    comic = await edited(farm, tmp_path, "in comic style")
    assert np.abs(plain.grey - comic.grey).mean() > 8
    assert alike(plain, comic) > 0.5


async def test_it_is_turned_to_night(farm: FilmFarm, tmp_path: Path) -> None:
    plain = await edited(farm, tmp_path, "keep it")
    night = await edited(farm, tmp_path, "make it night")
    assert night.grey.mean() < 0.7 * plain.grey.mean()
    assert alike(plain, night) > 0.95


@pytest.mark.parametrize("prompt", ["now it rains", "let it snow", "add a cat", "add balloons"])
async def test_what_is_added_lies_over_it(farm: FilmFarm, tmp_path: Path, prompt: str) -> None:
    plain = await edited(farm, tmp_path, "keep it")
    film = await edited(farm, tmp_path, prompt)
    changed = np.abs(plain.grey - film.grey) > 12
    assert 0.005 < changed.mean() < 0.9
    assert alike(plain, film) > 0.3


async def test_a_character_walks_into_it(farm: FilmFarm, tmp_path: Path) -> None:
    Image.new("RGB", (64, 48), (240, 20, 20)).save(tmp_path / "poster.png")
    film = await edited(
        farm,
        tmp_path,
        "add Mossy",
        roles=(a_role(),),
        posters=(tmp_path / "poster.png",),
    )
    red, green, _ = np.moveaxis(film.rgb[12].astype(int), -1, 0)
    assert ((red > 120) & (red > 2 * green)).sum() > 300


async def test_its_sound_stays_unless_the_prompt_speaks_of_music(
    farm: FilmFarm, tmp_path: Path
) -> None:
    own = await edited(farm, tmp_path, "in anime style")
    tone = np.abs(np.fft.rfft(own.sound[24_000:72_000, 0]))
    scored = await edited(farm, tmp_path, "with jazz music")
    music = np.abs(np.fft.rfft(scored.sound[24_000:72_000, 0]))
    assert tone.argmax() == 440
    assert tone[440] / tone.sum() > 10 * music[440] / music.sum()


async def test_a_silent_film_gets_a_score(farm: FilmFarm, tmp_path: Path) -> None:
    film = await edited(farm, tmp_path, "in anime style", sound=False)
    assert film.level(0.5, 2.5) > -30


async def test_a_longer_film_lets_the_last_picture_live_on(farm: FilmFarm, tmp_path: Path) -> None:
    film = await edited(farm, tmp_path, "keep it", seconds=6)
    assert len(film.rgb) == 48
    assert np.abs(film.grey[26] - film.grey[24]).mean() < 6
    assert np.abs(film.grey[47] - film.grey[26]).mean() > 0.5


async def test_a_remix_of_a_remixed_upload_keeps_its_pictures(
    farm: FilmFarm, tmp_path: Path
) -> None:
    plain = await edited(farm, tmp_path, "keep it")
    upload_remixed = a_spec("keep it", seconds=3, source=a_source(None, Relation.EDIT))
    wish = FilmWish(spec=a_remix(upload_remixed, "make it night"), source=tmp_path / "film.mp4")
    await made(farm, tmp_path / "again.mp4", wish)
    assert alike(plain, shown(tmp_path / "again.mp4")) > 0.95


async def test_the_same_edit_has_the_same_bytes(farm: FilmFarm, tmp_path: Path) -> None:
    hashes = set()
    for _ in range(2):
        await edited(farm, tmp_path, "add a cat and make it rain, in nostalgic vhs style")
        hashes.add(sha256((tmp_path / "film.mp4").read_bytes()).hexdigest())
    assert len(hashes) == 1


async def test_a_broken_film_fails_with_a_reason(farm: FilmFarm, tmp_path: Path) -> None:
    (tmp_path / "upload.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(400))
    spec = a_spec("keep it", seconds=3, source=a_source(None, Relation.EDIT))
    with pytest.raises(MediaInvalid):
        await made(farm, tmp_path / "film.mp4", FilmWish(spec=spec, source=tmp_path / "upload.mp4"))
