"""An extended film is its source, and goes on from there without a jump."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from matinee.core.video import Relation, VideoSpec
from matinee.engines.animatic.film import make_film
from matinee.engines.animatic.film_wish import FilmWish
from tests.unit.engines.animatic.making import FilmFarm, Shown, an_upload, made, shown
from tests.unit.engines.animatic.specs import a_source, a_spec, an_extension

# Whole films, drawn by processes that yield to all other work on the machine.
pytestmark = pytest.mark.timeout(240)

SOURCE = a_spec("A dog walks through a meadow")
NEW = "The dog swims in the sea at night"


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def two(farm: FilmFarm, folder: Path, longer: VideoSpec) -> tuple[Shown, Shown]:
    """The source and the film that `longer` makes of it."""
    await made(farm, folder / "source.mp4", FilmWish(spec=SOURCE))
    wish = FilmWish(spec=longer, source=folder / "source.mp4")
    facts = await made(farm, folder / "longer.mp4", wish)
    assert facts.seconds == longer.seconds
    return shown(folder / "source.mp4"), shown(folder / "longer.mp4")


def seam_ratio(film: Shown, seam: int) -> float:
    """How much more changes at frame `seam` than usually around it."""
    changes = film.changes()
    around = np.concatenate([changes[seam - 6 : seam - 1], changes[seam : seam + 5]])
    return float(changes[seam - 1] / np.median(around))


async def test_it_begins_with_its_source(farm: FilmFarm, tmp_path: Path) -> None:
    source, longer = await two(farm, tmp_path, an_extension(SOURCE, NEW, 4))
    differences = np.abs(source.grey - longer.grey[: len(source.grey)]).mean((1, 2))
    assert differences.max() < 4
    assert np.abs(source.grey[-1] - longer.grey[-1]).mean() > 15


async def test_no_jump_is_seen_at_the_seam(farm: FilmFarm, tmp_path: Path) -> None:
    _, longer = await two(farm, tmp_path, an_extension(SOURCE, NEW, 4))
    assert seam_ratio(longer, 40) < 1.6


async def test_no_click_is_heard_at_the_seam(farm: FilmFarm, tmp_path: Path) -> None:
    _, longer = await two(farm, tmp_path, an_extension(SOURCE, "continue", 4))
    steps = np.abs(np.diff(longer.sound, axis=0)).max(1)
    seam = 5 * 48_000
    assert steps[seam - 38_400 : seam + 9_600].max() < 1.5 * np.percentile(steps, 99.9)
    levels = [longer.level(5 + k / 2, 5.5 + k / 2) for k in range(-4, 4)]
    assert max(levels) - min(levels) < 7


async def test_its_last_shot_goes_on_and_then_the_prompt_is_seen(
    farm: FilmFarm, tmp_path: Path
) -> None:
    _, longer = await two(farm, tmp_path, an_extension(SOURCE, NEW, 4))
    end_of_source = longer.grey[39]
    assert np.abs(longer.grey[44] - end_of_source).mean() < 12
    assert longer.grey[-4].mean() < 0.7 * end_of_source.mean()


async def test_an_extension_is_extended(farm: FilmFarm, tmp_path: Path) -> None:
    once = an_extension(SOURCE, NEW, 3)
    await two(farm, tmp_path, once)
    twice = an_extension(once, "A whale jumps", 3, source=a_source(once, Relation.EXTEND))
    wish = FilmWish(spec=twice, source=tmp_path / "longer.mp4")
    await made(farm, tmp_path / "twice.mp4", wish)
    film = shown(tmp_path / "twice.mp4")
    assert len(film.rgb) == 11 * 8
    assert seam_ratio(film, 40) < 1.6
    assert seam_ratio(film, 64) < 2.0


async def test_the_same_extension_has_the_same_bytes(farm: FilmFarm, tmp_path: Path) -> None:
    hashes = set()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        await two(farm, tmp_path / name, an_extension(SOURCE, NEW, 2))
        hashes.add(sha256((tmp_path / name / "longer.mp4").read_bytes()).hexdigest())
    assert len(hashes) == 1


async def test_an_upload_goes_on_from_its_last_picture(farm: FilmFarm, tmp_path: Path) -> None:
    upload = await an_upload(tmp_path / "upload.mp4", frames=33)
    source = a_source(None, Relation.EXTEND, seconds=3.3)
    wish = FilmWish(spec=a_spec(NEW, seconds=7, source=source), source=upload)
    await made(farm, tmp_path / "film.mp4", wish)
    film = shown(tmp_path / "film.mp4")
    seam = round(3.3 * 8)
    assert film.changes()[seam - 1] <= np.median(film.changes()[: seam - 1])
    assert np.abs(film.grey[seam + 2] - film.grey[seam - 1]).mean() < 12


async def test_a_source_that_would_be_drawn_otherwise_goes_on_from_its_last_picture(
    farm: FilmFarm, tmp_path: Path
) -> None:
    another = replace(SOURCE, prompt="A whale in the deep sea")
    spec = a_spec(NEW, seconds=9, source=a_source(another, Relation.EXTEND))
    _, longer = await two(farm, tmp_path, spec)
    assert longer.changes()[39] < 3 * np.median(longer.changes()[30:39])


async def test_closing_early_leaves_nothing(farm: FilmFarm, tmp_path: Path) -> None:
    await made(farm, tmp_path / "source.mp4", FilmWish(spec=SOURCE))
    wish = FilmWish(spec=an_extension(SOURCE, NEW, 4), source=tmp_path / "source.mp4")
    for frames in (1, 42):
        async with aclosing(make_film(wish, tmp_path / "film.mp4", farm)) as reports:
            for _ in range(frames):
                await anext(reports)
        assert names_in(tmp_path) == ["source.mp4"]
