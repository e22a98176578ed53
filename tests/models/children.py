"""The diffusers engine in a child process as a server starts it, with tiny checkpoints."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, Generic, TypeVar

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from matinee.core.size import Size
from matinee.core.video import Reference, Relation, SamplingOptions, Source, VideoSpec
from matinee.media.encode import Encoder, FilmFormat
from matinee.ports.engine import FilmMaker, Progress, Report, Workspace
from matinee.worker.child import ChildEngine, ChildLimits
from matinee.worker.child_wire import SetupRequest

COMMAND = (sys.executable, "-m", "matinee", "engine-child", "--log-level", "info")
TI2V = "wan2.2-ti2v-5b"
SMALL = Size(80, 48)
"""On no model's grid."""

THREADS = 1
"""More than one wait for each other, and so little work is not worth that."""

GRACE_S = 4.0
"""As servers have it."""

Pictures = NDArray[np.uint8]


def a_spec(seconds: int = 1, **more: Any) -> VideoSpec:
    """A small film in three steps, at eight frames a second."""
    spec = VideoSpec(
        model="a model",
        prompt="a red kite",
        size=SMALL,
        seconds=seconds,
        seed=7,
        fps=8,
        options=SamplingOptions(steps=3),
    )
    return replace(spec, **more)


Maker = TypeVar("Maker", bound=FilmMaker)


@dataclass(slots=True)
class Films(Generic[Maker]):
    """Has films made by one engine, each in a folder of its own."""

    engine: Maker
    folder: Path
    model: str = TI2V
    _numbers: count[int] = field(default_factory=count)

    def space(self, **more: Any) -> Workspace:
        """A fresh workspace."""
        folder = self.folder / f"film-{next(self._numbers)}"
        folder.mkdir()
        space = Workspace(folder=folder, model=self.model)
        return replace(space, **more)

    async def make(self, spec: VideoSpec, **more: Any) -> tuple[Path, list[Progress]]:
        """The film of `spec`, and what was told while it was made."""
        space = self.space(**more)
        async with aclosing(self.engine.generate(spec, space)) as reports:
            told = [_progress(report) async for report in reports]
        return space.film, told

    async def pictures(self, spec: VideoSpec, **more: Any) -> Pictures:
        """The frames of the film of `spec`."""
        film, _ = await self.make(spec, **more)
        return pictures_of(film)


@asynccontextmanager
async def films(folder: Path, **options: Any) -> AsyncIterator[Films[ChildEngine]]:
    """An engine with these settings; its child is started by the first film, and ended here."""
    setup = SetupRequest(
        kind="diffusers",
        name="local",
        options={"device": "cpu", **options},
        processes=THREADS,
        models_folder=str(folder / "models"),
        state_folder=str(folder / "state"),
    )
    engine = ChildEngine(setup, COMMAND, ChildLimits(grace_s=GRACE_S))
    try:
        yield Films(engine, folder)
    finally:
        await engine.close()


def pictures_of(film: Path) -> Pictures:
    """Every frame of the film as RGB, decoded by an ordinary player's library."""
    with av.open(str(film)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return np.array(frames, np.uint8)


def an_image(folder: Path, colour: tuple[int, int, int] = (220, 20, 20)) -> Path:
    """A picture of one colour, and of another shape than the film."""
    path = folder / f"image-{colour[0]}.png"
    Image.new("RGB", (64, 64), colour).save(path)
    return path


def a_reference() -> Reference:
    """What a spec says of `an_image`."""
    return Reference(blob_key="image", media_type="image/png", width_px=64, height_px=64)


async def a_film(path: Path, *, seconds: int, has_sound: bool) -> Path:
    """A green film of that length, humming if it has sound."""
    shape = FilmFormat(width_px=SMALL.width_px, height_px=SMALL.height_px, fps=8)
    async with Encoder(path, shape, has_sound=has_sound) as encoder:
        for _ in range(seconds * 8):
            await encoder.write(
                np.full((SMALL.height_px, SMALL.width_px, 3), (20, 160, 40), np.uint8)
            )
        if has_sound:
            hum = np.sin(np.arange(seconds * 48_000) / 50).astype(np.float32)[:, None] * 0.5
            await encoder.write_sound(hum.repeat(2, axis=1))
        await encoder.finish()
    return path


def extending(seconds: int, source_seconds: float) -> VideoSpec:
    """An extension of such a film, `seconds` long in all."""
    source = Source(relation=Relation.EXTEND, blob_key="x", size=SMALL, seconds=source_seconds)
    return a_spec(seconds, source=source)


def phases(told: Sequence[Progress]) -> list[str]:
    """The phases in the order in which each was first told of."""
    return list(dict.fromkeys(each.phase for each in told))


def _progress(report: Report) -> Progress:
    assert isinstance(report, Progress)
    return report
