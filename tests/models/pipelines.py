"""Pipelines as diffusers alone loads and runs them, without an engine of ours."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import DiffusionPipeline
from numpy.typing import NDArray
from PIL import Image

RED, BLUE = Image.new("RGB", (64, 64), (220, 20, 20)), Image.new("RGB", (64, 64), (20, 20, 220))


def load(folder: Path) -> Any:
    """The pipeline in `folder`, quiet."""
    pipeline = DiffusionPipeline.from_pretrained(folder, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def make(pipeline: Any, *, seed: int = 0, **wish: Any) -> Any:
    """What `pipeline` makes in two steps: 64x64 and 9 frames, of an image if it must have one."""
    wish = {"prompt": "a red kite", "num_frames": 9, "num_inference_steps": 2, **wish}
    known = inspect.signature(pipeline.__call__).parameters
    if "height" in known:
        wish |= {"height": 64, "width": 64}
    if "image" in known:
        wish.setdefault("image", RED)
    return pipeline(generator=torch.Generator().manual_seed(seed), output_type="np", **wish)


def frames(pipeline: Any, **wish: Any) -> NDArray[np.uint8]:
    """The film that `make` makes, shape (frames, height, width, 3)."""
    return (np.asarray(make(pipeline, **wish).frames[0]) * 255).round().astype(np.uint8)
