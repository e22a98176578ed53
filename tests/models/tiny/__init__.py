"""Checkpoints like the real ones in layout and nearly nothing in size, with random weights."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from diffusers import DiffusionPipeline

from tests.models.tiny import cogvideox, hunyuan, ltx2, wan

TINY_MODELS = {
    "wan2.1-t2v": wan.wan21_t2v,
    "wan2.1-i2v": wan.wan21_i2v,
    "wan2.2-ti2v-5b": wan.wan22_ti2v_5b,
    "wan2.2-t2v-a14b": wan.wan22_t2v_a14b,
    "wan2.2-i2v-a14b": wan.wan22_i2v_a14b,
    "ltx-2": ltx2.ltx2,
    "ltx-2.3": ltx2.ltx23,
    "hunyuanvideo-1.5-t2v": hunyuan.hunyuan15_t2v,
    "hunyuanvideo-1.5-i2v": hunyuan.hunyuan15_i2v,
    "cogvideox": cogvideox.cogvideox_t2v,
    "cogvideox-i2v": cogvideox.cogvideox_i2v,
}
"""What builds the pipeline, by a short name of the model that it stands for."""


def write_tiny(name: str, folder: Path) -> Path:
    """Write a model of `TINY_MODELS` to `folder` as real ones lie on disk; always the same bytes.

    Latents are as much smaller than the film as in the real model, so the same sizes and frame
    counts are right. All can do 32x32 pixels and 9 frames.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        pipeline = TINY_MODELS[name]()
    _strengthen(pipeline)
    pipeline.save_pretrained(folder, safe_serialization=True)
    return folder


def _strengthen(pipeline: DiffusionPipeline) -> None:
    """Let prompt, image and seed be seen in the film: as built, each layer fades what comes in."""
    modules = [part for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]
    with torch.no_grad():
        for weights in (weights for module in modules for weights in module.parameters()):
            if weights.ndim > 1:
                weights.mul_(math.sqrt(2))
