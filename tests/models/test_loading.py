"""How checkpoints are loaded: part by part, from safetensors, and without anybody's code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from matinee.core.errors import EngineError
from matinee.engines.diffusers.loading import Weights, load_pipeline, sibling
from matinee.engines.diffusers.sampling import Stopped

Checkpoint = Callable[[str], Path]
TI2V = "wan2.2-ti2v-5b"


class OnCpu:
    """Everything in RAM, in the precision of its name."""

    def dtype(self, part: str) -> Any:
        return torch.float32 if part == "vae" else torch.bfloat16

    def device(self, part: str) -> str:
        return "cpu"


@pytest.fixture
def copied(checkpoint: Checkpoint, tmp_path: Path) -> Path:
    """A checkpoint that a test may change."""
    return Path(shutil.copytree(checkpoint(TI2V), tmp_path / "weights"))


def load(folder: Path, on_bytes: Callable[[int, int], None] = lambda *_: None) -> Any:
    return load_pipeline(Weights(model=TI2V, folder=folder), "WanPipeline", OnCpu(), on_bytes)


def change_index(folder: Path, **entries: object) -> None:
    index = folder / "model_index.json"
    index.write_text(json.dumps(json.loads(index.read_text()) | entries))


def test_every_part_has_its_own_precision(copied: Path) -> None:
    pipe = load(copied)
    assert pipe.vae.dtype == torch.float32
    assert pipe.text_encoder.dtype == torch.bfloat16
    assert not pipe.text_encoder.training


def test_it_is_told_how_many_bytes_are_loaded(copied: Path) -> None:
    told: list[tuple[int, int]] = []
    load(copied, lambda done, of: told.append((done, of)))
    total = sum(file.stat().st_size for file in copied.rglob("*.safetensors"))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[0] == (0, total)
    assert told[-1] == (total, total)


def test_loading_can_be_stopped_between_parts(copied: Path) -> None:
    def stop(done: int, of: int) -> None:
        if done:
            raise Stopped

    with pytest.raises(Stopped):
        load(copied, stop)


def test_words_that_are_stored_once_are_known_throughout_the_text_encoder(copied: Path) -> None:
    # The published checkpoints of Wan say that their words are not tied, and store them once.
    config = copied / "text_encoder" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"tie_word_embeddings": False}))
    weights = copied / "text_encoder" / "model.safetensors"
    kept = {name: w for name, w in load_file(weights).items() if "embed_tokens" not in name}
    save_file(kept, weights, metadata={"format": "pt"})
    encoder = load(copied).text_encoder
    assert torch.equal(encoder.shared.weight, encoder.encoder.embed_tokens.weight)


def test_the_pipeline_is_the_one_that_was_asked_for_whatever_the_checkpoint_says(
    copied: Path,
) -> None:
    change_index(copied, _class_name="WanDMDPipeline", duration_head=["ltx2", "Unknown"])
    (copied / "duration_head").mkdir()
    shutil.copy(copied / "vae" / "config.json", copied / "duration_head")
    save_file({"x": torch.zeros(1)}, copied / "duration_head" / "model.safetensors")
    assert type(load(copied)).__name__ == "WanPipeline"


def test_a_sibling_has_the_same_parts_and_the_same_settings(copied: Path) -> None:
    pipe = load(copied)
    other = sibling(pipe, "WanImageToVideoPipeline")
    assert other.transformer is pipe.transformer
    assert other.config.expand_timesteps
    assert other.vae.dtype == torch.float32


@pytest.mark.parametrize("part", ["transformer", "scheduler"])
def test_code_that_lies_beside_the_weights_is_never_run(copied: Path, part: str) -> None:
    trace = copied / "it-ran"
    code = f"from pathlib import Path\nPath({str(trace)!r}).touch()\nclass Own: pass\n"
    for folder in (copied, copied / part):
        for name in ("own.py", "pipeline.py", f"{part}.py"):
            (folder / name).write_text(code)
    change_index(copied, **{part: ["own", "Own"], "_class_name": ["pipeline", "Own"]})
    with pytest.raises(EngineError, match="can't be used"):
        load(copied)
    assert not trace.exists()


def test_weights_in_a_format_that_may_run_code_are_not_read(copied: Path) -> None:
    weights = copied / "transformer" / "diffusion_pytorch_model.safetensors"
    torch.save(load_file(weights), weights.with_suffix(".bin"))
    weights.unlink()
    with pytest.raises(EngineError, match="can't be used"):
        load(copied)
