"""How much work a film is, phase by phase; and about how long each takes, before any was made."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matinee.core.open_models import OpenModel
from matinee.core.size import Size

LOADING, TEXT, DENOISE, DECODE, ENCODE, STORE = (
    "loading",
    "text",
    "denoise",
    "decode",
    "encode",
    "store",
)

_BYTES_PER_WEIGHT = 2
_TOKENS_OF_A_PROMPT = 512
_LOADED_BYTES_PER_S = 2e9
"""A solid-state disk, and the copy to the device."""

_OPERATIONS_PER_S = {"cuda": 3e14, "mps": 1e13, "cpu": 2e11}
"""What plain pipelines reach: an H100 in bf16, a laptop's GPU, two cores."""

_DECODE_OPERATIONS_PER_PIXEL = 4e7
"""13.5 s for 121 frames of 1280x704 beside 3.25 s for a step of 1,034 TFLOP.
Source: SGLang's perf_baselines.json for Wan2.2-TI2V-5B."""

_ENCODED_PIXELS_PER_S = 2.5e7
"""libx264 at `veryfast` on two cores."""

_STORE_S = 0.2

_ATTENTION_TOKENS = 26_600
"""With so many tokens, attention costs a model of 5e9 weights as much as all its other layers.
Source: the layers of Wan2.2-TI2V-5B; larger models are wider, and it weighs less there."""

_WEIGHTS_OF_5B = 5e9
_WIDTH_GROWS = 0.4
"""Of the number of weights, this power: 5e9 are 3,072 wide, 14e9 are 5,120."""

_BYTES_PER_TOKEN = 100_000
_DECODE_BYTES_PER_PIXEL = 5_500
_SLACK_BYTES = 500_000_000
"""What the allocator can't use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmWork:
    """The whole work on one film: frames and steps are summed over its segments."""

    model: OpenModel
    size: Size
    """On the model's own grid."""

    frames: int
    steps: int
    segments: int = 1
    is_guided: bool = True
    """Whether each step asks the model twice, with the prompt and without."""

    is_loaded: bool = False
    """Whether the weights are in their place already."""

    profile: str = "exact"
    device: str = "cuda"
    """As torch spells it."""

    @property
    def kind(self) -> str:
        """What films must have in common to take equally long. Upright or not is all the same."""
        long_px, short_px = sorted((self.size.width_px, self.size.height_px), reverse=True)
        guided = "guided" if self.is_guided else "unguided"
        return f"{self.model.name} {long_px}x{short_px} {self.profile} {guided} {self.device}"

    def units(self) -> dict[str, float]:
        """How much there is to do of each phase, in whatever its time grows with."""
        frames_each = self.frames / self.segments
        return {
            LOADING: 0.0 if self.is_loaded else 1.0,
            TEXT: float(self.segments),
            DENOISE: self.steps * frames_each,
            DECODE: float(self.frames),
            ENCODE: float(self.frames),
            STORE: 1.0,
        }


def arithmetic_seconds(work: FilmWork) -> dict[str, float]:
    """About how long each phase takes, from the sizes alone.

    Two operations for each weight and token, and attention on top.
    Source: inference-peers 3.2.
    """
    speed = _OPERATIONS_PER_S.get(work.device.partition(":")[0], _OPERATIONS_PER_S["cpu"])
    pixels = work.frames * work.size.pixels
    readers = sum(
        size_bytes / _BYTES_PER_WEIGHT
        for part, size_bytes in work.model.memory_bytes.items()
        if part.startswith("text_encoder")
    )
    prompts = work.segments * (2 if work.is_guided else 1)
    loaded_bytes = 0 if work.is_loaded else sum(work.model.memory_bytes.values())
    return {
        LOADING: loaded_bytes / _LOADED_BYTES_PER_S,
        TEXT: prompts * 2 * readers * _TOKENS_OF_A_PROMPT / speed,
        DENOISE: work.steps * _step_operations(work) / speed,
        DECODE: pixels * _DECODE_OPERATIONS_PER_PIXEL / speed,
        ENCODE: pixels / _ENCODED_PIXELS_PER_S,
        STORE: _STORE_S,
    }


def working_bytes(model: OpenModel, size: Size, frames: int, *, device: str) -> int:
    """About how much memory it takes, besides the weights, to draw `frames` at once in `size`.

    Drawing and decoding follow each other, so the larger of both. Unmeasured: from the widths of
    Wan's layers, each token with its keys, values and inner states in 16 bits, each pixel with the
    channels of the decoder in 32. A processor calculates in 32 bits, which takes twice the room.
    """
    drawing = _tokens(model, size, frames) * _BYTES_PER_TOKEN * _width(_active_weights(model))
    larger = max(drawing, size.pixels * _DECODE_BYTES_PER_PIXEL) + _SLACK_BYTES
    return int(larger * (2 if device == "cpu" else 1))


def _step_operations(work: FilmWork) -> float:
    active = _active_weights(work.model)
    tokens = _tokens(work.model, work.size, work.frames / work.segments)
    attention = tokens / (_ATTENTION_TOKENS * _width(active))
    passes = 2 if work.is_guided else 1
    return passes * 2 * active * tokens * (1 + attention)


def _width(weights: float) -> float:
    """How much wider the layers are than those of a model of 5e9 weights."""
    return math.pow(weights / _WEIGHTS_OF_5B, _WIDTH_GROWS)


def _active_weights(model: OpenModel) -> float:
    # Of two experts, one works at a time.
    drawing = (
        size_bytes / _BYTES_PER_WEIGHT
        for part, size_bytes in model.memory_bytes.items()
        if part.startswith("transformer")
    )
    return max(drawing, default=_WEIGHTS_OF_5B)


def _tokens(model: OpenModel, size: Size, frames: float) -> float:
    latent_frames = max(1.0, (frames - model.grid.frame_rest) / model.grid.frame_step + 1)
    return latent_frames * size.pixels / model.grid.side_px**2
