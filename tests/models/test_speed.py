"""Speed profiles change what they say and no more, and a given-up film leaves nothing behind."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from matinee.core.open_models import open_model
from matinee.engines.diffusers.device import DeviceFacts
from matinee.engines.diffusers.memory import MemoryPolicy
from matinee.engines.diffusers.profiles import Profile, ProfilePlan, plan_profile, running, tune
from matinee.engines.diffusers.wan import WAN
from tests.models.pipelines import frames, load

Checkpoint = Callable[[str], Path]

PROCESSOR = DeviceFacts(kind="cpu")
CARD = DeviceFacts(kind="cuda", has_cudnn_attention=True, compiles=True)
RESIDENT = MemoryPolicy.RESIDENT


@pytest.mark.parametrize("profile", [Profile.EXACT, Profile.FAST])
def test_on_a_processor_exact_and_fast_draw_the_plain_film(
    checkpoint: Checkpoint, profile: Profile
) -> None:
    plain = frames(load(checkpoint("wan2.2-ti2v-5b")))
    pipe = load(checkpoint("wan2.2-ti2v-5b"))
    plan = a_plan(profile, PROCESSOR)
    tune(pipe, plan, RESIDENT)
    with running(pipe, plan):
        assert np.array_equal(frames(pipe), plain)


def test_pinned_attention_draws_the_same_film_where_its_kernel_is_not(
    checkpoint: Checkpoint,
) -> None:
    pipe = load(checkpoint("wan2.2-ti2v-5b"))
    plain = frames(pipe)
    with running(pipe, a_plan(Profile.EXACT, CARD)):
        assert np.abs(frames(pipe).astype(int) - plain).max() <= 1


@pytest.mark.parametrize("name", ["wan2.2-ti2v-5b", "wan2.2-t2v-a14b", "cogvideox"])
def test_turbo_skips_steps_and_repeats_itself(checkpoint: Checkpoint, name: str) -> None:
    pipe = load(checkpoint(name))
    plain = frames(pipe, num_inference_steps=8)
    plan = replace(a_plan(Profile.TURBO, PROCESSOR), skips_below=0.9)
    tune(pipe, plan, RESIDENT)
    with running(pipe, plan):
        skipped = frames(pipe, num_inference_steps=8)
        assert not np.array_equal(skipped, plain)
        assert np.array_equal(frames(pipe, num_inference_steps=8), skipped)


def test_a_film_that_was_given_up_leaves_nothing_in_the_cache(checkpoint: Checkpoint) -> None:
    pipe = load(checkpoint("wan2.2-ti2v-5b"))
    plan = replace(a_plan(Profile.TURBO, PROCESSOR), skips_below=0.9)
    tune(pipe, plan, RESIDENT)
    with running(pipe, plan):
        expected = frames(pipe, num_inference_steps=4)
    with pytest.raises(GivenUp), running(pipe, plan):
        frames(pipe, num_inference_steps=4, num_frames=17, callback_on_step_end=give_up)
    with running(pipe, plan):
        assert np.array_equal(frames(pipe, num_inference_steps=4), expected)


def test_a_halved_decoder_leaves_the_encoder_as_it_is(checkpoint: Checkpoint) -> None:
    vae = load(checkpoint("wan2.2-ti2v-5b")).vae
    pipe = Pretended(vae=vae)
    tune(pipe, replace(a_plan(Profile.FAST, CARD), compiles=False), RESIDENT)
    assert next(vae.decoder.parameters()).dtype is torch.bfloat16
    assert next(vae.post_quant_conv.parameters()).dtype is torch.bfloat16
    assert next(vae.encoder.parameters()).dtype is torch.float32


def test_a_halved_decoder_draws_nearly_the_same_frames(checkpoint: Checkpoint) -> None:
    vae = load(checkpoint("wan2.2-ti2v-5b")).vae
    output = SimpleNamespace(frames=torch.randn((1, 48, 3, 4, 4)))
    pipe = Pretended(vae=vae)
    with torch.no_grad():
        exact = np.concatenate(list(WAN.frames(pipe, output))).astype(int)
        tune(pipe, replace(a_plan(Profile.FAST, CARD), compiles=False), RESIDENT)
        halved = np.concatenate(list(WAN.frames(pipe, output)))
    assert 0 < np.abs(exact - halved).mean() < 2


@pytest.mark.filterwarnings("ignore:.*torch.jit.script_method.*:DeprecationWarning")
@pytest.mark.parametrize("name", ["wan2.2-t2v-a14b", "ltx-2", "hunyuanvideo-1.5-t2v"])
def test_the_layers_of_a_transformer_that_stays_are_compiled(
    checkpoint: Checkpoint, name: str
) -> None:
    pipe = load(checkpoint(name))
    tune(pipe, only_compiled(), RESIDENT)
    for part in (each for key, each in pipe.components.items() if key.startswith("transformer")):
        assert sum(layer._compiled_call_impl is not None for layer in part.modules()) >= 2


@pytest.mark.parametrize(
    ("name", "policy", "reason"),
    [
        ("wan2.2-ti2v-5b", MemoryPolicy.OFFLOAD, "the transformer comes and goes ('offload')"),
        ("cogvideox", RESIDENT, "diffusers does not say which layers of this model are alike"),
    ],
)
def test_what_can_not_be_compiled_is_told(
    checkpoint: Checkpoint,
    name: str,
    policy: MemoryPolicy,
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    pipe = load(checkpoint(name))
    with caplog.at_level(logging.INFO):
        tune(pipe, only_compiled(), policy)
    assert all(layer._compiled_call_impl is None for layer in pipe.transformer.modules())
    assert caplog.records[-1].__dict__["note"] == f"nothing is compiled: {reason}"


class GivenUp(Exception):
    """The film is not wanted any more."""


def give_up(pipe: Any, step: int, timestep: Any, arguments: Any) -> Any:
    raise GivenUp


class Pretended:
    """A pipeline with some parts and no more."""

    def __init__(self, **parts: Any) -> None:
        self.components = parts
        self.vae = parts["vae"]


def a_plan(profile: Profile, facts: DeviceFacts) -> ProfilePlan:
    model = open_model("wan2.2-ti2v-5b")
    assert model is not None
    return plan_profile(profile, model, facts, {})


def only_compiled() -> ProfilePlan:
    return replace(a_plan(Profile.FAST, CARD), halves_decoder=False)
