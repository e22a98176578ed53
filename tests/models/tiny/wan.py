"""The layouts of Wan: 2.1, 2.2 TI2V-5B, and 2.2 A14B with its two experts."""

from __future__ import annotations

from diffusers import (
    AutoencoderKLWan,
    DiffusionPipeline,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel

from tests.models.tiny.texts import WIDTH, a_byte_tokenizer, a_umt5_encoder

IMAGE_PX = 28
"""What the encoder of images looks at, a side."""


def wan21_t2v() -> DiffusionPipeline:
    """Wan2.1 T2V: one transformer, 16 latent channels."""
    return WanPipeline(
        transformer=_transformer(channels=16),
        transformer_2=None,
        vae=_vae16(),
        scheduler=_scheduler(),
        text_encoder=a_umt5_encoder(),
        tokenizer=a_byte_tokenizer(),
    )


def wan21_i2v() -> DiffusionPipeline:
    """Wan2.1 I2V: the image comes as further channels, and as seen by an encoder of its own."""
    return WanImageToVideoPipeline(
        transformer=_transformer(channels=16, seen=20, image_width=WIDTH),
        transformer_2=None,
        vae=_vae16(),
        scheduler=_scheduler(),
        text_encoder=a_umt5_encoder(),
        tokenizer=a_byte_tokenizer(),
        image_encoder=_image_encoder(),
        image_processor=CLIPImageProcessor(
            size={"shortest_edge": IMAGE_PX}, crop_size={"height": IMAGE_PX, "width": IMAGE_PX}
        ),
    )


def wan22_t2v_a14b() -> DiffusionPipeline:
    """Wan2.2-T2V-A14B: an expert for the noisy steps, one for the rest."""
    return WanPipeline(
        transformer=_transformer(channels=16),
        transformer_2=_transformer(channels=16),
        vae=_vae16(),
        scheduler=_scheduler(),
        text_encoder=a_umt5_encoder(),
        tokenizer=a_byte_tokenizer(),
        boundary_ratio=0.875,
    )


def wan22_i2v_a14b() -> DiffusionPipeline:
    """Wan2.2-I2V-A14B: two experts that read the image as further channels."""
    return WanImageToVideoPipeline(
        transformer=_transformer(channels=16, seen=20),
        transformer_2=_transformer(channels=16, seen=20),
        vae=_vae16(),
        scheduler=_scheduler(),
        text_encoder=a_umt5_encoder(),
        tokenizer=a_byte_tokenizer(),
        image_encoder=None,
        image_processor=None,
        boundary_ratio=0.9,
    )


def wan22_ti2v_5b() -> DiffusionPipeline:
    """Wan2.2-TI2V-5B: text and image from one checkpoint, 16 times smaller latents, 48 channels."""
    return WanPipeline(
        transformer=_transformer(channels=48),
        transformer_2=None,
        vae=_vae48(),
        scheduler=_scheduler(),
        text_encoder=a_umt5_encoder(),
        tokenizer=a_byte_tokenizer(),
        expand_timesteps=True,
    )


def _transformer(
    *, channels: int, seen: int = 0, image_width: int | None = None
) -> WanTransformer3DModel:
    """`seen` channels of an image and its mask come in beside the latents."""
    return WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=2,
        attention_head_dim=12,
        in_channels=channels + seen,
        out_channels=channels,
        text_dim=WIDTH,
        freq_dim=256,
        ffn_dim=32,
        num_layers=2,
        cross_attn_norm=True,
        qk_norm="rms_norm_across_heads",
        image_dim=image_width,
        added_kv_proj_dim=image_width and 24,
    ).eval()


def _image_encoder() -> CLIPVisionModel:
    config = CLIPVisionConfig(
        hidden_size=WIDTH,
        intermediate_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=IMAGE_PX,
        patch_size=14,
    )
    return CLIPVisionModel(config).eval()


def _vae16() -> AutoencoderKLWan:
    return AutoencoderKLWan(
        base_dim=3,
        z_dim=16,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
    ).eval()


def _vae48() -> AutoencoderKLWan:
    return AutoencoderKLWan(
        base_dim=3,
        decoder_base_dim=3,
        z_dim=48,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        latents_mean=[0.0] * 48,
        latents_std=[1.0] * 48,
        is_residual=True,
        in_channels=12,
        out_channels=12,
        patch_size=2,
        scale_factor_spatial=16,
        scale_factor_temporal=4,
    ).eval()


def _scheduler() -> UniPCMultistepScheduler:
    return UniPCMultistepScheduler(
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
        num_train_timesteps=1000,
        flow_shift=3.0,
    )
