"""LoRA files for the tiny checkpoints, as people publish them."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import DiffusionPipeline
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict

ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]


def write_tiny_lora(checkpoint: Path, file: Path) -> Path:
    """Write `file` (.safetensors), which changes what the transformer of `checkpoint` makes."""
    pipeline = DiffusionPipeline.from_pretrained(checkpoint, local_files_only=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        # Anything else begins at nothing, and would change nothing.
        config = LoraConfig(r=4, lora_alpha=8, target_modules=ATTENTION, init_lora_weights=False)
        pipeline.transformer.add_adapter(config)
    layers = get_peft_model_state_dict(pipeline.transformer)
    pipeline.save_lora_weights(file.parent, transformer_lora_layers=layers, weight_name=file.name)
    return file
