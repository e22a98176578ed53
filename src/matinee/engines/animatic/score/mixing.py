"""Many waves become one sound: places between left and right, a hall, and a level."""

from __future__ import annotations

import math

import numpy as np

from matinee.engines.animatic.score.synthesis import (
    Passband,
    Wave,
    noise,
    rms,
    samples_in,
    seconds_along,
)

HALL_S = 2.0
HALL_FALL_PER_S = 3.4
HALL_DELAY_S = 0.014
HALL_BAND = Passband(140.0, 4200.0, -0.35)
HALL_LEVEL = 0.6
SHARED = np.float32(0.4)
"""How much of one wall's echo the other channel hears: without it a hall has no middle."""

HALL_BLOCK = 1 << 18

CEILING = 0.89
"""No sample is larger. AAC may overshoot what it was given by about a decibel."""

LIMITER_STEP = 64
LIMITER_REACH = 6


class Mix:
    """Two channels, dry and to be sent through the hall, as long as the film."""

    def __init__(self, samples: int) -> None:
        self.samples = samples
        self._dry = np.zeros((2, samples), np.float32)
        self._sent = np.zeros((2, samples), np.float32)

    def add(
        self, wave: Wave, at_s: float, gain: float = 1.0, pan: float = 0.0, hall: float = 0.2
    ) -> None:
        """Let `wave` begin at `at_s`; what lies before the film or after it is dropped.

        `pan` goes from -1 (left) to 1 (right) at even power and leaves a wave of two channels
        as it is; `hall` is how loud its echo is, where 1 is as loud as the wave.
        """
        start = samples_in(at_s)
        skipped = max(0, -start)
        first, last = max(0, start), min(self.samples, start + wave.shape[-1])
        if last <= first:
            return
        part = wave[..., skipped : skipped + last - first]
        angle = (min(1.0, max(-1.0, pan)) + 1) * math.pi / 4
        for channel, share in enumerate((math.cos(angle), math.sin(angle))):
            heard = part * np.float32(gain * share) if part.ndim == 1 else part[channel] * gain
            self._dry[channel, first:last] += heard
            if hall:
                heard *= np.float32(hall)
                self._sent[channel, first:last] += heard

    def level(self, target: float) -> None:
        """Scale everything so far to the mean level `target` (0 to 1)."""
        gain = np.float32(target / rms(self._dry))
        self._dry *= gain
        self._sent *= gain

    def finish(self, rng: np.random.Generator, target: float) -> Wave:
        """Both channels with their hall, at mean level `target`, never above `CEILING`."""
        left, right = _hall(rng), _hall(rng)
        for channel, echo in enumerate((left + right * SHARED, right + left * SHARED)):
            self._dry[channel] += _in_hall(self._sent[channel], echo)
        sound = self._dry
        # The limiter takes some of the level away again, so it is set twice.
        for _ in range(2):
            sound *= np.float32(target / rms(sound))
            _limit(sound)
        return sound


def _hall(rng: np.random.Generator) -> Wave:
    length = samples_in(HALL_S)
    echo = noise(length, HALL_BAND, rng)
    echo *= np.exp(seconds_along(length) * np.float32(-HALL_FALL_PER_S))
    echo[: samples_in(HALL_DELAY_S)] = 0
    echo *= np.float32(HALL_LEVEL) / np.sqrt(np.sum(np.square(echo)))
    return echo


def _in_hall(wave: Wave, echo: Wave) -> Wave:
    """Convolve in blocks, so that memory does not grow with the film."""
    spectrum = np.fft.rfft(echo, HALL_BLOCK)
    step = HALL_BLOCK - len(echo)
    result = np.zeros_like(wave)
    for start in range(0, len(wave), step):
        block = np.fft.rfft(wave[start : start + step], HALL_BLOCK)
        block *= spectrum
        last = min(len(wave), start + HALL_BLOCK)
        result[start:last] += np.fft.irfft(block, HALL_BLOCK)[: last - start]
    return result


def _limit(sound: Wave) -> None:
    """Turn both channels down, in place, around each peak above the ceiling; look ahead 8 ms."""
    samples = sound.shape[1]
    steps = -(-samples // LIMITER_STEP)
    peaks = np.zeros(steps * LIMITER_STEP, np.float32)
    np.maximum(np.abs(sound[0]), np.abs(sound[1]), out=peaks[:samples])
    wanted = CEILING / np.maximum(peaks.reshape(steps, -1).max(axis=1), CEILING)
    width = 2 * LIMITER_REACH + 1
    # The lowest gain spreads one step further than the smoothing that follows can raise it.
    spread = np.pad(wanted, LIMITER_REACH + 1, mode="edge")
    lowest = np.lib.stride_tricks.sliding_window_view(spread, width + 2).min(axis=1)
    window = np.hanning(width + 2)[1:-1]
    padded = np.pad(lowest, LIMITER_REACH, mode="edge")
    smooth = np.convolve(padded, window / window.sum(), mode="valid")
    middle = (np.arange(steps) + 0.5) * LIMITER_STEP
    gain = np.interp(np.arange(samples), middle, smooth).astype(np.float32)
    sound *= gain
    np.clip(sound, -CEILING, CEILING, out=sound)


def passing(wave: Wave, start: float, end: float) -> Wave:
    """`wave` on two channels, moving from place `start` to `end` (-1 left, 1 right)."""
    place = np.linspace((start + 1) * math.pi / 4, (end + 1) * math.pi / 4, len(wave))
    angle = place.astype(np.float32)
    return np.stack([wave * np.cos(angle), wave * np.sin(angle)])
