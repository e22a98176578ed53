"""Makes small films and looks into them, for the tests of whole films."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.farm import Farm
from matinee.engines.animatic.film import make_film
from matinee.engines.animatic.film_wish import FilmWish
from matinee.engines.animatic.scene_studio import Drawn, ShotOrder
from matinee.media.encode import Encoder, FilmFormat
from matinee.media.probe import VideoFacts, verify
from tests.unit.media.films import moving_picture, tone

FilmFarm = Farm[ShotOrder, Drawn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A decoded film: grey frames (count, height, width), colour frames, and its sound."""

    grey: NDArray[np.float32]
    rgb: list[NDArray[np.uint8]]
    sound: NDArray[np.float32]
    """(samples, 2) at 48 kHz."""

    def changes(self) -> NDArray[np.float32]:
        """How much each frame but the first differs from the one before."""
        steps: NDArray[np.float32] = np.abs(np.diff(self.grey, axis=0)).mean((1, 2))
        return steps

    def level(self, start_s: float, stop_s: float) -> float:
        """The level of a stretch of the sound, in decibels."""
        part = self.sound[round(start_s * 48_000) : round(stop_s * 48_000)]
        return float(20 * np.log10(np.sqrt(np.mean(part**2)) + 1e-9))


async def made(farm: FilmFarm, out: Path, wish: FilmWish) -> VideoFacts:
    """Make the film; progress has to count every frame."""
    async with aclosing(make_film(wish, out, farm)) as reports:
        assert [(report.done, report.total) async for report in reports] == [
            (done, wish.frames) for done in range(1, wish.frames + 1)
        ]
    return await verify(out)


async def an_upload(out: Path, *, frames: int = 30, fps: int = 10, sound: bool = True) -> Path:
    """A film that somebody filmed: texture that moves sideways, and a tone."""
    film_format = FilmFormat(width_px=160, height_px=96, fps=fps)
    async with Encoder(out, film_format, has_sound=sound) as encoder:
        for number in range(frames):
            await encoder.write(moving_picture(number, 160, 96))
        if sound:
            await encoder.write_sound(tone(frames / fps))
        await encoder.finish()
    return out


def shown(film: Path) -> Shown:
    """Everything that is in the film."""
    with av.open(film) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    with av.open(film) as container:
        sound = np.concatenate([each.to_ndarray() for each in container.decode(audio=0)], axis=1)
    rgb = [np.asarray(frame, np.uint8) for frame in frames]
    grey = np.stack([cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in rgb])
    return Shown(grey=grey.astype(np.float32), rgb=rgb, sound=sound.T)
