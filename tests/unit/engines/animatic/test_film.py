"""A film has exactly the frames, size and sound that were wished for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from hashlib import sha256
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from matinee.core.errors import MediaInvalid
from matinee.core.size import Size
from matinee.engines.animatic.farm import Farm
from matinee.engines.animatic.film import make_film
from matinee.engines.animatic.film_wish import FilmWish
from matinee.engines.animatic.reference import build_reference
from matinee.engines.animatic.scene_studio import Drawn, SceneStudio, ShotOrder
from matinee.media.probe import VideoFacts, verify

FilmFarm = Farm[ShotOrder, Drawn]

PROMPT = "A dog floats in space. Cut to: a fox walks through a forest in the rain"


@pytest.fixture
async def farm() -> AsyncIterator[FilmFarm]:
    async with Farm(SceneStudio(build_picture=build_reference), workers=2) as farm:
        yield farm


def a_wish(**changes: object) -> FilmWish:
    wish = {"prompt": PROMPT, "seconds": 5.0, "size": Size(192, 108), "seed": 3, "fps": 8}
    return FilmWish(**(wish | changes))  # type: ignore[arg-type]


async def made(farm: FilmFarm, out: Path, wish: FilmWish) -> VideoFacts:
    async with aclosing(make_film(wish, out, farm)) as reports:
        assert [(report.done, report.total) async for report in reports] == [
            (done, wish.frames) for done in range(1, wish.frames + 1)
        ]
    return await verify(out)


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def shown(film: Path) -> list[np.ndarray]:
    with av.open(film) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


async def test_a_film_is_as_wished_and_moves_and_sounds(farm: FilmFarm, tmp_path: Path) -> None:
    facts = await made(farm, tmp_path / "film.mp4", a_wish())
    frames = shown(tmp_path / "film.mp4")
    with av.open(tmp_path / "film.mp4") as container:
        sound = np.concatenate([each.to_ndarray() for each in container.decode(audio=0)], axis=1)
    assert (facts.width_px, facts.height_px, facts.frames, facts.seconds) == (192, 108, 40, 5.0)
    assert np.abs(frames[2].astype(int) - frames[12]).mean() > 1
    assert np.abs(frames[10].astype(int) - frames[30]).mean() > 10
    assert float(np.sqrt((sound**2).mean())) > 0.02


async def test_the_same_wish_gives_the_same_bytes(farm: FilmFarm, tmp_path: Path) -> None:
    hashes = []
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        await made(farm, tmp_path / name, a_wish(seed=seed, seconds=2.0))
        hashes.append(sha256((tmp_path / name).read_bytes()).hexdigest())
    assert hashes[0] == hashes[1] != hashes[2]


async def test_a_film_drawn_as_a_draft_has_its_full_size(farm: FilmFarm, tmp_path: Path) -> None:
    wish = a_wish(seconds=1.0, drawn_pixels=100 * 60)
    facts = await made(farm, tmp_path / "film.mp4", wish)
    assert (facts.width_px, facts.height_px) == (192, 108)
    assert shown(tmp_path / "film.mp4")[3].std() > 10


async def test_the_first_frame_is_the_reference_image(farm: FilmFarm, tmp_path: Path) -> None:
    red, green = np.meshgrid(np.linspace(0, 255, 192), np.linspace(0, 255, 108))
    picture = np.stack([red, green, red * 0 + 90], axis=-1).astype(np.uint8)
    Image.fromarray(picture).save(tmp_path / "reference", "PNG")
    wish = a_wish(reference=tmp_path / "reference", drawn_pixels=100 * 60)
    await made(farm, tmp_path / "film.mp4", wish)
    frames = shown(tmp_path / "film.mp4")
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
