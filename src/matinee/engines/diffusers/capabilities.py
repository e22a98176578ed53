"""What an open model can make, told in the words of requests."""

from __future__ import annotations

from matinee.core.open_models import OpenModel
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.video import Relation
from matinee.engines.diffusers.plan import most_frames

SORA_SIZES = (Size(720, 1280), Size(1280, 720), Size(1024, 1792), Size(1792, 1024))
MAX_SECONDS = 25
MAX_SCENES = 25
RATES = (8, 12, 15, 16, 24, 25, 30)
"""Frame rates that players are used to. A model draws movement for its own rate; at another one
the same movement is quicker or slower."""

PACE = 20.0
"""Seconds of work for a second of film: an H200 with a model of 5 billion weights at 720p.
Source: PROMISES F6. Only said until there are films to go by."""

_SAMPLING = ("negative_prompt", "steps", "guidance")
_WITHOUT_LORAS = frozenset({"hunyuan15"})
"""Families for which diffusers has no loader of LoRA files."""


def capabilities_of(model: OpenModel, *, has_loras: bool = False) -> Capabilities:
    """What `model` makes: every Sora size and its own, and as long as it can go on.

    One that can begin with an image goes on from the last frame of what it drew; another ends
    where its training ended. `has_loras` is whether there are additions that requests may name.
    """
    chains = model.takes_image
    longest = MAX_SECONDS if chains else most_frames(model) // model.fps
    return Capabilities(
        sizes=_sizes(model),
        min_seconds=1,
        max_seconds=max(1, min(MAX_SECONDS, longest)),
        fps=model.fps,
        # Where nothing is chained, a higher rate would need more frames than there can be.
        fps_choices=tuple(
            rate for rate in RATES if rate != model.fps and (chains or rate < model.fps)
        ),
        min_references=0 if model.takes_text else 1,
        max_references=1 if model.takes_image else 0,
        has_sound=model.has_sound,
        relations=(Relation.EXTEND,) if model.takes_image else (),
        max_scenes=MAX_SCENES,
        pace=PACE,
        options=_options(model, has_loras=has_loras),
    )


def _options(model: OpenModel, *, has_loras: bool) -> tuple[str, ...]:
    # A few-step model was distilled for its steps and its guidance, and is nothing with others.
    sampling = () if model.sigmas else _SAMPLING
    takes_loras = has_loras and model.family not in _WITHOUT_LORAS
    return (*sampling, "loras") if takes_loras else sampling


def _sizes(model: OpenModel) -> tuple[Size, ...]:
    own = [size for size in model.sizes if size.width_px % 2 == 0 and size.height_px % 2 == 0]
    return tuple(dict.fromkeys(own if model.keeps_size else (*own, *SORA_SIZES)))
