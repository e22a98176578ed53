"""What differs between families of open models, and where each family's code is."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matinee.core.open_models import OpenModel
from matinee.core.size import Size

Rgb = NDArray[np.uint8]
"""A frame, (height_px, width_px, 3), or several, (frames, height_px, width_px, 3)."""

Sound = NDArray[np.float32]
"""(samples, 2) at `SOUND_RATE`, -1 to 1."""

SOUND_RATE = 48_000

Pipeline = Any
"""One of diffusers' pipelines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What a model reads."""

    prompt: str
    negative_prompt: str
    guidance: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Take:
    """What a pipeline is to draw in one go, all of it on the model's grid."""

    model: OpenModel
    size: Size
    frames: int
    fps: int
    steps: int
    guidance: float
    image: Rgb | None
    """The first frame, in `size`, if it is given."""

    generator: Any
    """The film's own `torch.Generator`."""


class Family(Protocol):
    """Models that are run in one way. Everything blocks, in the thread that samples.

    A pipeline is asked for latents, which are decoded piece by piece, so that nothing but the piece
    at hand is held.
    """

    @property
    def text_pipeline(self) -> str:
        """The class in diffusers that begins with nothing; empty if there is none."""

    @property
    def image_pipeline(self) -> str:
        """The class in diffusers that begins with an image; empty if there is none."""

    @property
    def float32_parts(self) -> frozenset[str]:
        """Parts that are no good in fewer than 32 bits."""

    def prepare(self, pipe: Pipeline, model: OpenModel) -> None:
        """Set up what a pipeline of `model` needs once, such as its noise levels."""

    def encode(self, pipe: Pipeline, texts: Texts) -> Mapping[str, Any]:
        """The arguments that hand the read texts to `pipe`. They are kept and used again."""

    def arguments(self, pipe: Pipeline, take: Take) -> Mapping[str, Any]:
        """The other arguments of `pipe`, `output_type` aside."""

    def frames(self, pipe: Pipeline, output: Any) -> Generator[Rgb, None, None]:
        """Decode what `pipe` gave, a few frames at a time. Closing it early puts all away."""

    def sound(self, pipe: Pipeline, output: Any) -> Sound | None:
        """Decode the sound of what `pipe` gave, if there is one."""


FAMILIES: Mapping[str, str] = {
    "wan": "matinee.engines.diffusers.wan:WAN",
    "ltx2": "matinee.engines.diffusers.ltx2:LTX2",
    "hunyuan15": "matinee.engines.diffusers.hunyuan15:HUNYUAN15",
    "cogvideox": "matinee.engines.diffusers.cogvideox:COGVIDEOX",
}


def load_family(name: str) -> Family:
    """The family of that name."""
    module, _, attribute = FAMILIES[name].partition(":")
    family: Family = getattr(import_module(module), attribute)
    return family
