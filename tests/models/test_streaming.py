"""Wan's frames as they are decoded one after the other, beside what its decoder gives at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from matinee.engines.diffusers.decoding import as_rgb
from matinee.engines.diffusers.wan import WAN, streamed_decode
from tests.models.pipelines import load

Checkpoint = Callable[[str], Path]
LAYOUTS = ("wan2.1-t2v", "wan2.2-ti2v-5b")


@pytest.fixture(autouse=True)
def without_gradients() -> Iterator[None]:
    """As the engine runs everything."""
    with torch.no_grad():
        yield


@pytest.mark.parametrize("layout", LAYOUTS)
def test_streamed_frames_are_those_that_the_decoder_gives_at_once(
    checkpoint: Checkpoint, layout: str
) -> None:
    vae = load(checkpoint(layout)).vae
    latents = some_latents(vae)
    pieces = list(streamed_decode(vae, latents))
    assert [len(piece) for piece in pieces] == [1, 4, 4, 4]
    at_once = as_rgb(vae.decode(latents, return_dict=False)[0])
    assert np.abs(np.concatenate(pieces).astype(int) - at_once).max() <= 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_stream_that_is_left_early_leaves_nothing_to_the_next_one(
    checkpoint: Checkpoint, layout: str
) -> None:
    vae = load(checkpoint(layout)).vae
    latents = some_latents(vae)
    whole = np.concatenate(list(streamed_decode(vae, latents)))
    left = streamed_decode(vae, latents)
    next(left)
    left.close()
    assert np.array_equal(np.concatenate(list(streamed_decode(vae, latents))), whole)


def test_a_decoder_that_works_in_tiles_decodes_at_once(checkpoint: Checkpoint) -> None:
    pipe = load(checkpoint("wan2.1-t2v"))
    output = SimpleNamespace(frames=some_latents(pipe.vae))
    streamed = list(WAN.frames(pipe, output))
    pipe.vae.enable_tiling()
    tiled = list(WAN.frames(pipe, output))
    assert len(tiled) < len(streamed)
    assert np.abs(np.concatenate(tiled).astype(int) - np.concatenate(streamed)).max() <= 1


def some_latents(vae: Any) -> torch.Tensor:
    """Four latent frames, which are 13."""
    return torch.randn((1, vae.config.z_dim, 4, 4, 6), generator=torch.Generator().manual_seed(1))
