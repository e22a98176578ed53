"""What can be heard in a sound, as numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.score import SAMPLE_RATE, Sound

Floats = NDArray[np.floating]

WINDOW = 4096
HOP = 480
ENVELOPE_RATE = SAMPLE_RATE / HOP
TINY = 1e-12


def _powers(wave: Floats, window: int = WINDOW, hop: int = HOP) -> tuple[Floats, Floats]:
    """Short-time power, shape (moments, frequencies), and the frequencies in Hz."""
    padded = np.pad(wave, window // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    spectra = np.fft.rfft(frames * np.hanning(window).astype(np.float32), axis=1)
    return np.abs(spectra) ** 2, np.fft.rfftfreq(window, 1 / SAMPLE_RATE)


def _middle(sound: Sound) -> Floats:
    both: Floats = sound.mean(axis=1)
    return both


def decibels(wave: Floats) -> float:
    """Mean level below full scale."""
    return float(10 * np.log10(np.mean(np.square(wave, dtype=np.float64)) + TINY))


def share(sound: Sound, low_hz: float, high_hz: float) -> float:
    """How much of all power lies between two frequencies, in decibels below all of it."""
    power, hz = _powers(_middle(sound), 16_384, 8_192)
    total = power.sum(axis=0)
    inside = total[(hz >= low_hz) & (hz < high_hz)].sum()
    return float(10 * np.log10(inside / total.sum() + TINY))


def centroid_hz(sound: Sound) -> float:
    """The spectral centroid: the mean frequency, weighted by amplitude."""
    power, hz = _powers(_middle(sound))
    amplitude = np.sqrt(power).sum(axis=0)
    return float((amplitude * hz).sum() / amplitude.sum())


def envelope(sound: Sound, low_hz: float, high_hz: float, window: int = 1024) -> Floats:
    """The amplitude between two frequencies, 100 times a second."""
    power, hz = _powers(_middle(sound), window)
    curve: Floats = np.sqrt(power[:, (hz >= low_hz) & (hz < high_hz)].sum(axis=1))
    return curve


def swing(curve: Floats) -> float:
    """How far a curve rises above its low stretches, in decibels."""
    low, high = np.percentile(curve, (10, 90))
    return float(20 * np.log10((high + TINY) / (low + TINY)))


def beat(curve: Floats, slow_hz: float, quick_hz: float) -> float:
    """How strongly a curve pulses at rates between two, relative to its mean: 0 to about 1."""
    fine = 4 * len(curve)
    spectrum = np.abs(np.fft.rfft((curve - curve.mean()) * np.hanning(len(curve)), fine))
    rates = np.fft.rfftfreq(fine, 1 / ENVELOPE_RATE)
    inside = spectrum[(rates >= slow_hz) & (rates <= quick_hz)]
    return float(4 * inside.max() / len(curve) / (curve.mean() + TINY))


def onsets_per_s(curve: Floats, rise: float = 1.6) -> float:
    """How often in a second a curve jumps to more than `rise` times what it just was."""
    before = np.maximum(curve[:-4], curve.max() * 0.02)
    jumps = curve[4:] / before > rise
    starts = np.count_nonzero(jumps[1:] & ~jumps[:-1])
    return float(starts / (len(curve) / ENVELOPE_RATE))


def hiss(sound: Sound, low_hz: float, high_hz: float, when: float = 0.5) -> float:
    """Spectral flatness between two frequencies: near 0 for tones, above 0.4 for noise.

    `when` is the quantile of the moments: 0.5 their median, 0 the most tonal of them.
    """
    power, hz = _powers(_middle(sound), 16_384, 4_096)
    inside = power[:, (hz >= low_hz) & (hz < high_hz)] + TINY
    flatness = np.exp(np.log(inside).mean(axis=1)) / inside.mean(axis=1)
    return float(np.quantile(flatness, when))


def wandering(sound: Sound, low_hz: float, high_hz: float) -> float:
    """How far what is heard between two frequencies moves from side to side, in decibels."""
    sides = []
    for channel in (0, 1):
        power, hz = _powers(sound[:, channel], WINDOW)
        band = power[:, (hz >= low_hz) & (hz < high_hz)].sum(axis=1)
        sides.append(np.convolve(band, np.full(25, 1 / 25), mode="valid"))
    balance = 10 * np.log10((sides[0] + TINY) / (sides[1] + TINY))
    low, high = np.percentile(balance, (10, 90))
    return float(high - low)


def clicks(sound: Sound) -> float:
    """How far the sharpest edge within any millisecond stands out from those about it."""
    edges = np.abs(np.diff(_middle(sound), n=2))
    sharpest = edges[: len(edges) // 48 * 48].reshape(-1, 48).max(axis=1)
    padded = np.pad(sharpest, 10, mode="edge")
    usual = np.median(np.lib.stride_tricks.sliding_window_view(padded, 21), axis=1)
    return float((sharpest / (usual + TINY)).max())
