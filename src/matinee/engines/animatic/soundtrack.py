"""The sound of a film while it is made: composed, read from another film, or first that, then this.

Samples are float32 of shape (samples, 2) at 48 kHz.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import numpy as np

from matinee.engines.animatic.score import SAMPLE_RATE, Sound
from matinee.engines.animatic.score.composition import FADE_OUT_S
from matinee.engines.animatic.score.synthesis import ramp
from matinee.media.decode import FilmReader

SEAM_S = FADE_OUT_S
"""How long an extended film's old and new sound are heard together: our films fade out so long."""

WARM_UP_S = 1.5
"""So much of the composed sound is dropped: a piece begins softly."""

HEARD_S = 2.0
"""How much of the sound on each side of a seam tells how loud it is."""

LEAST_GAIN, MOST_GAIN = 0.6, 1.5
SETTLE_S = 4.0
"""How long the new sound takes from the old one's level to its own."""

ENDING_S = 0.25
PIECE_S = 0.5
NOTHING: Sound = np.zeros((0, 2), np.float32)


class Soundtrack(Protocol):
    """Hands out a film's sound in order."""

    async def due(self, samples: int) -> Sound:
        """What comes next and is at hand, if that is wanted for the first `samples` of the film."""

    async def rest(self) -> Sound:
        """All that is left; waits for it."""

    def close(self) -> None:
        """End what is under way."""


class ComposedSound:
    """The sound that `compose` makes in a thread, all at once."""

    def __init__(self, compose: Callable[[], Sound]) -> None:
        self._task: asyncio.Task[Sound] | None = asyncio.create_task(asyncio.to_thread(compose))
        self._composing = self._task

    async def due(self, samples: int) -> Sound:
        """All of it, once it is done."""
        if self._task is None or not self._task.done():
            return NOTHING
        return await self.rest()

    async def rest(self) -> Sound:
        """All of it, unless it was given."""
        task, self._task = self._task, None
        return NOTHING if task is None else await task

    def close(self) -> None:
        """Do not wait for it any longer."""
        self._composing.cancel()


class OwnSound:
    """The sound of the film that is read, `samples` long."""

    def __init__(self, reader: FilmReader, samples: int) -> None:
        self._reader = reader
        self._samples = samples
        self._given = 0

    async def due(self, samples: int) -> Sound:
        """The next half second, when it is wanted; the end is kept for `rest`."""
        piece = int(PIECE_S * SAMPLE_RATE)
        wanted = min(samples + piece, self._samples - int(ENDING_S * SAMPLE_RATE))
        if wanted - self._given < piece:
            return NOTHING
        return await self._read(wanted - self._given)

    async def rest(self) -> Sound:
        """What is left, faded out: the film may be cut off in the middle of a sound."""
        sound = await self._read(self._samples - self._given)
        ending = min(len(sound), int(ENDING_S * SAMPLE_RATE))
        if ending:
            sound[-ending:] *= ramp(ending)[::-1, None]
        return sound

    async def _read(self, samples: int) -> Sound:
        self._given += samples
        return (await self._reader.sound(samples)).copy()

    def close(self) -> None:
        """Nothing is under way."""


class ContinuedSound:
    """The sound of the film that is read, up to `seam` samples, going over into a composed one.

    The composed sound begins `lead_in_s` before the seam.
    """

    def __init__(
        self, reader: FilmReader, seam: int, composed: ComposedSound, *, fades: bool
    ) -> None:
        """`fades` says whether the read sound fades out by itself."""
        self._reader = reader
        self._composed = composed
        self._over = min(seam, int(SEAM_S * SAMPLE_RATE))
        self._alone = seam - self._over
        self._fades = fades
        self._given = 0
        self._heard = NOTHING
        self._is_over = False

    async def due(self, samples: int) -> Sound:
        """The next half second before the seam; behind it, all the rest once it is composed."""
        if self._given == self._alone:
            return NOTHING if self._is_over else await self._second(await self._composed.due(0))
        piece = int(PIECE_S * SAMPLE_RATE)
        wanted = min(samples + piece, self._alone)
        if wanted - self._given < piece and wanted < self._alone:
            return NOTHING
        return await self._first(wanted - self._given)

    async def rest(self) -> Sound:
        """What is left on both sides of the seam."""
        parts = [NOTHING]
        if self._given < self._alone:
            parts.append(await self._first(self._alone - self._given))
        if not self._is_over:
            parts.append(await self._second(await self._composed.rest()))
        return np.concatenate(parts)

    def close(self) -> None:
        """Do not wait for the composed sound any longer."""
        self._composed.close()

    async def _first(self, samples: int) -> Sound:
        sound = await self._reader.sound(samples)
        self._given += samples
        self._heard = np.concatenate([self._heard, sound])[-int(HEARD_S * SAMPLE_RATE) :]
        return sound

    async def _second(self, composed: Sound) -> Sound:
        """The composed sound from the seam on, at first as loud as what was heard before it."""
        if not len(composed):
            return NOTHING
        self._is_over = True
        composed = composed[int(WARM_UP_S * SAMPLE_RATE) :]
        old = await self._reader.sound(self._over)
        new = composed * self._gain(composed)[:, None]
        falls = ramp(self._over)[::-1]
        # Two sounds that know nothing of each other keep their level if their squares add up.
        new[: self._over] *= np.sqrt(1 - np.square(falls))[:, None]
        new[: self._over] += old if self._fades else old * falls[:, None]
        limited: Sound = np.clip(new, -1, 1).astype(np.float32)
        return limited

    def _gain(self, composed: Sound) -> Sound:
        """How much louder each sample of the composed sound becomes, to fit what was before."""
        loud = int(HEARD_S * SAMPLE_RATE)
        before, after = _level(self._heard), _level(composed[self._over // 2 :][:loud])
        first = min(MOST_GAIN, max(LEAST_GAIN, before / after)) if before and after else 1.0
        gains = np.ones(len(composed), np.float32)
        settling = min(len(composed), int(SETTLE_S * SAMPLE_RATE))
        gains[:settling] = first + (1 - first) * ramp(settling)
        return gains


def lead_in_s(seam: int) -> float:
    """How long before the seam, `seam` samples into the film, the composed sound has to begin."""
    return WARM_UP_S + min(seam, int(SEAM_S * SAMPLE_RATE)) / SAMPLE_RATE


def _level(sound: Sound) -> float:
    return float(np.sqrt(np.mean(np.square(sound)))) if len(sound) else 0.0
