"""The layouts of HunyuanVideo-1.5, whose two tasks are two checkpoints."""

from __future__ import annotations

from typing import Any

from diffusers import (
    AutoencoderKLHunyuanVideo15,
    ClassifierFreeGuidance,
    DiffusionPipeline,
    FlowMatchEulerDiscreteScheduler,
    HunyuanVideo15ImageToVideoPipeline,
    HunyuanVideo15Pipeline,
    HunyuanVideo15Transformer3DModel,
)
from transformers import ByT5Tokenizer, SiglipImageProcessor, SiglipVisionConfig, SiglipVisionModel

from tests.models.tiny.texts import WIDTH, a_chat_tokenizer, a_qwen_encoder, a_t5_encoder

LATENT_CHANNELS = 4


def hunyuan15_t2v() -> DiffusionPipeline:
    """HunyuanVideo-1.5 for text alone; latents 16 times smaller and 4 times fewer."""
    return HunyuanVideo15Pipeline(**_components(task="t2v"))


def hunyuan15_i2v() -> DiffusionPipeline:
    """HunyuanVideo-1.5 for an image, which gives the film its shape: about 64 pixels a side."""
    image_encoder = SiglipVisionConfig(
        hidden_size=WIDTH,
        intermediate_size=WIDTH,
        num_hidden_layers=1,
        num_attention_heads=2,
        image_size=28,
        patch_size=14,
    )
    return HunyuanVideo15ImageToVideoPipeline(
        **_components(task="i2v"),
        image_encoder=SiglipVisionModel(image_encoder).eval(),
        feature_extractor=SiglipImageProcessor(size={"height": 28, "width": 28}),
    )


def _components(*, task: str) -> dict[str, Any]:
    return {
        "transformer": _transformer(task),
        "vae": _vae(),
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=5.0),
        "text_encoder": a_qwen_encoder(),
        "tokenizer": a_chat_tokenizer(),
        "text_encoder_2": a_t5_encoder(vocabulary=len(ByT5Tokenizer())),
        "tokenizer_2": ByT5Tokenizer(),
        "guider": ClassifierFreeGuidance(guidance_scale=6.0),
    }


def _transformer(task: str) -> HunyuanVideo15Transformer3DModel:
    return HunyuanVideo15Transformer3DModel(
        in_channels=2 * LATENT_CHANNELS + 1,
        out_channels=LATENT_CHANNELS,
        num_attention_heads=2,
        attention_head_dim=16,
        num_layers=2,
        num_refiner_layers=1,
        mlp_ratio=2.0,
        text_embed_dim=WIDTH,
        text_embed_2_dim=WIDTH,
        image_embed_dim=WIDTH,
        rope_axes_dim=(4, 6, 6),
        target_size=64,
        task_type=task,
    ).eval()


def _vae() -> AutoencoderKLHunyuanVideo15:
    return AutoencoderKLHunyuanVideo15(
        latent_channels=LATENT_CHANNELS,
        block_out_channels=(8, 8, 8, 8, 8),
        layers_per_block=1,
    ).eval()
