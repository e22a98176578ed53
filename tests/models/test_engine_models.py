"""What differs from model to model in a whole film: how it begins, how it goes on, its sound."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from matinee.core.errors import EngineError
from matinee.core.video import SamplingOptions
from matinee.engines.registry import load_film_maker
from matinee.ports.engine import FilmMaker
from matinee.ports.engine_kind import EngineSetup
from tests.models.children import (
    SMALL,
    THREADS,
    TI2V,
    Films,
    a_film,
    a_reference,
    a_spec,
    an_image,
    extending,
    phases,
    pictures_of,
)

Checkpoint = Callable[[str], Path]
Here = Films[FilmMaker]
Having = Callable[..., Here]
HERE = {
    TI2V: TI2V,
    "fastwan2.2-ti2v-5b": TI2V,
    "wan2.1-t2v-1.3b": "wan2.1-t2v",
    "wan2.1-i2v-14b-480p": "wan2.1-i2v",
    "wan2.2-t2v-a14b": "wan2.2-t2v-a14b",
    "wan2.2-i2v-a14b": "wan2.2-i2v-a14b",
    "ltx-2": "ltx-2",
    "hunyuanvideo-1.5-t2v-480p": "hunyuanvideo-1.5-t2v",
    "hunyuanvideo-1.5-i2v-480p": "hunyuanvideo-1.5-i2v",
    "cogvideox-5b": "cogvideox",
}
"""Which tiny checkpoint stands for which model."""

FROM_TEXT = [name for name in HERE if "i2v" not in name.replace("ti2v", "")]
FROM_IMAGES = [
    *(TI2V, "wan2.1-i2v-14b-480p", "wan2.2-i2v-a14b", "ltx-2", "hunyuanvideo-1.5-i2v-480p"),
]


@pytest.fixture
def having(checkpoint: Checkpoint, tmp_path: Path) -> Having:
    """Makes an engine that has these models, in this process, which has torch already."""

    def have(*models: str, **options: Any) -> Here:
        weights = {model: str(checkpoint(HERE[model])) for model in models}
        setup = EngineSetup(
            name="local",
            options={"device": "cpu", "weights": weights, **options},
            processes=THREADS,
            models_folder=tmp_path / "models",
            state_folder=tmp_path / "state",
        )
        return Films(load_film_maker("diffusers", setup), tmp_path, models[0] if models else TI2V)

    return have


@pytest.mark.parametrize("model", FROM_TEXT)
async def test_every_model_makes_a_film_of_words(having: Having, model: str) -> None:
    made = having(model)
    assert (await made.pictures(a_spec())).shape == (8, SMALL.height_px, SMALL.width_px, 3)


@pytest.mark.parametrize("model", FROM_IMAGES)
async def test_one_that_takes_images_begins_with_one_and_goes_on_from_a_film(
    having: Having, tmp_path: Path, model: str
) -> None:
    made = having(model)
    spec = a_spec(references=(a_reference(),))
    assert len(await made.pictures(spec, references=(an_image(tmp_path),))) == 8
    source = await a_film(tmp_path / "source.mp4", seconds=1, has_sound=False)
    assert len(await made.pictures(extending(2, 1.0), source=source)) == 16


async def test_one_that_needs_an_image_says_so(having: Having) -> None:
    made = having("wan2.2-i2v-a14b")
    with pytest.raises(EngineError, match="begins with an image"):
        await made.make(a_spec())


async def test_a_few_step_model_takes_its_own_steps_and_repeats_itself(having: Having) -> None:
    made = having("fastwan2.2-ti2v-5b")
    spec = a_spec(options=SamplingOptions(steps=40))
    first, told = await made.make(spec)
    again, _ = await made.make(spec)
    assert sum(each.phase == "denoise" for each in told) == 3
    assert first.read_bytes() == again.read_bytes()


async def test_a_film_of_several_segments_has_sound_throughout(having: Having) -> None:
    made = having("ltx-2")
    film, _ = await made.make(a_spec(seconds=16))
    with av.open(str(film)) as container:
        sound = np.concatenate([each.to_ndarray() for each in container.decode(audio=0)], axis=1)
    assert sound.shape[1] / 48_000 == pytest.approx(16, abs=0.05)
    per_second = np.abs(sound[0, : 16 * 48_000].reshape(16, -1)).max(axis=1)
    assert per_second.min() > 0.001
    assert len(pictures_of(film)) == 128


async def test_a_model_gives_way_to_another_one(having: Having) -> None:
    made = having(TI2V, "wan2.1-t2v-1.3b")
    await made.make(a_spec())
    made.model = "wan2.1-t2v-1.3b"
    _, told = await made.make(a_spec())
    assert phases(told)[0] == "loading"
    _, told = await made.make(a_spec())
    assert "loading" not in phases(told)


async def test_how_long_the_phases_took_is_remembered(having: Having, tmp_path: Path) -> None:
    made = having(TI2V)
    await made.make(a_spec())
    assert TI2V in (tmp_path / "state" / "phases.json").read_text()


@pytest.mark.parametrize("profile", ["fast", "turbo"])
async def test_every_speed_profile_makes_films(having: Having, profile: str) -> None:
    made = having(TI2V, "fastwan2.2-ti2v-5b", profile=profile)
    _, told = await made.make(a_spec(options=SamplingOptions(steps=5)))
    assert sum(each.phase == "denoise" for each in told) == (3 if profile == "turbo" else 5)


async def test_weights_that_are_not_here_are_named_with_the_command_that_fetches_them(
    having: Having,
) -> None:
    made = having()
    with pytest.raises(EngineError, match=f"matinee models pull {TI2V}"):
        await made.make(a_spec())


async def test_weights_that_are_damaged_are_named_and_no_path_of_the_server_is(
    checkpoint: Checkpoint, having: Having, tmp_path: Path
) -> None:
    folder = tmp_path / "models" / TI2V
    for file in checkpoint(TI2V).rglob("*.*"):
        copy = folder / file.relative_to(checkpoint(TI2V))
        copy.parent.mkdir(parents=True, exist_ok=True)
        data = file.read_bytes()
        copy.write_bytes(data[:-64] if file.suffix == ".safetensors" else data)
    made = having()
    with pytest.raises(EngineError, match="can't be used") as refused:
        await made.make(a_spec())
    assert str(tmp_path) not in str(refused.value)


async def test_a_device_that_is_not_there_is_named(having: Having) -> None:
    made = having(TI2V, device="cuda:7")
    with pytest.raises(EngineError, match="no device 'cuda:7'"):
        await made.make(a_spec())


async def test_a_film_given_up_while_its_model_is_loaded_leaves_the_engine_well(
    having: Having,
) -> None:
    made = having(TI2V)
    async with aclosing(made.engine.generate(a_spec(), made.space())) as reports:
        async for report in reports:
            if getattr(report, "phase", "") == "loading":
                break
    assert len(await made.pictures(a_spec())) == 8
