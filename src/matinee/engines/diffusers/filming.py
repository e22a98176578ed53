"""Drawing a film with a loaded model, segment by segment; everything blocks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from matinee.core.errors import EngineError
from matinee.core.open_models import OpenModel
from matinee.core.size import Size
from matinee.core.video import Lora
from matinee.engines.diffusers.family import (
    SOUND_RATE,
    Family,
    Pipeline,
    Rgb,
    Sound,
    Take,
    Texts,
)
from matinee.engines.diffusers.loading import sibling
from matinee.engines.diffusers.plan import FilmPlan, Opening, Segment
from matinee.engines.diffusers.sampling import StopSign, watched
from matinee.engines.diffusers.workload import DECODE, DENOISE, TEXT

_TEXTS_KEPT = 16
"""Read prompts take a few megabytes each; the negative one is nearly always the same."""

_SEAM_S = 0.01
"""Sounds that were made apart are faded at their ends, or the seams would click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """So much is done of all that the film takes of a phase."""

    phase: str
    done: float
    of: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pictures:
    """The next frames of the film, in its size."""

    frames: Rgb


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sounds:
    """The next sound of the film."""

    samples: Sound


Made = Stage | Pictures | Sounds
"""What comes out while a film is drawn."""


class Out(Protocol):
    """Where it goes."""

    stop: StopSign

    def put(self, item: Made) -> None:
        """Hand it over. Raises Stopped."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Order:
    """A film to be drawn."""

    plan: FilmPlan
    steps: int
    guidance: float
    negative_prompt: str
    seed: int
    loras: tuple[Lora, ...] = ()
    image: Rgb | None = None
    """What the first segment begins with, in the size of the canvas."""


@dataclass(slots=True, kw_only=True)
class Cast:
    """A loaded model: its parts as one pipeline, or two of the same parts."""

    model: OpenModel
    family: Family
    first: Pipeline
    """The one that was loaded."""

    running: Callable[[Pipeline], Any]
    """A context in which a pipeline is called."""

    _others: dict[str, Pipeline] = field(default_factory=dict)
    _read: OrderedDict[tuple[Texts, tuple[Lora, ...]], Mapping[str, Any]] = field(
        default_factory=OrderedDict
    )
    """By the additions too: they may change how a text is read."""

    def pipeline(self, *, has_image: bool) -> Pipeline:
        """The one that begins with an image, or with nothing. Raises EngineError."""
        name = self.family.image_pipeline if has_image else self.family.text_pipeline
        if not name:
            raise EngineError(f"The model {self.model.name} can't begin a film in this way.")
        if type(self.first).__name__ == name:
            return self.first
        if name not in self._others:
            self._others[name] = sibling(self.first, name)
        return self._others[name]

    def read(self, pipe: Pipeline, texts: Texts, loras: tuple[Lora, ...]) -> Mapping[str, Any]:
        """`texts` as `pipe` takes them, from memory if they were read lately."""
        key = (texts, loras)
        if key not in self._read:
            self._read[key] = self.family.encode(pipe, texts)
        self._read.move_to_end(key)
        while len(self._read) > _TEXTS_KEPT:
            self._read.popitem(last=False)
        return self._read[key]


class Filming:
    """One film under way."""

    def __init__(self, cast: Cast, order: Order, out: Out) -> None:
        import torch

        self._cast = cast
        self._order = order
        self._out = out
        # On the CPU, so that a seed gives the same noise on every device.
        self._generator = torch.Generator("cpu").manual_seed(order.seed % 2**63)
        self._decoded = 0

    def shoot(self) -> None:
        """Draw every segment. Raises Stopped when the film is not wanted any more."""
        last = self._order.image
        for number, segment in enumerate(self._order.plan.segments):
            image = None if segment.opening is Opening.FREE else last
            last = self._shoot_segment(number, segment, image)

    def _shoot_segment(self, number: int, segment: Segment, image: Rgb | None) -> Rgb:
        """Draw a segment; its last frame as it was drawn."""
        family = self._cast.family
        pipe = self._cast.pipeline(has_image=image is not None)
        read = self._read_texts(number, segment, pipe)
        output = self._sample(number, pipe, read, self._take(segment, image))
        pieces = family.frames(pipe, output)
        # Before the frames: they are interleaved as they are written, and there is little of it.
        self._hand_over_sound(number, segment, family.sound(pipe, output))
        return self._hand_over_frames(segment, pieces)

    def _read_texts(self, number: int, segment: Segment, pipe: Pipeline) -> Mapping[str, Any]:
        count = len(self._order.plan.segments)
        self._out.put(Stage(phase=TEXT, done=number, of=count))
        texts = Texts(
            prompt=segment.prompt,
            negative_prompt=self._order.negative_prompt,
            guidance=self._order.guidance,
        )
        read = self._cast.read(pipe, texts, self._order.loras)
        self._out.put(Stage(phase=TEXT, done=number + 1, of=count))
        return read

    def _take(self, segment: Segment, image: Rgb | None) -> Take:
        return Take(
            model=self._cast.model,
            size=self._order.plan.canvas,
            frames=segment.drawn,
            fps=self._order.plan.fps,
            steps=self._order.steps,
            guidance=self._order.guidance,
            image=image,
            generator=self._generator,
        )

    def _sample(self, number: int, pipe: Pipeline, read: Mapping[str, Any], take: Take) -> Any:
        total = self._order.steps * len(self._order.plan.segments)
        before = self._order.steps * number

        def tell(done: int) -> None:
            # Some samplers take more steps than they are asked for.
            of_segment = min(done, self._order.steps)
            self._out.put(Stage(phase=DENOISE, done=before + of_segment, of=total))

        with watched(pipe, tell, self._out.stop), self._cast.running(pipe):
            arguments = self._cast.family.arguments(pipe, take)
            return pipe(**read, **arguments, output_type="latent")

    def _hand_over_frames(self, segment: Segment, pieces: Generator[Rgb, None, None]) -> Rgb:
        plan = self._order.plan
        wanted = segment.dropped + segment.kept
        seen, last = 0, None
        with closing(pieces):
            for piece in pieces:
                self._out.stop.heed()
                kept = piece[max(0, segment.dropped - seen) : wanted - seen]
                seen += len(piece)
                self._decoded += len(piece)
                self._out.put(Stage(phase=DECODE, done=self._decoded, of=plan.drawn))
                if len(kept):
                    self._out.put(Pictures(frames=cut(kept, plan.size)))
                    last = kept[-1]
                if seen >= wanted:
                    break
        if last is None or seen < wanted:
            raise EngineError(f"The model drew {seen} frames where {wanted} were asked for.")
        return np.ascontiguousarray(last)

    def _hand_over_sound(self, number: int, segment: Segment, sound: Sound | None) -> None:
        if sound is None:
            return
        plan = self._order.plan
        # From the film's beginning, so that no rounding adds up from segment to segment.
        begin = plan.copied + sum(each.kept for each in plan.segments[:number])
        length = _samples(begin + segment.kept, plan.fps) - _samples(begin, plan.fps)
        skipped = _samples(segment.dropped, plan.fps)
        own = sound[skipped : skipped + length]
        missing = np.zeros((length - len(own), 2), np.float32)
        self._out.put(Sounds(samples=np.concatenate([_faded(own), missing])))


def cut(frames: Rgb, size: Size) -> Rgb:
    """The middle of `frames`, in `size`."""
    height_px, width_px = frames.shape[-3:-1]
    top, left = (height_px - size.height_px) // 2, (width_px - size.width_px) // 2
    return np.ascontiguousarray(
        frames[..., top : top + size.height_px, left : left + size.width_px, :]
    )


def _samples(frames: int, fps: int) -> int:
    return frames * SOUND_RATE // fps


def _faded(sound: Sound) -> Sound:
    count = min(len(sound) // 2, int(_SEAM_S * SOUND_RATE))
    if not count:
        return sound
    faded = sound.copy()
    ramp = np.linspace(0, 1, count, dtype=np.float32)[:, None]
    faded[:count] *= ramp
    faded[-count:] *= ramp[::-1]
    return faded
