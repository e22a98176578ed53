"""Wherever the parts of a model lie, the film is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from matinee.core.video import Lora
from matinee.engines.diffusers.device import device_facts, free_memory
from matinee.engines.diffusers.lora import wearing
from matinee.engines.diffusers.memory import MemoryPolicy, count_weights
from matinee.engines.diffusers.placement import place
from tests.models.loras import write_lora
from tests.models.pipelines import frames, load

Checkpoint = Callable[[str], Path]


@pytest.mark.parametrize("policy", MemoryPolicy)
@pytest.mark.parametrize("name", ["wan2.2-ti2v-5b", "wan2.2-t2v-a14b", "ltx-2", "cogvideox"])
def test_every_policy_draws_the_same_film(
    checkpoint: Checkpoint, name: str, policy: MemoryPolicy
) -> None:
    expected = frames(load(checkpoint(name)))
    pipe = load(checkpoint(name))
    place(pipe, policy, "cpu")
    assert np.array_equal(frames(pipe), expected)
    assert np.array_equal(frames(pipe), expected)


@pytest.mark.parametrize("policy", MemoryPolicy)
def test_a_second_pipeline_of_the_same_parts_needs_no_placing(
    checkpoint: Checkpoint, policy: MemoryPolicy
) -> None:
    pipe = load(checkpoint("wan2.2-ti2v-5b"))
    place(pipe, policy, "cpu")
    other = type(pipe)(**pipe.components, expand_timesteps=True)
    other.set_progress_bar_config(disable=True)
    assert np.array_equal(frames(other), frames(pipe))


@pytest.mark.parametrize(
    ("policy", "during_drawing"),
    [
        (MemoryPolicy.RESIDENT, {"text_encoder", "transformer", "transformer_2", "vae"}),
        (MemoryPolicy.PARK_TEXT, {"transformer", "transformer_2", "vae"}),
        (MemoryPolicy.OFFLOAD, {"transformer_2", "vae"}),
    ],
)
def test_what_does_not_work_is_not_on_the_device(
    policy: MemoryPolicy, during_drawing: set[str]
) -> None:
    pipe = Pretended()
    place(pipe, policy, "cuda:0")
    for name in ("text_encoder", "transformer", "transformer_2"):
        assert pipe.components[name]() == "cuda:0"
    assert pipe.on("cuda:0") == during_drawing


def test_weights_that_leave_the_device_are_those_that_waited() -> None:
    pipe = Pretended()
    place(pipe, MemoryPolicy.OFFLOAD, "cuda:0")
    before = pipe.components["transformer"].weights.data
    pipe.components["transformer"]()
    assert pipe.components["transformer"].weights.data is not before
    pipe.components["text_encoder"]()
    assert pipe.components["transformer"].weights.data is before


@pytest.mark.parametrize("policy", MemoryPolicy)
def test_a_lora_is_worn_wherever_the_parts_lie(
    checkpoint: Checkpoint, policy: MemoryPolicy, tmp_path: Path
) -> None:
    pipe = load(checkpoint("wan2.2-ti2v-5b"))
    write_lora(pipe.transformer, tmp_path / "grain.safetensors")
    place(pipe, policy, "cpu")
    plain = frames(pipe)
    with wearing(pipe, (Lora(name="grain"),), tmp_path):
        assert not np.array_equal(frames(pipe), plain)
    assert np.array_equal(frames(pipe), plain)


def test_weights_are_counted_as_the_loaded_model_has_them(checkpoint: Checkpoint) -> None:
    pipe = load(checkpoint("wan2.2-t2v-a14b"))
    counted = count_weights(checkpoint("wan2.2-t2v-a14b"))
    assert counted == {
        name: sum(weights.numel() for weights in part.parameters())
        for name, part in pipe.components.items()
        if isinstance(part, torch.nn.Module)
    }


def test_a_processor_is_asked_for_what_it_has() -> None:
    free = free_memory("cpu")
    assert free.device_bytes == free.ram_bytes
    assert free.ram_bytes is None or free.ram_bytes > 2**20
    facts = device_facts("cpu")
    assert (facts.has_cudnn_attention, facts.compiles) == (False, False)


class Bytes:
    """Where some weights lie."""

    def __init__(self, where: str) -> None:
        self.where = where

    def to(self, device: str) -> Bytes:
        return Bytes(device)

    def cpu(self) -> Bytes:
        return Bytes("cpu")


class Weights:
    """A tensor on a device that this machine need not have."""

    def __init__(self) -> None:
        self.data = Bytes("cpu")

    @property
    def device(self) -> SimpleNamespace:
        return SimpleNamespace(type=self.data.where.partition(":")[0])


class Part(torch.nn.Module):  # type: ignore[misc]
    """A part of a pipeline that tells where its weights are when it works."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = Weights()

    def parameters(self, recurse: bool = True) -> Iterator[Any]:
        yield self.weights

    def to(self, device: str) -> Part:
        self.weights.data = self.weights.data.to(device)
        return self

    def forward(self) -> str:
        return self.weights.data.where


class Pretended:
    """A pipeline of two experts."""

    def __init__(self) -> None:
        names = ("text_encoder", "transformer", "transformer_2", "vae")
        self.components = {name: Part() for name in names}

    def on(self, device: str) -> set[str]:
        return {name for name, part in self.components.items() if part.weights.data.where == device}
