"""Experiment 1: one pass of the transformer, with every attention and compiled or not."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from bench.gpu.measuring import REFUSALS, Row, Table, measure, why
from bench.gpu.scales import TEXT_TOKENS, Scale

BACKENDS = ("_native_cudnn", "_native_flash")
PREFERRED = [
    SDPBackend.CUDNN_ATTENTION,
    SDPBackend.FLASH_ATTENTION,
    SDPBackend.EFFICIENT_ATTENTION,
    SDPBackend.MATH,
]


def run(scale: Scale) -> Table:
    """Eager first: a compiled layer stays compiled."""
    transformer = scale.make_transformer()
    inputs = _inputs(scale)

    def draw() -> None:
        transformer(**inputs, return_dict=False)

    rows = []
    for prefix in ("", "compiled, "):
        if prefix:
            refused = _compile(transformer, scale)
            if refused:
                rows.append(Row(variant="compiled", why_not=refused))
                break
        rows.append(_row(f"{prefix}torch's choice (plain diffusers)", scale, draw))
        with sdpa_kernel(PREFERRED, set_priority=True):
            rows.append(_row(f"{prefix}cuDNN preferred (ours)", scale, draw))
        for backend in BACKENDS:
            rows.append(_with_backend(f"{prefix}{backend}", scale, transformer, backend, draw))
    return Table(
        number=1,
        title=f"one pass of the transformer, {scale.width_px}x{scale.height_px}x{scale.frames}",
        expected="1.5 s plain (344 TFLOP/s); below 0.85 s pinned and compiled (610)",
        rows=rows,
    )


def _inputs(scale: Scale) -> dict[str, Any]:
    shape = scale.latent_shape
    tokens = shape[2] * (shape[3] // 2) * (shape[4] // 2)
    return {
        "hidden_states": scale.noise(*shape, dtype=scale.dtype),
        # Every token has a time of its own: TI2V knows the first frame, and no other.
        "timestep": torch.full((1, tokens), 500.0, device=scale.device),
        "encoder_hidden_states": scale.noise(
            1, TEXT_TOKENS, scale.transformer["text_dim"], dtype=scale.dtype
        ),
    }


def _row(variant: str, scale: Scale, draw: Any) -> Row:
    return measure(
        variant,
        scale.device,
        draw,
        repeats=scale.repeats,
        more=lambda seconds: {"TFLOP/s": scale.step_operations() / seconds / 1e12},
    )


def _with_backend(variant: str, scale: Scale, transformer: Any, backend: str, draw: Any) -> Row:
    try:
        transformer.set_attention_backend(backend)
    except REFUSALS as error:
        return Row(variant=variant, why_not=why(error))
    try:
        return _row(variant, scale, draw)
    finally:
        transformer.reset_attention_backend()
        # Setting one sets it for everything that comes after, too.
        transformer.set_attention_backend("native")


def _compile(transformer: Any, scale: Scale) -> str:
    """Compile the layers; why not, if they can't be."""
    try:
        transformer.compile_repeated_blocks(**scale.compiling)
    except REFUSALS as error:
        return why(error)
    return ""
