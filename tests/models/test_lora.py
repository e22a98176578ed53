"""LoRA files change a film while it is drawn, and only then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file

from matinee.core.errors import EngineError
from matinee.core.video import Lora
from matinee.engines.diffusers.lora import wearing
from tests.models.loras import write_lora
from tests.models.pipelines import frames, load

Checkpoint = Callable[[str], Path]


@pytest.mark.parametrize("name", ["wan2.2-ti2v-5b", "ltx-2", "cogvideox"])
def test_a_lora_is_worn_for_one_film(checkpoint: Checkpoint, name: str, tmp_path: Path) -> None:
    pipe = load(checkpoint(name))
    plain = frames(pipe)
    write_lora(pipe.transformer, tmp_path / "grain.safetensors")
    with wearing(pipe, (Lora(name="grain"),), tmp_path):
        assert not np.array_equal(frames(pipe), plain)
    assert np.array_equal(frames(pipe), plain)


def test_a_model_that_takes_none_says_so(checkpoint: Checkpoint, tmp_path: Path) -> None:
    pipe = load(checkpoint("hunyuanvideo-1.5-t2v"))
    write_lora(pipe.transformer, tmp_path / "grain.safetensors")
    with (
        pytest.raises(EngineError, match="This model takes no LoRA"),
        wearing(pipe, (Lora(name="grain"),), tmp_path),
    ):
        pytest.fail("it was worn")


def test_a_weight_says_how_strongly_a_lora_counts(checkpoint: Checkpoint, tmp_path: Path) -> None:
    pipe = load(checkpoint("wan2.2-ti2v-5b"))
    plain = frames(pipe)
    write_lora(pipe.transformer, tmp_path / "grain.safetensors")
    with wearing(pipe, (Lora(name="grain", weight=0),), tmp_path):
        assert np.array_equal(frames(pipe), plain)


def test_several_are_worn_together(checkpoint: Checkpoint, tmp_path: Path) -> None:
    pipe = load(checkpoint("wan2.2-ti2v-5b"))
    write_lora(pipe.transformer, tmp_path / "grain.safetensors")
    write_lora(pipe.transformer, tmp_path / "ink.safetensors", strength=8)
    with wearing(pipe, (Lora(name="grain"),), tmp_path):
        one = frames(pipe)
    with wearing(pipe, (Lora(name="grain"), Lora(name="ink", weight=0.5)), tmp_path):
        assert not np.array_equal(frames(pipe), one)


def test_two_experts_wear_a_pair(checkpoint: Checkpoint, tmp_path: Path) -> None:
    pipe = load(checkpoint("wan2.2-t2v-a14b"))
    write_lora(pipe.transformer, tmp_path / "ink.high.safetensors")
    write_lora(pipe.transformer, tmp_path / "ink.low.safetensors", strength=1)
    with wearing(pipe, (Lora(name="ink"),), tmp_path):
        high, low = (
            part.blocks[0].attn1.to_q.lora_B["lora_0"].weight.abs().mean().item()
            for part in (pipe.transformer, pipe.transformer_2)
        )
    assert high == pytest.approx(4 * low)


def test_a_film_that_fails_takes_the_lora_off(checkpoint: Checkpoint, tmp_path: Path) -> None:
    pipe = load(checkpoint("wan2.2-ti2v-5b"))
    plain = frames(pipe)
    write_lora(pipe.transformer, tmp_path / "grain.safetensors")
    with pytest.raises(ZeroDivisionError), wearing(pipe, (Lora(name="grain"),), tmp_path):
        raise ZeroDivisionError
    assert np.array_equal(frames(pipe), plain)


def test_a_file_that_is_no_lora_of_the_model_is_refused_by_name(
    checkpoint: Checkpoint, tmp_path: Path
) -> None:
    pipe = load(checkpoint("wan2.2-ti2v-5b"))
    plain = frames(pipe)
    write_lora(load(checkpoint("cogvideox")).transformer, tmp_path / "other.safetensors")
    (tmp_path / "broken.safetensors").write_bytes(b"nothing")
    save_file({}, tmp_path / "empty.safetensors")
    for name in ("other", "broken", "empty"):
        with (
            pytest.raises(EngineError, match=f"'{name}' can't be used with this model"),
            wearing(pipe, (Lora(name=name),), tmp_path),
        ):
            pytest.fail("it was worn")
    assert np.array_equal(frames(pipe), plain)
