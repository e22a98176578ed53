"""The tiny checkpoints are what they stand for: a folder that loads, and that makes films."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import LTX2ImageToVideoPipeline, WanImageToVideoPipeline

from tests.models.pipelines import BLUE, RED, frames, load, make
from tests.models.tiny import TINY_MODELS, write_tiny

Checkpoint = Callable[[str], Path]

NAMES = sorted(TINY_MODELS)


@pytest.mark.parametrize("name", NAMES)
def test_a_checkpoint_is_small_and_its_weights_are_safetensors(
    checkpoint: Checkpoint, name: str
) -> None:
    files = [path for path in checkpoint(name).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 20_000_000
    assert {path.suffix for path in files} <= {".json", ".safetensors", ".jinja"}


@pytest.mark.parametrize("name", NAMES)
def test_a_checkpoint_has_the_same_weights_whenever_it_is_written(
    checkpoint: Checkpoint, name: str, tmp_path: Path
) -> None:
    torch.manual_seed(5)
    again = write_tiny(name, tmp_path / name)
    assert hashes(again) == hashes(checkpoint(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_checkpoint_loads_as_the_pipeline_that_its_folder_names(
    checkpoint: Checkpoint, name: str
) -> None:
    assert type(load(checkpoint(name))) is type(TINY_MODELS[name]())


@pytest.mark.parametrize("name", NAMES)
def test_a_model_makes_the_same_film_from_the_same_wish(checkpoint: Checkpoint, name: str) -> None:
    pipeline = load(checkpoint(name))
    film = frames(pipeline, prompt="a red kite", seed=3)
    assert film.shape == (9, 64, 64, 3)
    assert np.ptp(film) > 50
    assert np.array_equal(film, frames(pipeline, prompt="a red kite", seed=3))


@pytest.mark.parametrize("name", NAMES)
def test_the_prompt_and_the_seed_are_seen_in_the_film(checkpoint: Checkpoint, name: str) -> None:
    pipeline = load(checkpoint(name))
    film = frames(pipeline, prompt="a red kite", seed=3)
    assert not np.array_equal(film, frames(pipeline, prompt="two dogs by the sea", seed=3))
    assert not np.array_equal(film, frames(pipeline, prompt="a red kite", seed=4))


@pytest.mark.parametrize("name", [name for name in NAMES if "-i2v" in name])
def test_a_model_for_images_shows_another_film_for_another_image(
    checkpoint: Checkpoint, name: str
) -> None:
    pipeline = load(checkpoint(name))
    assert not np.array_equal(frames(pipeline, image=RED), frames(pipeline, image=BLUE))


def test_one_checkpoint_of_wan_takes_text_and_image(checkpoint: Checkpoint) -> None:
    text = load(checkpoint("wan2.2-ti2v-5b"))
    image = WanImageToVideoPipeline(**text.components, expand_timesteps=True)
    assert frames(text).shape == frames(image, image=RED).shape
    assert not np.array_equal(frames(image, image=RED), frames(image, image=BLUE))


@pytest.mark.parametrize("name", ["ltx-2", "ltx-2.3"])
def test_one_checkpoint_of_ltx_takes_text_and_image(checkpoint: Checkpoint, name: str) -> None:
    text = load(checkpoint(name))
    image = LTX2ImageToVideoPipeline(**text.components)
    assert frames(text).shape == frames(image, image=RED).shape
    assert not np.array_equal(frames(image, image=RED), frames(image, image=BLUE))


def test_both_experts_of_a14b_have_their_part_in_the_film(checkpoint: Checkpoint) -> None:
    pipeline = load(checkpoint("wan2.2-t2v-a14b"))
    film = frames(pipeline)
    pipeline.transformer, pipeline.transformer_2 = pipeline.transformer_2, pipeline.transformer
    assert not np.array_equal(film, frames(pipeline))


@pytest.mark.parametrize(("name", "hertz"), [("ltx-2", 24_000), ("ltx-2.3", 48_000)])
def test_the_sound_of_ltx_is_as_long_as_the_film(
    checkpoint: Checkpoint, name: str, hertz: int
) -> None:
    pipeline = load(checkpoint(name))
    made = make(pipeline, num_frames=49, frame_rate=24.0)
    channels, samples = made.audio[0].shape
    rate = pipeline.vocoder.config.output_sampling_rate
    assert (channels, rate) == (2, hertz)
    assert samples / rate == pytest.approx(49 / 24, abs=0.05)
    assert float(made.audio.abs().mean()) > 0.01


def hashes(folder: Path) -> dict[str, str]:
    """Of each file of weights, by its path in the checkpoint."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.safetensors")
    }
