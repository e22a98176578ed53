"""Every family draws what it is asked for, through the arguments that it gives its pipeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

from matinee.core.open_models import CATALOGUE, OpenModel
from matinee.core.size import Size
from matinee.engines.diffusers.family import Family, Rgb, Take, Texts, load_family
from matinee.engines.diffusers.loading import sibling

Checkpoint = Callable[[str], Path]

SIZE = Size(96, 64)
FRAMES = 9
MODELS = {model.name: model for model in CATALOGUE}
STANDS_FOR = {
    "wan2.1-t2v": "wan2.1-t2v-1.3b",
    "wan2.2-ti2v-5b": "wan2.2-ti2v-5b",
    "wan2.2-t2v-a14b": "wan2.2-t2v-a14b",
    "ltx-2": "ltx-2",
    "ltx-2.3": "ltx-2.3",
    "hunyuanvideo-1.5-t2v": "hunyuanvideo-1.5-t2v-480p",
    "cogvideox": "cogvideox-5b",
}
FROM_IMAGES = {
    "wan2.2-ti2v-5b": "wan2.2-ti2v-5b",
    "wan2.2-i2v-a14b": "wan2.2-i2v-a14b",
    "ltx-2": "ltx-2",
    "hunyuanvideo-1.5-i2v": "hunyuanvideo-1.5-i2v-480p",
    "cogvideox-i2v": "cogvideox-5b-i2v",
}


@pytest.mark.parametrize("name", STANDS_FOR)
def test_a_film_has_the_size_and_the_frames_that_were_asked_for(
    checkpoint: Checkpoint, name: str
) -> None:
    film = Studio(checkpoint(name), MODELS[STANDS_FOR[name]]).film()
    assert film.shape == (FRAMES, SIZE.height_px, SIZE.width_px, 3)
    assert film.dtype == np.uint8


@pytest.mark.parametrize("name", STANDS_FOR)
def test_what_is_decoded_here_is_what_the_pipeline_decodes(
    checkpoint: Checkpoint, name: str
) -> None:
    studio = Studio(checkpoint(name), MODELS[STANDS_FOR[name]])
    whole = studio.draw(output_type="np").frames[0]
    ours = studio.film()
    assert np.abs(ours / 255.0 - np.asarray(whole)).max() < 0.003


@pytest.mark.parametrize("name", STANDS_FOR)
def test_guidance_and_the_negative_prompt_change_the_film(
    checkpoint: Checkpoint, name: str
) -> None:
    studio = Studio(checkpoint(name), MODELS[STANDS_FOR[name]])
    guided = studio.film()
    assert not np.array_equal(guided, studio.film(guidance=1.0))
    assert not np.array_equal(guided, studio.film(negative_prompt="rain"))


@pytest.mark.parametrize("name", FROM_IMAGES)
def test_a_film_may_begin_with_an_image_in_its_own_size(checkpoint: Checkpoint, name: str) -> None:
    studio = Studio(checkpoint(name), MODELS[FROM_IMAGES[name]], begins_with_image=True)
    film = studio.film()
    assert film.shape == (FRAMES, SIZE.height_px, SIZE.width_px, 3)
    assert not np.array_equal(film, studio.film(image=np.full_like(film[0], 250)))


@pytest.mark.parametrize("name", ["ltx-2", "ltx-2.3"])
def test_the_sound_of_ltx_is_as_long_as_its_film(checkpoint: Checkpoint, name: str) -> None:
    studio = Studio(checkpoint(name), MODELS[name])
    with torch.no_grad():
        sound = studio.family.sound(studio.pipe, studio.draw(frames=49))
    assert sound is not None
    assert sound.shape[1] == 2
    assert sound.dtype == np.float32
    assert len(sound) / 48_000 == pytest.approx(49 / 24, abs=0.06)
    assert 0 < np.abs(sound).max() <= 1


def test_a_long_film_of_ltx_is_decoded_in_overlapping_pieces(checkpoint: Checkpoint) -> None:
    studio = Studio(checkpoint("ltx-2"), MODELS["ltx-2"])
    assert len(studio.film(frames=145)) == 145


@pytest.mark.parametrize("name", ["ltx-2.3", "ltx-2.3-distilled"])
def test_the_later_ltx_has_more_guidance_unless_it_was_distilled(
    checkpoint: Checkpoint, name: str
) -> None:
    model = MODELS[name]
    studio = Studio(checkpoint("ltx-2.3"), model)
    arguments = studio.family.arguments(studio.pipe, studio.take(guidance=model.guidance))
    assert arguments["audio_guidance_scale"] == (7.0 if model.guidance > 1 else 1.0)
    assert ("stg_scale" in arguments) is (model.guidance <= 1)
    assert arguments.get("sigmas", []) == list(model.sigmas)
    assert arguments["use_cross_timestep"]


def test_a_distilled_ltx_draws_at_its_own_noise_levels(checkpoint: Checkpoint) -> None:
    model = MODELS["ltx-2.3-distilled"]
    studio = Studio(checkpoint("ltx-2.3"), model)
    studio.draw(steps=model.steps, guidance=1.0)
    assert studio.pipe.scheduler.sigmas[:-1].tolist() == pytest.approx(model.sigmas)


class Studio:
    """A tiny checkpoint, prepared as its family does it."""

    def __init__(self, folder: Path, model: OpenModel, *, begins_with_image: bool = False) -> None:
        self.model = model
        self.family: Family = load_family(model.family)
        self.image = picture() if begins_with_image else None
        name = self.family.image_pipeline if begins_with_image else self.family.text_pipeline
        loaded = diffusers.DiffusionPipeline.from_pretrained(folder, local_files_only=True)
        loaded.set_progress_bar_config(disable=True)
        self.family.prepare(loaded, replace(model, flow_shift=None))
        self.pipe: Any = loaded if type(loaded).__name__ == name else sibling(loaded, name)
        self.pipe.set_progress_bar_config(disable=True)

    def film(self, **wishes: Any) -> Rgb:
        with torch.no_grad():
            return np.concatenate(list(self.family.frames(self.pipe, self.draw(**wishes))))

    def draw(self, output_type: str = "latent", negative_prompt: str = "", **wishes: Any) -> Any:
        take = self.take(**wishes)
        texts = Texts(prompt="a kite", negative_prompt=negative_prompt, guidance=take.guidance)
        with torch.no_grad():
            read: Mapping[str, Any] = self.family.encode(self.pipe, texts)
            arguments = self.family.arguments(self.pipe, take)
            return self.pipe(**read, **arguments, output_type=output_type)

    def take(self, **wishes: Any) -> Take:
        usual: dict[str, Any] = {"frames": FRAMES, "steps": 2, "guidance": 4.0, "image": self.image}
        return Take(
            model=self.model,
            size=SIZE,
            fps=24,
            generator=torch.Generator("cpu").manual_seed(3),
            **(usual | wishes),
        )


def picture() -> Rgb:
    """Darker to the left, in the size of the film."""
    ramp = np.linspace(0, 255, SIZE.width_px, dtype=np.uint8)
    return np.broadcast_to(ramp[None, :, None], (SIZE.height_px, SIZE.width_px, 3)).copy()
