"""Sound at a model's rate, brought to a film's."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from matinee.engines.diffusers.family import SOUND_RATE, Sound

_MARGIN_S = 0.05
"""So much is put around the sound, where the ends of a Fourier transform meet."""


def as_film_sound(samples: NDArray[np.floating], *, rate: int) -> Sound:
    """`samples` of shape (samples, channels) at `rate` as a film has them: 48 kHz, two channels.

    One channel is heard from both sides, and of more than two the first two are. What is louder
    than 1 is cut.
    """
    channels = samples[:, :2] if samples.shape[1] > 1 else np.repeat(samples, 2, axis=1)
    clipped = np.clip(np.nan_to_num(resampled(channels, rate=rate)), -1, 1)
    return np.ascontiguousarray(clipped, dtype=np.float32)


def resampled(samples: NDArray[np.floating], *, rate: int) -> NDArray[np.floating]:
    """`samples` at 48 kHz: the same tones, and none besides.

    The spectrum of the whole is lengthened or shortened, which is exact for a sound that is all
    there.
    """
    if rate == SOUND_RATE or not len(samples):
        return samples
    common = math.gcd(rate, SOUND_RATE)
    step, film_step = rate // common, SOUND_RATE // common
    margin = math.ceil(_MARGIN_S * rate / step) * step
    rest = -len(samples) % step
    padded = np.pad(samples, ((margin, margin + rest), (0, 0)), mode="edge")
    length = len(padded) // step * film_step
    spectrum = np.fft.rfft(padded, axis=0)[: length // 2 + 1]
    # What lies above is zero: `irfft` fills it up.
    whole = np.fft.irfft(spectrum, length, axis=0) * (film_step / step)
    begin = margin // step * film_step
    return whole[begin : begin + round(len(samples) * film_step / step)]
