"""Sound from nothing: tones, noises and envelopes as mono float32 waves at 48 kHz."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 48_000

Wave: TypeAlias = NDArray[np.float32]
"""Mono: shape (samples,). Two channels while mixing: shape (2, samples)."""

CYCLE_BITS = 15
CYCLE = 1 << CYCLE_BITS
PHASE_BITS = 32

# A bed of noise longer than this repeats; 5.5 s is longer than an ear remembers hiss.
NOISE_LOOP = 1 << 18
SHORTEST_NOISE = 1 << 10

SILENT_EDGE_S = 0.008

SWELL_STEP = 480
"""Curves that move slowly are worked out at every so many samples, and drawn between."""


def samples_in(seconds: float) -> int:
    """How many samples `seconds` last."""
    return round(seconds * SAMPLE_RATE)


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """The random stream that belongs to one voice of one film.

    Voices draw from their own streams, so that a change in one leaves all others as they were.
    """
    voice = zlib.crc32("/".join(str(name) for name in names).encode())
    return np.random.default_rng((seed % (1 << 64), voice))


def hertz(pitch: float) -> float:
    """The frequency of a MIDI pitch: 69 is the A of 440 Hz, one step is a semitone."""
    return 440.0 * float(2.0 ** ((pitch - 69.0) / 12.0))


def cycle(harmonics: Sequence[float] | Wave) -> Wave:
    """One period of a tone, from the strengths of its first, second, third ... harmonic."""
    spectrum = np.zeros(CYCLE // 2 + 1, np.complex64)
    spectrum[1 : len(harmonics) + 1] = np.asarray(harmonics, np.float32) * (-0.5j * CYCLE)
    return np.fft.irfft(spectrum, CYCLE).astype(np.float32)


def saw_cycle(hz: float, cutoff_hz: float) -> Wave:
    """One period of a saw tooth at `hz`, softened above `cutoff_hz` and free of aliases."""
    count = max(1, int(min(cutoff_hz * 6, 16_000) / hz))
    order = np.arange(1, min(count, 64) + 1, dtype=np.float32)
    strengths = 1 / order / (1 + (order * hz / cutoff_hz) ** 2)
    return cycle(strengths.astype(np.float32))


SINE = cycle((1.0,))


def tone(one_cycle: Wave, hz: float, samples: int, turn: float = 0.0) -> Wave:
    """`one_cycle` repeated `hz` times a second, starting `turn` (0 to 1) of a period in."""
    # The phase is a 32-bit integer that wraps by itself: exact however long the tone is.
    step = np.uint32(round(hz / SAMPLE_RATE * (1 << PHASE_BITS)))
    phase = np.arange(samples, dtype=np.uint32) * step
    phase += np.uint32(int(turn % 1.0 * ((1 << PHASE_BITS) - 1)))
    return one_cycle.take(phase >> np.uint32(PHASE_BITS - CYCLE_BITS))


def glide(one_cycle: Wave, hz: NDArray[np.floating]) -> Wave:
    """`one_cycle` at a frequency that may differ for every sample."""
    phase = np.cumsum(hz, dtype=np.float64) * (CYCLE / SAMPLE_RATE)
    return one_cycle.take(phase.astype(np.int64) & (CYCLE - 1))


def slide(one_cycle: Wave, hz: Sequence[float], seconds: float) -> Wave:
    """`one_cycle` gliding evenly through the frequencies `hz` within `seconds`."""
    samples = samples_in(seconds)
    at = np.linspace(0, len(hz) - 1, samples, dtype=np.float32)
    return glide(one_cycle, np.interp(at, np.arange(len(hz)), hz))


@dataclass(frozen=True, slots=True)
class Passband:
    """Which part of the spectrum a noise has: from `low_hz` to `high_hz`.

    Within it the amplitude goes with frequency to the power of `tilt`: below 0 is duller.
    """

    low_hz: float
    high_hz: float
    tilt: float = 0.0

    def gain(self, hz: Wave) -> Wave:
        """The amplitude at each frequency; both edges fall by 24 dB an octave."""
        safe = np.maximum(hz, 1.0)
        edges = (1 + (self.low_hz / safe) ** 4) * (1 + (safe / self.high_hz) ** 4)
        return (np.maximum(safe, 20.0) ** self.tilt / edges).astype(np.float32)


def noise(samples: int, band: Passband, rng: np.random.Generator) -> Wave:
    """Noise within `band`, of unit mean power."""
    return np.resize(_noise_loop(samples, band, rng), samples)


def wide_noise(samples: int, band: Passband, rng: np.random.Generator) -> Wave:
    """Noise on two channels that sound alike but never meet, as outdoors.

    Each has power 1/2, so that both together are as loud as a wave placed by a `pan`.
    """
    loop = _noise_loop(samples, band, rng) * np.float32(np.sqrt(0.5))
    both = (loop, np.roll(loop, len(loop) // 2))
    return np.stack([np.resize(channel, samples) for channel in both])


def _noise_loop(samples: int, band: Passband, rng: np.random.Generator) -> Wave:
    """A piece of noise whose end fits its beginning, `samples` long or as long as loops are."""
    length = min(NOISE_LOOP, max(SHORTEST_NOISE, 1 << max(1, samples - 1).bit_length()))
    # White noise is white in both domains, so it is drawn as a spectrum: half the transforms.
    drawn = rng.standard_normal((length // 2 + 1) * 2, dtype=np.float32)
    spectrum = drawn.view(np.complex64)
    spectrum *= band.gain(np.fft.rfftfreq(length, 1 / SAMPLE_RATE).astype(np.float32))
    spectrum[0] = 0
    loop = np.fft.irfft(spectrum, length).astype(np.float32)
    loop /= rms(loop)
    return loop


def rms(wave: Wave) -> float:
    """The root of the mean power, never 0, so that one may divide by it."""
    return float(np.sqrt(np.mean(np.square(wave), dtype=np.float64))) + 1e-9


def seconds_along(samples: int) -> Wave:
    """The time of each sample since the wave began."""
    return np.arange(samples, dtype=np.float32) / np.float32(SAMPLE_RATE)


def decay(samples: int, tau_s: float, attack_s: float = 0.002) -> Wave:
    """An envelope that rises in `attack_s`, falls by 1/e each `tau_s` and ends at silence."""
    along = seconds_along(samples)
    envelope: Wave = np.exp(along * np.float32(-1 / tau_s))
    rise = min(samples, max(1, samples_in(attack_s)))
    envelope[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    edge = min(samples, samples_in(SILENT_EDGE_S))
    envelope[samples - edge :] *= np.linspace(1, 0, edge, dtype=np.float32)
    return envelope


def held(samples: int, attack_s: float, release_s: float) -> Wave:
    """An envelope that rises, stays at 1, and falls to end at silence; both ramps are smooth."""
    envelope = np.ones(samples, np.float32)
    rise = min(samples, max(1, samples_in(attack_s)))
    fall = min(samples, max(1, samples_in(release_s)))
    envelope[:rise] *= ramp(rise)
    envelope[samples - fall :] *= ramp(fall)[::-1]
    return envelope


def ramp(samples: int) -> Wave:
    """From 0 to 1 along half a cosine."""
    along = np.linspace(0, np.pi, samples, dtype=np.float32)
    eased: Wave = np.float32(0.5) - np.float32(0.5) * np.cos(along)
    return eased


def hump(samples: int, peak: float = 0.5) -> Wave:
    """From silence up to 1 at `peak` (0 to 1 of the way) and back to silence, smoothly."""
    before = max(1, min(samples - 1, round(samples * peak)))
    return np.concatenate([ramp(before), ramp(samples - before)[::-1]])


def swell(samples: int, rng: np.random.Generator, turn_s: float) -> Wave:
    """A curve that wanders between 0 and 1, turning about every `turn_s`; it starts mid-way up.

    High and low turns alternate, so that even a short stretch of it rises or falls.
    """
    turns = int(samples / SAMPLE_RATE / (turn_s * 0.6)) + 4
    heights = rng.uniform(0.0, 0.35, turns)
    heights[1::2] = rng.uniform(0.65, 1.0, len(heights[1::2]))
    moments = np.cumsum(rng.uniform(0.6, 1.5, turns)) * turn_s
    moments -= (moments[0] + moments[1]) / 2
    coarse = np.arange(0, samples + SWELL_STEP, SWELL_STEP)
    leg = np.interp(coarse / SAMPLE_RATE, moments, np.arange(turns))
    whole = np.minimum(leg.astype(np.int64), turns - 2)
    eased = 0.5 - 0.5 * np.cos(np.pi * (leg - whole))
    curve = heights[whole] * (1 - eased) + heights[whole + 1] * eased
    fine: Wave = np.interp(np.arange(samples), coarse, curve)
    return fine.astype(np.float32)
