"""Experiment 2: from latents to frames in RAM, whole and streamed, in 32 bits and 16."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from bench.gpu.measuring import Row, Table, measure
from bench.gpu.scales import Scale
from matinee.engines.diffusers.decoding import whole_decode
from matinee.engines.diffusers.wan import streamed_decode


def run(scale: Scale) -> Table:
    """In this order: what a variant changes, the next one keeps."""
    vae = scale.make_vae()
    latents = scale.noise(*scale.latent_shape, dtype=torch.float32)
    wide = torch.backends.cudnn.allow_tf32
    rows = [_row("whole, float32 (plain diffusers)", scale, lambda: whole_decode(vae, latents))]
    rows.append(_row("streamed, float32 (ours, exact)", scale, _streamed(vae, latents)))
    torch.backends.cudnn.allow_tf32 = False
    rows.append(_row("streamed, float32 without TF32", scale, _streamed(vae, latents)))
    torch.backends.cudnn.allow_tf32 = wide
    for part in (vae.decoder, vae.post_quant_conv):
        part.to(torch.bfloat16)
    halved = latents.to(torch.bfloat16)
    rows.append(_row("streamed, bfloat16 (ours, fast)", scale, _streamed(vae, halved)))
    _put_channels_last(vae.decoder)
    rows.append(_row("the same, channels last", scale, _streamed(vae, halved)))
    vae.decoder.compile(**scale.compiling)
    rows.append(_row("the same, compiled", scale, _streamed(vae, halved)))
    return Table(
        number=2,
        title=f"decoding {scale.frames} frames of {scale.width_px}x{scale.height_px}",
        expected="2 to 4 s instead of 13.5 (SGLang, H100)",
        rows=rows,
    )


def _put_channels_last(decoder: Any) -> None:
    # Not by `decoder.to`: that stumbles over weights of images.
    for weights in decoder.parameters():
        if weights.ndim == 5:
            weights.data = weights.data.contiguous(memory_format=torch.channels_last_3d)


def _streamed(vae: Any, latents: torch.Tensor) -> Callable[[], Any]:
    return lambda: streamed_decode(vae, latents)


def _row(variant: str, scale: Scale, decode: Callable[[], Any]) -> Row:
    def take() -> None:
        frames = sum(len(piece) for piece in decode())
        if frames != scale.frames:
            raise ValueError(f"{frames} frames came instead of {scale.frames}")

    return measure(
        variant,
        scale.device,
        take,
        repeats=max(1, scale.repeats // 2),
        more=lambda seconds: {"ms a frame": seconds / scale.frames * 1000},
    )
