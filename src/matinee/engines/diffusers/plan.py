"""How a film is drawn in one go or several: pure arithmetic over a spec and a model's grid.

A model draws a limited number of frames at a time. A longer film goes on from the last frame of
what was drawn so far; that frame comes again as the first one of the next segment, and is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise

from matinee.core.errors import EngineError
from matinee.core.open_models import Grid, OpenModel
from matinee.core.size import Size
from matinee.core.video import Relation, VideoSpec


class Opening(StrEnum):
    """What the first frame of a segment is."""

    FREE = "free"
    """Whatever the model draws."""

    REFERENCE = "reference"
    """The image that came with the spec."""

    SOURCE = "source"
    """The last frame of the film that is extended."""

    FORMER = "former"
    """The last frame of the segment before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What is drawn in one go."""

    prompt: str
    opening: Opening
    drawn: int
    """How many frames the model draws; a number of its grid."""

    kept: int
    """How many of them belong to the film, the dropped one not counted."""

    @property
    def dropped(self) -> int:
        """How many frames at its beginning were seen before."""
        return int(self.opening in {Opening.SOURCE, Opening.FORMER})


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmPlan:
    """A film as its model draws it."""

    size: Size
    canvas: Size
    """The size in which it is drawn; the film is its middle."""

    fps: int
    copied: int
    """How many frames are those of the film that is extended."""

    segments: tuple[Segment, ...]

    @property
    def drawn(self) -> int:
        """How many frames are drawn in all."""
        return sum(segment.drawn for segment in self.segments)

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return self.copied + sum(segment.kept for segment in self.segments)


def plan_film(spec: VideoSpec, model: OpenModel) -> FilmPlan:
    """The segments of the film of `spec`; together they give exactly its frames.

    Raises EngineError for what `model` can't make, which is refused before where that is known.
    """
    frames = spec.seconds * spec.fps
    copied = _copied_frames(spec)
    scenes = _scenes(spec, frames - copied)
    segments: list[Segment] = []
    for number, (prompt, length) in enumerate(scenes):
        opening = _opening(spec, model) if number == 0 else _opening_of_a_scene(model)
        segments += _chained(prompt, opening, length, model)
    return FilmPlan(
        size=spec.size,
        canvas=model.grid.canvas(spec.size),
        fps=spec.fps,
        copied=copied,
        segments=tuple(segments),
    )


def most_frames(model: OpenModel) -> int:
    """The longest film of the model's grid that it was trained for."""
    grid = model.grid
    return (model.max_frames - grid.frame_rest) // grid.frame_step * grid.frame_step + (
        grid.frame_rest
    )


def _copied_frames(spec: VideoSpec) -> int:
    source = spec.source
    if source is None or source.relation is not Relation.EXTEND:
        return 0
    # One at least: what is drawn goes on from the last one of them.
    return max(1, min(round(source.seconds * spec.fps), spec.seconds * spec.fps - 1))


def _scenes(spec: VideoSpec, frames: int) -> Sequence[tuple[str, int]]:
    """The prompt and the frames of each scene; without a storyboard the film is one scene."""
    if not spec.storyboard:
        return [(spec.prompt, frames)]
    lengths = [scene.seconds or 0.0 for scene in spec.storyboard]
    ends = [round(end * spec.fps) for end in accumulate(lengths, initial=0.0)]
    ends[-1] = frames
    return [
        (_scene_prompt(spec, scene.prompt), end - begin)
        for scene, (begin, end) in zip(spec.storyboard, pairwise(ends), strict=True)
        if end > begin
    ]


def _scene_prompt(spec: VideoSpec, scene: str) -> str:
    """What a scene shows, with what is said of the whole film."""
    # A storyboard without a prompt of its own has its scenes, a line each, for one.
    is_own = spec.prompt != "\n".join(each.prompt for each in spec.storyboard)
    return f"{spec.prompt}\n{scene}" if is_own else scene


def _opening(spec: VideoSpec, model: OpenModel) -> Opening:
    is_extension = spec.source is not None and spec.source.relation is Relation.EXTEND
    opening = Opening.SOURCE if is_extension else Opening.FREE
    if spec.references and not is_extension:
        opening = Opening.REFERENCE
    if opening is Opening.FREE and not model.takes_text:
        raise EngineError(f"The model {model.name} begins with an image: send one.")
    if opening is not Opening.FREE and not model.takes_image:
        raise EngineError(f"The model {model.name} takes no image.")
    return opening


def _opening_of_a_scene(model: OpenModel) -> Opening:
    """A new scene is a cut, unless the model must be given a first frame."""
    return Opening.FREE if model.takes_text else Opening.FORMER


def _chained(prompt: str, opening: Opening, frames: int, model: OpenModel) -> Sequence[Segment]:
    """As few segments as can be, all about as long: attention costs the square of the length."""
    most = most_frames(model)
    repeats = int(opening in {Opening.SOURCE, Opening.FORMER})
    # Every segment but the first draws one frame again.
    count = max(1, -(-(frames + repeats - 1) // (most - 1)))
    if count > 1 and not model.takes_image:
        raise EngineError(
            f"The model {model.name} draws {most} frames at most, and {frames} are wanted: "
            "ask for fewer seconds or fewer frames per second."
        )
    share, more = divmod(frames + repeats + count - 1, count)
    segments = []
    for number in range(count):
        wanted = share + int(number < more)
        first = opening if number == 0 else Opening.FORMER
        repeated = int(first in {Opening.SOURCE, Opening.FORMER})
        segments.append(
            Segment(
                prompt=prompt,
                opening=first,
                drawn=_on_grid(wanted, model.grid),
                kept=wanted - repeated,
            )
        )
    return segments


def _on_grid(frames: int, grid: Grid) -> int:
    # A single frame is a picture: not every model takes that for a film.
    return max(grid.frames(frames), grid.frame_step + grid.frame_rest)
