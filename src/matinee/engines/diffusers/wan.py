"""Wan 2.1 and 2.2, which are run alike: their checkpoints say how they differ."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, ClassVar

from matinee.core.open_models import OpenModel
from matinee.engines.diffusers.decoding import as_picture, as_rgb, decoder_dtype, whole_decode
from matinee.engines.diffusers.family import Family, Pipeline, Rgb, Sound, Take, Texts

_TEXT_TOKENS = 512


class WanFamily:
    """The decoder works forwards in time, so that frames come as soon as they are decoded."""

    text_pipeline: ClassVar[str] = "WanPipeline"
    image_pipeline: ClassVar[str] = "WanImageToVideoPipeline"

    # Source: diffusers' page on Wan, which loads both so "for better decoding quality".
    float32_parts: ClassVar[frozenset[str]] = frozenset({"vae", "image_encoder"})

    def prepare(self, pipe: Pipeline, model: OpenModel) -> None:
        """The noise levels: shifted, or those of a few-step model."""
        from diffusers import FlowMatchLCMScheduler, UniPCMultistepScheduler

        if model.renoises:
            pipe.scheduler = FlowMatchLCMScheduler()
        elif model.flow_shift is not None:
            pipe.scheduler = UniPCMultistepScheduler.from_config(
                pipe.scheduler.config, flow_shift=model.flow_shift
            )

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
        """What both pipelines understand, and the image for the one that begins with it."""
        arguments: dict[str, Any] = {
            "height": take.size.height_px,
            "width": take.size.width_px,
            "num_frames": take.frames,
            "num_inference_steps": take.steps,
            "guidance_scale": take.guidance,
            "generator": take.generator,
        }
        if take.image is not None:
            arguments["image"] = as_picture(take.image)
        if pipe.config.boundary_ratio is not None and take.model.guidance_2 is not None:
            share = take.model.guidance_2 / take.model.guidance
            arguments["guidance_scale_2"] = take.guidance * share
        if take.model.sigmas:
            _fix_noise(pipe.scheduler, take)
        return arguments

    def frames(self, pipe: Pipeline, output: Any) -> Generator[Rgb, None, None]:
        """One frame, then four for each further latent one."""
        latents = _denormalized(pipe.vae, output.frames)
        if _streams(pipe.vae):
            return streamed_decode(pipe.vae, latents)
        return whole_decode(pipe.vae, latents)

    def sound(self, pipe: Pipeline, output: Any) -> Sound | None:
        """They are silent."""
        return None


def streamed_decode(vae: Any, latents: Any) -> Generator[Rgb, None, None]:
    """The frames of `latents` as `vae.decode` gives them, each as soon as it is there.

    It does what `AutoencoderKLWan._decode` does, with that class's private names. Source:
    diffusers 0.42, autoencoder_kl_wan.py.
    """
    from diffusers.models.autoencoders.autoencoder_kl_wan import unpatchify

    vae.clear_cache()
    try:
        quantized = vae.post_quant_conv(latents)
        for number in range(latents.shape[2]):
            vae._conv_idx = [0]
            pixels = vae.decoder(
                quantized[:, :, number : number + 1],
                feat_cache=vae._feat_map,
                feat_idx=vae._conv_idx,
                first_chunk=number == 0,
            )
            if vae.config.patch_size is not None:
                pixels = unpatchify(pixels, patch_size=vae.config.patch_size)
            yield as_rgb(pixels)
    finally:
        vae.clear_cache()


def _denormalized(vae: Any, latents: Any) -> Any:
    """Latents as the decoder takes them; the sampler's have a mean of 0 and a spread of 1."""
    import torch

    device = next(vae.decoder.parameters()).device
    mean, spread = (
        torch.tensor(numbers, dtype=torch.float32, device=device).view(1, -1, 1, 1, 1)
        for numbers in (vae.config.latents_mean, vae.config.latents_std)
    )
    whole = latents.to(device, torch.float32) * spread + mean
    return whole.to(decoder_dtype(vae))


def _streams(vae: Any) -> bool:
    """Whether the decoder is the one that is known here, and decodes whole frames."""
    names = ("clear_cache", "post_quant_conv", "decoder", "_cached_conv_counts")
    return all(hasattr(vae, name) for name in names) and not vae.use_tiling


def _fix_noise(scheduler: Any, take: Take) -> None:
    """Have `scheduler` take the model's own noise levels and the film's own noise.

    The pipelines have no arguments for either.
    """
    kind = type(scheduler)

    def set_timesteps(num_inference_steps: int, device: Any = None) -> None:
        kind.set_timesteps(scheduler, sigmas=list(take.model.sigmas), device=device)

    def step(*args: Any, **kwargs: Any) -> Any:
        return kind.step(scheduler, *args, generator=take.generator, **kwargs)

    scheduler.set_timesteps, scheduler.step = set_timesteps, step


WAN: Family = WanFamily()
