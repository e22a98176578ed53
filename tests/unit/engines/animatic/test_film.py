"""A film has exactly the frames, size and sound that were wished for."""

from __future__ import annotations

from contextlib import aclosing
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from matinee.core.errors import MediaInvalid
from matinee.engines.animatic.film import make_film
from matinee.engines.animatic.film_wish import DRAWN_PIXELS, FilmWish
from tests.unit.engines.animatic.making import FilmFarm, an_upload, made, shown
from tests.unit.engines.animatic.specs import a_reference, a_remix, a_role, a_spec

PROMPT = "A dog floats in space. Cut to: a fox walks through a forest in the rain"


def a_wish(
    prompt: str = PROMPT,
    *,
    reference: Path | None = None,
    drawn_pixels: int = DRAWN_PIXELS,
    **changes: Any,
) -> FilmWish:
    references = () if reference is None else (a_reference(),)
    spec = a_spec(prompt, references=references, **changes)
    return FilmWish(spec=spec, reference=reference, drawn_pixels=drawn_pixels)


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_film_is_as_wished_and_moves_and_sounds(farm: FilmFarm, tmp_path: Path) -> None:
    facts = await made(farm, tmp_path / "film.mp4", a_wish())
    film = shown(tmp_path / "film.mp4")
    frames, sound = film.rgb, film.sound
    assert (facts.width_px, facts.height_px, facts.frames, facts.seconds) == (192, 108, 40, 5.0)
    assert np.abs(frames[2].astype(int) - frames[12]).mean() > 1
    assert np.abs(frames[10].astype(int) - frames[30]).mean() > 10
    assert float(np.sqrt((sound**2).mean())) > 0.02


async def test_the_same_wish_gives_the_same_bytes(farm: FilmFarm, tmp_path: Path) -> None:
    hashes = []
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        await made(farm, tmp_path / name, a_wish(seed=seed, seconds=2))
        hashes.append(sha256((tmp_path / name).read_bytes()).hexdigest())
    assert hashes[0] == hashes[1] != hashes[2]


async def test_a_film_drawn_as_a_draft_has_its_full_size(farm: FilmFarm, tmp_path: Path) -> None:
    wish = a_wish(seconds=1, drawn_pixels=100 * 60)
    facts = await made(farm, tmp_path / "film.mp4", wish)
    assert (facts.width_px, facts.height_px) == (192, 108)
    assert shown(tmp_path / "film.mp4").rgb[3].std() > 10


async def test_the_first_frame_is_the_reference_image(farm: FilmFarm, tmp_path: Path) -> None:
    red, green = np.meshgrid(np.linspace(0, 255, 192), np.linspace(0, 255, 108))
    picture = np.stack([red, green, red * 0 + 90], axis=-1).astype(np.uint8)
    Image.fromarray(picture).save(tmp_path / "reference", "PNG")
    wish = a_wish(reference=tmp_path / "reference", drawn_pixels=100 * 60)
    await made(farm, tmp_path / "film.mp4", wish)
    frames = shown(tmp_path / "film.mp4").rgb
    differences = [np.abs(frame.astype(int) - picture).mean() for frame in frames[:20]]
    assert differences[0] < 4
    assert differences[-1] > differences[0] + 1


async def test_a_reference_that_is_no_image_fails_the_film(farm: FilmFarm, tmp_path: Path) -> None:
    (tmp_path / "reference").write_bytes(b"no image")
    with pytest.raises(MediaInvalid):
        await made(farm, tmp_path / "film.mp4", a_wish(reference=tmp_path / "reference"))


async def test_closing_early_leaves_nothing(farm: FilmFarm, tmp_path: Path) -> None:
    async with aclosing(make_film(a_wish(), tmp_path / "film.mp4", farm)) as reports:
        assert (await anext(reports)).done == 1
    assert files_in(tmp_path) == []


async def test_a_remix_is_staged_as_its_source(farm: FilmFarm, tmp_path: Path) -> None:
    source = a_wish(seconds=4)
    await made(farm, tmp_path / "source.mp4", source)
    for name, prompt in (("same", "keep everything as it is"), ("rain", "now it rains")):
        wish = FilmWish(spec=a_remix(source.spec, prompt), source=tmp_path / "source.mp4")
        await made(farm, tmp_path / f"{name}.mp4", wish)
    before, same, rain = (
        shown(tmp_path / f"{name}.mp4").grey[:6] for name in ("source", "same", "rain")
    )
    assert np.abs(before - same).max() == 0
    assert np.abs(before[:6] - rain[:6]).mean() < 40


async def test_a_remix_begins_with_the_picture_its_source_began_with(
    farm: FilmFarm, tmp_path: Path
) -> None:
    picture = np.tile(np.linspace(0, 255, 192, dtype=np.uint8)[None, :, None], (108, 1, 3))
    Image.fromarray(picture).save(tmp_path / "reference", "PNG")
    source = a_wish("a dog in a park", reference=tmp_path / "reference", seconds=4)
    await made(farm, tmp_path / "source.mp4", source)
    remix = a_remix(source.spec, "make it night")
    await made(farm, tmp_path / "film.mp4", FilmWish(spec=remix, source=tmp_path / "source.mp4"))
    assert np.abs(shown(tmp_path / "film.mp4").rgb[0].astype(int) - picture).mean() < 5


async def test_a_film_of_another_engine_is_not_drawn_anew(farm: FilmFarm, tmp_path: Path) -> None:
    upload = await an_upload(tmp_path / "source.mp4")
    remix = a_remix(a_spec("a dog in a park", seconds=3), "make it night")
    await made(farm, tmp_path / "film.mp4", FilmWish(spec=remix, source=upload))
    before, after = shown(upload), shown(tmp_path / "film.mp4")
    first = cv2.resize(before.grey[0], (192, 115))[3:111]
    assert np.corrcoef(first.ravel(), after.grey[0].ravel())[0, 1] > 0.9


async def test_characters_come_with_their_pictures(farm: FilmFarm, tmp_path: Path) -> None:
    Image.new("RGB", (64, 48), (240, 20, 20)).save(tmp_path / "poster.png")
    spec = a_spec("Mossy stands in a snowy field by day", seconds=4, roles=(a_role(),))
    wish = FilmWish(spec=spec, posters=(tmp_path / "poster.png",))
    await made(farm, tmp_path / "film.mp4", wish)
    red, green, _ = np.moveaxis(shown(tmp_path / "film.mp4").rgb[16].astype(int), -1, 0)
    assert ((red > 120) & (red > 2 * green)).sum() > 300
