"""HunyuanVideo-1.5, whose two tasks are two checkpoints."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, ClassVar

from matinee.core.open_models import OpenModel
from matinee.engines.diffusers.decoding import as_picture, decoder_dtype, whole_decode
from matinee.engines.diffusers.family import Family, Pipeline, Rgb, Sound, Take, Texts


class Hunyuan15Family:
    """Guidance is a part of the pipeline and no argument of it."""

    text_pipeline: ClassVar[str] = "HunyuanVideo15Pipeline"
    image_pipeline: ClassVar[str] = "HunyuanVideo15ImageToVideoPipeline"
    float32_parts: ClassVar[frozenset[str]] = frozenset()

    def prepare(self, pipe: Pipeline, model: OpenModel) -> None:
        """Without tiles, decoding takes more memory than drawing."""
        pipe.vae.enable_tiling()
        # The image is in the film's size already; the model would pick the one next to it that it
        # was trained for.
        pipe.video_processor.calculate_default_height_width = _keep_size

    def encode(self, pipe: Pipeline, texts: Texts) -> Mapping[str, Any]:
        """What both readers make of the prompt, the second one of what is quoted in it."""
        read = _read(pipe, texts.prompt)
        if texts.guidance > 1:
            negative = _read(pipe, texts.negative_prompt)
            read |= {f"negative_{name}": value for name, value in negative.items()}
        return read

    def arguments(self, pipe: Pipeline, take: Take) -> Mapping[str, Any]:
        """The pipeline that begins with an image takes its size from it."""
        pipe.guider = pipe.guider.new(guidance_scale=take.guidance)
        arguments: dict[str, Any] = {
            "num_frames": take.frames,
            "num_inference_steps": take.steps,
            "generator": take.generator,
        }
        if take.image is not None:
            return arguments | {"image": as_picture(take.image)}
        return arguments | {"height": take.size.height_px, "width": take.size.width_px}

    def frames(self, pipe: Pipeline, output: Any) -> Generator[Rgb, None, None]:
        """The decoder looks at the whole film."""
        latents = output.frames.to(decoder_dtype(pipe.vae)) / pipe.vae.config.scaling_factor
        return whole_decode(pipe.vae, latents)

    def sound(self, pipe: Pipeline, output: Any) -> Sound | None:
        """They are silent."""
        return None


def _read(pipe: Pipeline, text: str) -> dict[str, Any]:
    names = ("prompt_embeds", "prompt_embeds_mask", "prompt_embeds_2", "prompt_embeds_mask_2")
    read = pipe.encode_prompt(prompt=text, dtype=pipe.transformer.dtype)
    return dict(zip(names, read, strict=True))


def _keep_size(height: int, width: int, target_size: int) -> tuple[int, int]:
    return height, width


HUNYUAN15: Family = Hunyuan15Family()
