"""What is known of an open model: what it can make, how large it is, what it may be used for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matinee.core.size import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Which sizes and lengths a model's own pictures have.

    Both sides are multiples of `side_px`, and a film has `frame_step * n + frame_rest` frames.
    """

    side_px: int
    frame_step: int
    frame_rest: int = 1

    def canvas(self, size: Size) -> Size:
        """The smallest size of the grid into which `size` fits."""
        width_px, height_px = (
            -(-side // self.side_px) * self.side_px for side in (size.width_px, size.height_px)
        )
        return Size(width_px, height_px)

    def frames(self, wanted: int) -> int:
        """The smallest number of frames of the grid that is not below `wanted`."""
        steps = max(0, -(-(wanted - self.frame_rest) // self.frame_step))
        return steps * self.frame_step + self.frame_rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """What the weights may be used for. `note` says what a user must know before."""

    name: str
    url: str
    is_free: bool
    """Whether anybody may use it for anything, as Apache-2.0 and MIT allow."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenModel:
    """A model whose weights can be had. `name` is ours, `repository` is where the weights lie."""

    name: str
    title: str
    family: str
    """Which code runs it: `wan`, `ltx2`, `hunyuan15`, `cogvideox`."""

    repository: str
    licence: Licence
    download_bytes: int
    """About how much is fetched."""

    memory_bytes: Mapping[str, int]
    """How large its parts are in memory, in bf16 unless the part must be larger: `transformer`,
    `text_encoder`, `vae` and others, by the names of the pipeline."""

    sizes: tuple[Size, ...]
    """What it was trained for, the usual one first."""

    grid: Grid
    fps: int
    max_frames: int
    """The longest film that it was trained to make in one go."""

    steps: int
    guidance: float
    guidance_2: float | None = None
    """That of the second of two experts, which draws from less noise; None: as the first's."""

    flow_shift: float | None = None
    """How far the noise levels are shifted upwards; None: as the checkpoint's scheduler has it."""

    sigmas: tuple[float, ...] = ()
    """For a few-step model, the very noise levels that it was distilled for, one for each of its
    `steps`; empty: as the scheduler spaces them."""

    renoises: bool = False
    """Whether, between its steps, it wants what it drew mixed with new noise."""

    keeps_size: bool = False
    """Whether it draws in `sizes` and in no others."""

    takes_text: bool = True
    takes_image: bool = False
    has_sound: bool = False
    negative_prompt: str = ""
    """What its makers recommend."""

    is_gated: bool = False
    """Whether its licence must be accepted at the hub, with an account, before the download."""

    turbo: str | None = None
    """The name of a few-step sibling here."""

    @property
    def weights_bytes(self) -> int:
        """How large all its parts are in memory together."""
        return sum(self.memory_bytes.values())


def gigabytes(count: float) -> int:
    """So many gigabytes, in bytes; a gigabyte has 1,000,000,000."""
    return round(count * 1_000_000_000)
