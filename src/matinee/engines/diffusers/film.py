"""From a plan to a film: what is extended, what is drawn, sound and all, encoded as it comes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass

from matinee.core.video import VideoSpec
from matinee.engines.diffusers.family import SOUND_RATE, Rgb
from matinee.engines.diffusers.filming import Made, Order, Pictures, Sounds, Stage
from matinee.engines.diffusers.handover import Handover
from matinee.engines.diffusers.openings import frame_image, reference_image
from matinee.engines.diffusers.phases import PhaseHistory, PhaseMeter
from matinee.engines.diffusers.plan import FilmPlan, Opening
from matinee.engines.diffusers.studio import Studio
from matinee.engines.diffusers.workload import ENCODE, STORE, FilmWork
from matinee.media.decode import FilmReader, FilmShape
from matinee.media.encode import Encoder, FilmFormat
from matinee.ports.engine import Progress, Workspace

CRF = 18
"""Better than the eye needs: what such a film cost is in its drawing, not in its bytes."""

ENCODER_THREADS = 4
"""The same on every machine, since another number gives other bytes."""

ROOM = 4
"""How many pieces of a few frames each may wait to be encoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shooting:
    """A film to be made, and with what."""

    spec: VideoSpec
    space: Workspace
    plan: FilmPlan
    studio: Studio
    thread: Executor
    """The one in which everything of torch happens."""

    def order(self, image: Rgb | None) -> Order:
        """What the studio is told; what the spec is silent about is as the model's makers say."""
        model, options = self.studio.equipment.model, self.spec.options
        is_fixed = bool(model.sigmas)
        negative = options.negative_prompt
        guidance = model.guidance if is_fixed else options.guidance
        return Order(
            plan=self.plan,
            steps=len(model.sigmas) or options.steps or model.steps,
            guidance=model.guidance if guidance is None else guidance,
            negative_prompt=model.negative_prompt if negative is None else negative,
            seed=self.spec.seed,
            loras=options.loras,
            image=image,
        )

    def work(self, order: Order) -> FilmWork:
        """How much work the film is."""
        equipment = self.studio.equipment
        return FilmWork(
            model=equipment.model,
            size=self.plan.canvas,
            frames=self.plan.drawn,
            steps=order.steps * len(self.plan.segments),
            segments=len(self.plan.segments),
            is_guided=order.guidance > 1,
            is_loaded=self.studio.is_loaded,
            profile=equipment.profile.profile.value,
            device=equipment.device,
        )


async def make_film(
    shooting: Shooting, history: PhaseHistory, now: Callable[[], float]
) -> AsyncGenerator[Progress, None]:
    """Make the film, complete when the iterator ends; closing it early leaves nothing.

    Raises an EngineError, StorageFull, or MediaInvalid for an image or a film that is no good.
    """
    work = shooting.work(shooting.order(None))
    meter = PhaseMeter(history.expected(work), now)
    async with AsyncExitStack() as stack:
        reader = await _open_source(shooting, stack)
        encoder = await stack.enter_async_context(_encoder(shooting, reader))
        recorder = _Recorder(encoder, shooting.plan, meter)
        if reader is not None:
            async with aclosing(recorder.copy(reader)) as copied:
                async for progress in copied:
                    yield progress
        order = shooting.order(await _first_image(shooting, recorder))
        handover: Handover[Made] = Handover(ROOM)
        made = handover.items(shooting.thread, lambda: shooting.studio.draw(order, handover))
        async with aclosing(made) as items:
            async for item in items:
                yield await recorder.record(item)
        yield meter.advance(STORE, 0, 1)
        await encoder.finish()
        yield meter.advance(STORE, 1, 1)
    history.remember(work, meter.took)


def _encoder(shooting: Shooting, reader: FilmReader | None) -> Encoder:
    plan, model = shooting.plan, shooting.studio.equipment.model
    return Encoder(
        shooting.space.film,
        FilmFormat(
            width_px=plan.size.width_px,
            height_px=plan.size.height_px,
            fps=plan.fps,
            crf=CRF,
            threads=ENCODER_THREADS,
        ),
        has_sound=model.has_sound or (reader is not None and reader.has_sound),
        metadata={"comment": f"model: {model.name}"},
    )


async def _first_image(shooting: Shooting, recorder: _Recorder) -> Rgb | None:
    """What the first segment begins with, if it is given."""
    plan = shooting.plan
    match plan.segments[0].opening:
        case Opening.SOURCE:
            return recorder.last_image()
        case Opening.REFERENCE:
            return await reference_image(shooting.space.references[0], plan.size, plan.canvas)
        case Opening.FREE | Opening.FORMER:
            return None


async def _open_source(shooting: Shooting, stack: AsyncExitStack) -> FilmReader | None:
    """The film that is extended, if one is."""
    plan, source = shooting.plan, shooting.space.source
    if not plan.copied or source is None:
        return None
    size = plan.size
    shape = FilmShape(width_px=size.width_px, height_px=size.height_px, fps=plan.fps)
    return await stack.enter_async_context(FilmReader(source, shape))


class _Recorder:
    """Writes the film and keeps count."""

    def __init__(self, encoder: Encoder, plan: FilmPlan, meter: PhaseMeter) -> None:
        self._encoder = encoder
        self._plan = plan
        self._meter = meter
        self._written = 0
        self._last: Rgb | None = None

    async def copy(self, reader: FilmReader) -> AsyncGenerator[Progress, None]:
        """Write the frames and the sound of the film that is extended."""
        async with aclosing(reader.frames(self._plan.copied)) as frames:
            async for frame in frames:
                await self._encoder.write(frame)
                self._last = frame
                heard = self._samples()
                self._written += 1
                if reader.has_sound:
                    sound = await reader.sound(self._samples() - heard)
                    await self._encoder.write_sound(sound)
                yield self._progress()

    def last_image(self) -> Rgb:
        """The last frame that was copied, as the first one to be drawn."""
        if self._last is None:
            raise ValueError("Nothing was copied.")
        return frame_image(self._last, self._plan.canvas)

    async def record(self, item: Made) -> Progress:
        """Write what was drawn, or tell how far it is."""
        match item:
            case Stage(phase=phase, done=done, of=of):
                return self._meter.advance(phase, done, of)
            case Sounds(samples=samples):
                await self._encoder.write_sound(samples)
            case Pictures(frames=frames):
                for frame in frames:
                    await self._encoder.write(frame)
                self._written += len(frames)
        return self._progress()

    def _progress(self) -> Progress:
        return self._meter.advance(ENCODE, self._written, self._plan.frames)

    def _samples(self) -> int:
        return self._written * SOUND_RATE // self._plan.fps
