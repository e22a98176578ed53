"""The layouts of LTX-2 and 2.3: film and sound, of text or image, from one checkpoint."""

from __future__ import annotations

from typing import Any

from diffusers import (
    AutoencoderKLLTX2Audio,
    AutoencoderKLLTX2Video,
    DiffusionPipeline,
    FlowMatchEulerDiscreteScheduler,
    LTX2Pipeline,
    LTX2VideoTransformer3DModel,
)
from diffusers.pipelines.ltx2 import LTX2TextConnectors, LTX2Vocoder, LTX2VocoderWithBWE

from tests.models.tiny.texts import WIDTH, a_byte_tokenizer, a_gemma3_encoder

LAYERS = 2
"""Of the text encoder: the connectors read the states of each, and the embeddings."""

MEL_BINS = 8


def ltx2() -> DiffusionPipeline:
    """LTX-2; latents are 32 times smaller and 8 times fewer than the frames, as in the real one."""
    return LTX2Pipeline(
        transformer=_transformer(caption_channels=WIDTH),
        vocoder=_vocoder(),
        connectors=_connectors(
            video_connector_num_attention_heads=4,
            video_connector_attention_head_dim=WIDTH // 4,
            audio_connector_num_attention_heads=4,
            audio_connector_attention_head_dim=WIDTH // 4,
        ),
        **_shared(),
    )


def ltx23() -> DiffusionPipeline:
    """LTX-2.3: texts are projected for picture and sound apart, and the sound has 48 kHz."""
    return LTX2Pipeline(
        transformer=_transformer(
            gated_attn=True,
            cross_attn_mod=True,
            audio_gated_attn=True,
            audio_cross_attn_mod=True,
            use_prompt_embeddings=False,
            perturbed_attn=True,
        ),
        vocoder=_wide_vocoder(),
        connectors=_connectors(
            per_modality_projections=True,
            proj_bias=True,
            video_hidden_dim=16,
            video_connector_num_attention_heads=2,
            video_connector_attention_head_dim=8,
            video_gated_attn=True,
            audio_hidden_dim=8,
            audio_connector_num_attention_heads=2,
            audio_connector_attention_head_dim=4,
            audio_gated_attn=True,
        ),
        **_shared(),
    )


def _shared() -> dict[str, Any]:
    return {
        "vae": _video_vae(),
        "audio_vae": _audio_vae(),
        "scheduler": _scheduler(),
        "text_encoder": a_gemma3_encoder(layers=LAYERS),
        "tokenizer": a_byte_tokenizer(),
    }


def _transformer(**release: Any) -> LTX2VideoTransformer3DModel:
    return LTX2VideoTransformer3DModel(
        in_channels=4,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=8,
        cross_attention_dim=16,
        audio_in_channels=4,
        audio_out_channels=4,
        audio_num_attention_heads=2,
        audio_attention_head_dim=4,
        audio_cross_attention_dim=8,
        num_layers=2,
        rope_type="split",
        **release,
    ).eval()


def _connectors(**release: Any) -> LTX2TextConnectors:
    return LTX2TextConnectors(
        caption_channels=WIDTH,
        text_proj_in_factor=LAYERS + 1,
        video_connector_num_layers=1,
        audio_connector_num_layers=1,
        rope_type="split",
        **release,
    ).eval()


def _video_vae() -> AutoencoderKLLTX2Video:
    return AutoencoderKLLTX2Video(
        latent_channels=4,
        block_out_channels=(4, 8, 16, 32),
        decoder_block_out_channels=(8, 16, 32),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1),
        decoder_causal=False,
        spatial_compression_ratio=32,
        temporal_compression_ratio=8,
    ).eval()


def _audio_vae() -> AutoencoderKLLTX2Audio:
    return AutoencoderKLLTX2Audio(
        base_channels=4,
        ch_mult=(1, 1, 1),
        num_res_blocks=1,
        latent_channels=2,
        mel_bins=MEL_BINS,
    ).eval()


def _vocoder() -> LTX2Vocoder:
    """Stereo at 24 kHz, upsampled as much as in the real one: the sound is as long as the film."""
    return LTX2Vocoder(
        in_channels=2 * MEL_BINS,
        hidden_channels=32,
        resnet_kernel_sizes=[3],
        resnet_dilations=[[1]],
    ).eval()


def _wide_vocoder() -> LTX2VocoderWithBWE:
    """Stereo at 48 kHz: one part makes a wave of 16 kHz, a second adds what lies above."""
    return LTX2VocoderWithBWE(
        in_channels=2 * MEL_BINS,
        hidden_channels=64,
        resnet_kernel_sizes=[3],
        resnet_dilations=[[1]],
        num_mel_channels=MEL_BINS,
        bwe_in_channels=2 * MEL_BINS,
        bwe_hidden_channels=32,
        bwe_resnet_kernel_sizes=[3],
        bwe_resnet_dilations=[[1]],
    ).eval()


def _scheduler() -> FlowMatchEulerDiscreteScheduler:
    return FlowMatchEulerDiscreteScheduler(
        use_dynamic_shifting=True,
        base_shift=0.95,
        max_shift=2.05,
        base_image_seq_len=1024,
        max_image_seq_len=4096,
        shift_terminal=0.1,
    )
