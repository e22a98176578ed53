"""Speed profiles: what is done to make films faster, and what that costs.

`exact` changes no picture, `fast` changes it by a hair, `turbo` is another or a shortened drawing.
What a profile can't have on a device or with a model is said in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from matinee.core.open_models import OpenModel
from matinee.engines.diffusers.device import DeviceFacts
from matinee.engines.diffusers.memory import MemoryPolicy

logger = logging.getLogger(__name__)

_CACHE_THRESHOLD = 0.05
"""Source: the default of diffusers' FirstBlockCacheConfig."""

_CACHING_FAMILIES = frozenset({"wan", "cogvideox"})
"""Whose layers diffusers can skip. Source: its `_helpers.py`, where layers are registered."""

_FEW_STEPS = 8
"""A model that takes no more is as fast as `turbo` makes it."""


class Profile(StrEnum):
    """The truest first."""

    EXACT = "exact"
    FAST = "fast"
    TURBO = "turbo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePlan:
    """What a profile comes to for one model on one device."""

    profile: Profile
    model: OpenModel
    """Whose weights and steps are used: for `turbo` a few-step sibling, where it is here."""

    pins_attention: bool = False
    """Whether cuDNN's attention is preferred. torch chooses by itself else, and not always well."""

    compiles: bool = False
    halves_decoder: bool = False
    """Whether the VAE decodes in 16 bits. It encodes in 32 ever: a film would drift from its first
    image."""

    skips_below: float | None = None
    """How little the first layer's output may change for the rest of a step to be taken from the
    one before; None: every step is drawn."""

    notes: tuple[str, ...] = ()
    """What the profile goes without, and why."""


def plan_profile(
    profile: Profile, model: OpenModel, facts: DeviceFacts, siblings: Mapping[str, OpenModel]
) -> ProfilePlan:
    """What `profile` means for `model`; `siblings` are the models whose weights are here."""
    notes = []
    if not facts.has_cudnn_attention:
        notes.append(f"attention is left to torch: cuDNN has none for {facts.kind}")
    is_slow = profile is Profile.TURBO and model.steps > _FEW_STEPS
    sibling = siblings.get(model.turbo) if is_slow and model.turbo else None
    lacks_sibling = is_slow and sibling is None
    caches_steps = lacks_sibling and model.family in _CACHING_FAMILIES
    if lacks_sibling:
        notes.append(_on_lack_of_sibling(model, caches_steps=caches_steps))
    wants_compiling = profile is not Profile.EXACT and not caches_steps
    if wants_compiling and not facts.compiles:
        notes.append(f"nothing is compiled: torch can't for {facts.kind} here")
    wants_halves = profile is not Profile.EXACT
    if wants_halves and facts.kind != "cuda":
        notes.append(f"the decoder keeps 32 bits: 16 are no faster on {facts.kind}")
    return ProfilePlan(
        profile=profile,
        model=sibling or model,
        pins_attention=facts.has_cudnn_attention,
        compiles=wants_compiling and facts.compiles,
        halves_decoder=wants_halves and facts.kind == "cuda",
        skips_below=_CACHE_THRESHOLD if caches_steps else None,
        notes=tuple(notes),
    )


def tune(pipe: Any, plan: ProfilePlan, policy: MemoryPolicy) -> None:
    """Do to `pipe` what `plan` says, once, after its parts are in their places."""
    notes = list(plan.notes)
    transformers = [
        part
        for name, part in pipe.components.items()
        if name.startswith("transformer") and part is not None
    ]
    if plan.halves_decoder:
        _halve_decoder(pipe.vae)
    if plan.skips_below is not None:
        _cache_steps(transformers, plan.skips_below)
    if plan.compiles and (problem := _compile(transformers, policy)):
        notes.append(f"nothing is compiled: {problem}")
    for note in notes:
        logger.info("speed profile", extra={"profile": plan.profile.value, "note": note})


@contextmanager
def running(pipe: Any, plan: ProfilePlan) -> Iterator[None]:
    """Around every call of `pipe`: its attention is pinned, and nothing of an earlier film is left.

    A film that was given up leaves its last step in the cache.
    """
    for name, part in pipe.components.items():
        if name.startswith("transformer") and hasattr(part, "_reset_stateful_cache"):
            part._reset_stateful_cache()
    if not plan.pins_attention:
        yield
        return
    from torch.nn.attention import SDPBackend, sdpa_kernel

    preferred = [
        SDPBackend.CUDNN_ATTENTION,
        SDPBackend.FLASH_ATTENTION,
        SDPBackend.EFFICIENT_ATTENTION,
        SDPBackend.MATH,
    ]
    with sdpa_kernel(preferred, set_priority=True):
        yield


def _halve_decoder(vae: Any) -> None:
    import torch

    for name in ("decoder", "post_quant_conv"):
        part = getattr(vae, name, None)
        if part is not None:
            part.to(torch.bfloat16)


def _cache_steps(transformers: list[Any], threshold: float) -> None:
    """Have `transformers` skip the rest of a step that changes little."""
    from diffusers import FirstBlockCacheConfig

    for transformer in transformers:
        transformer.enable_cache(FirstBlockCacheConfig(threshold=threshold))


def _compile(transformers: list[Any], policy: MemoryPolicy) -> str:
    """Compile the layers of `transformers`; why not, if they can't be."""
    if policy not in (MemoryPolicy.RESIDENT, MemoryPolicy.PARK_TEXT):
        return f"the transformer comes and goes ('{policy}')"
    if not all(getattr(transformer, "_repeated_blocks", None) for transformer in transformers):
        return "diffusers does not say which layers of this model are alike"
    for transformer in transformers:
        # A second size makes torch compile once more, for any size.
        transformer.compile_repeated_blocks()
    return ""


def _on_lack_of_sibling(model: OpenModel, *, caches_steps: bool) -> str:
    reason = (
        f"'{model.turbo}', its few-step sibling, is not here"
        if model.turbo
        else "it has no few-step sibling"
    )
    if caches_steps:
        return f"steps of '{model.name}' are cached, which changes the picture: {reason}"
    return f"every step of '{model.name}' is drawn: {reason}, and diffusers can cache none"
