"""CogVideoX, whose text and image tasks are two checkpoints."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, ClassVar

from matinee.core.open_models import OpenModel
from matinee.engines.diffusers.decoding import as_picture, decoder_dtype, whole_decode
from matinee.engines.diffusers.family import Family, Pipeline, Rgb, Sound, Take, Texts

_TEXT_TOKENS = 226

_GROWS_GUIDANCE = "CogVideoXDPMScheduler"
"""The scheduler with which guidance grows from step to step.
Source: the model card of CogVideoX-5b."""


class CogVideoXFamily:
    """Its latents have their frames before their channels."""

    text_pipeline: ClassVar[str] = "CogVideoXPipeline"
    image_pipeline: ClassVar[str] = "CogVideoXImageToVideoPipeline"
    float32_parts: ClassVar[frozenset[str]] = frozenset()

    def prepare(self, pipe: Pipeline, model: OpenModel) -> None:
        """Everything is as it should be."""

    def encode(self, pipe: Pipeline, texts: Texts) -> Mapping[str, Any]:
        """Two lists of embeddings, the second one only if the model is guided by it."""
        positive, negative = pipe.encode_prompt(
            prompt=texts.prompt,
            negative_prompt=texts.negative_prompt,
            do_classifier_free_guidance=texts.guidance > 1,
            max_sequence_length=_TEXT_TOKENS,
        )
        return {"prompt_embeds": positive, "negative_prompt_embeds": negative}

    def arguments(self, pipe: Pipeline, take: Take) -> Mapping[str, Any]:
        """The same for both pipelines, but for the image."""
        arguments: dict[str, Any] = {
            "height": take.size.height_px,
            "width": take.size.width_px,
            "num_frames": take.frames,
            "num_inference_steps": take.steps,
            "guidance_scale": take.guidance,
            "use_dynamic_cfg": type(pipe.scheduler).__name__ == _GROWS_GUIDANCE,
            "generator": take.generator,
        }
        if take.image is not None:
            arguments["image"] = as_picture(take.image)
        return arguments

    def frames(self, pipe: Pipeline, output: Any) -> Generator[Rgb, None, None]:
        """The decoder works forwards, two latent frames at a time, and gives them all at once."""
        latents = output.frames.permute(0, 2, 1, 3, 4).to(decoder_dtype(pipe.vae))
        return whole_decode(pipe.vae, latents / pipe.vae.config.scaling_factor)

    def sound(self, pipe: Pipeline, output: Any) -> Sound | None:
        """They are silent."""
        return None


COGVIDEOX: Family = CogVideoXFamily()
