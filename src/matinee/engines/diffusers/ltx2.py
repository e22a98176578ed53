"""LTX-2, 2.3 and 2.5: film and sound from one model."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, ClassVar

from matinee.core.open_models import OpenModel
from matinee.engines.diffusers.decoding import as_picture, decoder_dtype, whole_decode
from matinee.engines.diffusers.family import Family, Pipeline, Rgb, Sound, Take, Texts
from matinee.engines.diffusers.resampling import as_film_sound

_TEXT_TOKENS = 1024

_TILE_FRAMES, _TILE_STEP_FRAMES = 128, 112
"""What is longer is decoded in pieces that overlap: the decoder looks both ways in time, and a
whole film would not fit."""

_PLAIN = {
    "stg_scale": 0.0,
    "modality_scale": 1.0,
    "guidance_rescale": 0.0,
    "audio_stg_scale": 0.0,
    "audio_modality_scale": 1.0,
    "audio_guidance_rescale": 0.0,
}
"""No guidance but that by the negative prompt."""

_SOUND_GUIDANCE = 7.0
"""Source: the default of diffusers' LTX2Pipeline, for LTX-2.3."""


class Ltx2Family:
    """One pass draws and sounds; the sound's length follows from the film's."""

    text_pipeline: ClassVar[str] = "LTX2Pipeline"
    image_pipeline: ClassVar[str] = "LTX2ImageToVideoPipeline"
    float32_parts: ClassVar[frozenset[str]] = frozenset()

    def prepare(self, pipe: Pipeline, model: OpenModel) -> None:
        """Noise levels that a model was distilled for are not shifted once more."""
        if model.sigmas:
            pipe.scheduler = type(pipe.scheduler).from_config(
                pipe.scheduler.config, use_dynamic_shifting=False, shift_terminal=None
            )
        pipe.vae.tile_sample_min_num_frames = _TILE_FRAMES
        pipe.vae.tile_sample_stride_num_frames = _TILE_STEP_FRAMES
        pipe.vae.use_framewise_decoding = True

    def encode(self, pipe: Pipeline, texts: Texts) -> Mapping[str, Any]:
        """The states of every layer of the reader, with masks."""
        is_guided = texts.guidance > 1
        positive, mask, negative, negative_mask = pipe.encode_prompt(
            prompt=texts.prompt,
            negative_prompt=texts.negative_prompt,
            do_classifier_free_guidance=is_guided,
            max_sequence_length=_TEXT_TOKENS,
        )
        return {
            "prompt_embeds": positive,
            "prompt_attention_mask": mask,
            "negative_prompt_embeds": negative,
            "negative_prompt_attention_mask": negative_mask,
        }

    def arguments(self, pipe: Pipeline, take: Take) -> Mapping[str, Any]:
        """Which guidance there is depends on the release, which its transformer shows."""
        arguments: dict[str, Any] = {
            "height": take.size.height_px,
            "width": take.size.width_px,
            "num_frames": take.frames,
            "frame_rate": float(take.fps),
            "num_inference_steps": take.steps,
            "guidance_scale": take.guidance,
            "generator": take.generator,
        }
        if take.image is not None:
            arguments["image"] = as_picture(take.image)
        if take.model.sigmas:
            arguments["sigmas"] = list(take.model.sigmas)
        is_first_release = not pipe.transformer.config.cross_attn_mod
        arguments["use_cross_timestep"] = not is_first_release
        if is_first_release or take.guidance <= 1:
            return arguments | _PLAIN | {"audio_guidance_scale": take.guidance}
        # The other knobs stay as the pipeline has them, which is as its makers recommend.
        return arguments | {"audio_guidance_scale": max(take.guidance, _SOUND_GUIDANCE)}

    def frames(self, pipe: Pipeline, output: Any) -> Generator[Rgb, None, None]:
        """The pipeline's latents are ready for the decoder."""
        return whole_decode(pipe.vae, output.frames.to(decoder_dtype(pipe.vae)))

    def sound(self, pipe: Pipeline, output: Any) -> Sound | None:
        """Decoded to a spectrogram, that to a wave."""
        latents = output.audio.to(pipe.audio_vae.dtype)
        spectrogram = pipe.audio_vae.decode(latents, return_dict=False)[0]
        wave = pipe.vocoder(spectrogram)[0].float().cpu().numpy()
        return as_film_sound(wave.T, rate=int(pipe.vocoder.config.output_sampling_rate))


LTX2: Family = Ltx2Family()
