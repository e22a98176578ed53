"""The layouts of CogVideoX, whose two tasks are two checkpoints."""

from __future__ import annotations

from typing import Any

from diffusers import (
    AutoencoderKLCogVideoX,
    CogVideoXDDIMScheduler,
    CogVideoXImageToVideoPipeline,
    CogVideoXPipeline,
    CogVideoXTransformer3DModel,
    DiffusionPipeline,
)

from tests.models.tiny.texts import VOCABULARY, WIDTH, a_byte_tokenizer, a_t5_encoder

LATENT_CHANNELS = 4


def cogvideox_t2v() -> DiffusionPipeline:
    """CogVideoX for text alone; latents are 8 times smaller and 4 times fewer."""
    return CogVideoXPipeline(**_components(seen=0))


def cogvideox_i2v() -> DiffusionPipeline:
    """CogVideoX for an image, which comes as further channels."""
    return CogVideoXImageToVideoPipeline(**_components(seen=LATENT_CHANNELS))


def _components(*, seen: int) -> dict[str, Any]:
    return {
        "transformer": _transformer(seen),
        "vae": _vae(),
        "scheduler": _scheduler(),
        "text_encoder": a_t5_encoder(vocabulary=VOCABULARY),
        "tokenizer": a_byte_tokenizer(),
    }


def _transformer(seen: int) -> CogVideoXTransformer3DModel:
    return CogVideoXTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=16,
        in_channels=LATENT_CHANNELS + seen,
        out_channels=LATENT_CHANNELS,
        time_embed_dim=8,
        text_embed_dim=WIDTH,
        num_layers=2,
        use_rotary_positional_embeddings=True,
    ).eval()


def _vae() -> AutoencoderKLCogVideoX:
    return AutoencoderKLCogVideoX(
        block_out_channels=(8, 8, 8, 8),
        latent_channels=LATENT_CHANNELS,
        layers_per_block=1,
        norm_num_groups=2,
    ).eval()


def _scheduler() -> CogVideoXDDIMScheduler:
    return CogVideoXDDIMScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        snr_shift_scale=1.0,
    )
