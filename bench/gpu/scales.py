"""Wan2.2-TI2V-5B with random weights: at its real size, and as small as can be for a dry run.

Source: the configuration files of Wan-AI/Wan2.2-TI2V-5B-Diffusers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from diffusers import AutoencoderKLWan, WanTransformer3DModel
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, UMT5Config, UMT5EncoderModel

TEXT_TOKENS = 512
LATENT_CHANNELS = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What is measured, and on what."""

    name: str
    device: str
    width_px: int
    height_px: int
    seconds: int
    steps: int
    few_steps: int
    repeats: int
    transformer: dict[str, Any]
    vae: dict[str, Any]
    text: dict[str, Any]
    tokenizer: Callable[[], Any]
    compiling: dict[str, Any] = field(default_factory=dict)
    """How torch is told to compile."""

    fps: int = 24

    @property
    def frames(self) -> int:
        """How many are drawn."""
        return self.seconds * self.fps // 4 * 4 + 1

    @property
    def latent_shape(self) -> tuple[int, int, int, int, int]:
        """(films, channels, frames, height, width)."""
        frames = (self.frames - 1) // 4 + 1
        return (1, LATENT_CHANNELS, frames, self.height_px // 16, self.width_px // 16)

    @property
    def dtype(self) -> torch.dtype:
        """Of the transformer and the text encoder."""
        return torch.bfloat16

    def make_transformer(self) -> Any:
        """The part that draws."""
        with self._made_here(self.dtype):
            return WanTransformer3DModel(**self.transformer).eval()

    def make_vae(self) -> Any:
        """The part that decodes, in 32 bits."""
        with self._made_here(torch.float32):
            return AutoencoderKLWan(**self.vae).eval()

    def make_text_encoder(self) -> Any:
        """The part that reads."""
        with self._made_here(self.dtype):
            return UMT5EncoderModel(UMT5Config(**self.text)).eval()

    def noise(self, *shape: int, dtype: torch.dtype) -> torch.Tensor:
        """The same each time."""
        generator = torch.Generator("cpu").manual_seed(5)
        return torch.randn(shape, generator=generator).to(self.device, dtype)

    def step_operations(self) -> float:
        """Of one pass of the transformer. Source: inference-peers 3.2."""
        _, _, frames, height, width = self.latent_shape
        tokens = frames * (height // 2) * (width // 2)
        wide = self.transformer["num_attention_heads"] * self.transformer["attention_head_dim"]
        per_token = 6 * wide**2 + 2 * wide * self.transformer["ffn_dim"]
        attention = 4 * tokens**2 * wide
        return float(self.transformer["num_layers"] * (2 * tokens * per_token + attention))

    @contextmanager
    def _made_here(self, dtype: torch.dtype) -> Iterator[None]:
        usual = torch.get_default_dtype()
        torch.set_default_dtype(dtype)
        try:
            with torch.device(self.device):
                yield
        finally:
            torch.set_default_dtype(usual)


_TRANSFORMER = {
    "patch_size": (1, 2, 2),
    "in_channels": LATENT_CHANNELS,
    "out_channels": LATENT_CHANNELS,
    "freq_dim": 256,
    "cross_attn_norm": True,
    "qk_norm": "rms_norm_across_heads",
    "rope_max_seq_len": 1024,
}
_VAE = {
    "z_dim": LATENT_CHANNELS,
    "temperal_downsample": [False, True, True],
    "is_residual": True,
    "in_channels": 12,
    "out_channels": 12,
    "patch_size": 2,
    "scale_factor_spatial": 16,
    "scale_factor_temporal": 4,
    "latents_mean": [0.0] * LATENT_CHANNELS,
    "latents_std": [1.0] * LATENT_CHANNELS,
}


def real(device: str) -> Scale:
    """Five seconds of 1280x704: the size of PROMISES F6."""
    return Scale(
        name="wan2.2-ti2v-5b, random weights",
        device=device,
        width_px=1280,
        height_px=704,
        seconds=5,
        steps=50,
        few_steps=3,
        repeats=5,
        transformer=_TRANSFORMER
        | {
            "num_attention_heads": 24,
            "attention_head_dim": 128,
            "num_layers": 30,
            "ffn_dim": 14336,
            "text_dim": 4096,
        },
        vae=_VAE
        | {
            "base_dim": 160,
            "decoder_base_dim": 256,
            "dim_mult": [1, 2, 4, 4],
            "num_res_blocks": 2,
        },
        text={
            "vocab_size": 256384,
            "d_model": 4096,
            "d_kv": 64,
            "d_ff": 10240,
            "num_layers": 24,
            "num_heads": 64,
            "feed_forward_proj": "gated-gelu",
        },
        tokenizer=_byte_tokenizer,
    )


def tiny() -> Scale:
    """The same steps in seconds, on a processor: what it measures means nothing."""
    return Scale(
        name="dry run",
        device="cpu",
        width_px=96,
        height_px=64,
        seconds=1,
        steps=4,
        few_steps=2,
        repeats=1,
        transformer=_TRANSFORMER
        | {
            "num_attention_heads": 2,
            "attention_head_dim": 12,
            "num_layers": 2,
            "ffn_dim": 32,
            "text_dim": 32,
        },
        vae=_VAE
        | {
            "base_dim": 3,
            "decoder_base_dim": 3,
            "dim_mult": [1, 1, 1, 1],
            "num_res_blocks": 1,
        },
        text={
            "vocab_size": 262,
            "d_model": 32,
            "d_kv": 8,
            "d_ff": 37,
            "num_layers": 2,
            "num_heads": 4,
            "pad_token_id": 0,
            "eos_token_id": 1,
        },
        tokenizer=_byte_tokenizer,
        compiling={"backend": "eager"},
    )


def _byte_tokenizer() -> Any:
    """Any text, a token a byte; no file is needed."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {text: place for place, text in enumerate(["<pad>", "</s>", "<unk>", *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        model_max_length=TEXT_TOKENS,
    )
