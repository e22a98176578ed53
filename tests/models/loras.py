"""LoRA files for the tiny models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

_RANK = 2


def write_lora(transformer: Any, file: Path, *, strength: float = 4.0) -> Path:
    """A LoRA that changes every query of `transformer`, in the spelling of diffusers."""
    noise = torch.Generator().manual_seed(11)
    weights = {}
    for name, module in transformer.named_modules():
        if name.endswith(".to_q"):
            rows, columns = module.weight.shape
            weights[f"transformer.{name}.lora_A.weight"] = torch.randn(
                _RANK, columns, generator=noise
            )
            weights[f"transformer.{name}.lora_B.weight"] = (
                torch.randn(rows, _RANK, generator=noise) * strength
            )
    save_file(weights, file)
    return file
