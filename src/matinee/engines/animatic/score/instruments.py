"""The instruments of the score: each makes one note as a mono wave, tuned and about level."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from matinee.engines.animatic.score.synthesis import (
    SAMPLE_RATE,
    SINE,
    Passband,
    Wave,
    cycle,
    decay,
    glide,
    held,
    hertz,
    noise,
    samples_in,
    saw_cycle,
    seconds_along,
    tone,
)

Instrument: TypeAlias = Callable[[float, float, np.random.Generator], Wave]
"""Takes a MIDI pitch, seconds to hold it, and a random stream."""

HIGHEST_PARTIAL_HZ = 11_000.0
SOUNDBOARD_HZ = 110.0
"""Below this a piano's wood carries the sound badly: its low notes live by their overtones."""

STRING_STIFFNESS = 0.0004


def piano(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A struck string: stretched partials, of which the high ones die first."""
    hz = hertz(pitch)
    samples = samples_in(seconds + 0.4)
    along = seconds_along(samples)
    order = np.arange(1, 15)
    partials = hz * order * np.sqrt(1 + STRING_STIFFNESS * order**2)
    loss = 1.0 + 0.6 * (order - 1) * (hz / 260) ** 0.5
    strengths = 0.91**order / order**0.9 / (1 + (SOUNDBOARD_HZ / partials) ** 2)
    result = np.zeros(samples, np.float32)
    for partial, fall, strength in zip(partials, loss, strengths, strict=True):
        if partial > HIGHEST_PARTIAL_HZ:
            break
        # A partial that has faded below hearing is not computed any further.
        lasts = min(samples, samples_in(7.0 / fall))
        part = tone(SINE, partial, lasts, rng.random())
        part *= np.exp(along[:lasts] * np.float32(-fall))
        part *= np.float32(strength)
        result[:lasts] += part
    thump = noise(samples_in(0.03), Passband(180, 3500), rng) * decay(samples_in(0.03), 0.008)
    result[: len(thump)] += thump * np.float32(0.12)
    result *= held(samples, 0.003, 0.25)
    return result


def pad(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """Two saws a little apart, slow to come and slow to go."""
    return _two_saws(pitch, seconds, rng, cutoff_hz=1300.0, attack_s=0.35, release_s=0.55)


def strings(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A section of bowed strings, held."""
    return _two_saws(pitch, seconds, rng, cutoff_hz=2800.0, attack_s=0.16, release_s=0.4)


def haze(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """The softest pad: it takes two seconds to come."""
    attack_s = min(2.0, seconds * 0.45)
    return _two_saws(pitch, seconds, rng, cutoff_hz=850.0, attack_s=attack_s, release_s=1.6)


def _two_saws(
    pitch: float,
    seconds: float,
    rng: np.random.Generator,
    *,
    cutoff_hz: float,
    attack_s: float,
    release_s: float,
) -> Wave:
    samples = samples_in(seconds + release_s)
    hz = hertz(pitch)
    saw = saw_cycle(hz, cutoff_hz)
    apart = rng.uniform(0.0025, 0.005)
    result = tone(saw, hz * (1 - apart), samples, rng.random())
    result += tone(saw, hz * (1 + apart), samples, rng.random())
    result *= held(samples, attack_s, release_s)
    return result * np.float32(0.5)


def pluck(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A short synthetic string, bright for an instant."""
    return _struck(pitch, seconds, rng, cutoff_hz=2600.0, tau_s=0.2)


def bass(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A round synthetic bass note."""
    return _struck(pitch, seconds, rng, cutoff_hz=480.0, tau_s=0.4)


def harp(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A soft plucked string that rings."""
    return _struck(pitch, seconds + 0.5, rng, cutoff_hz=2600.0, tau_s=0.45)


def ukulele(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A small plucked string with a short ring."""
    return _struck(pitch, seconds + 0.1, rng, cutoff_hz=2000.0, tau_s=0.16)


def pizzicato(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A low string plucked by a finger."""
    return _struck(pitch, seconds, rng, cutoff_hz=700.0, tau_s=0.15)


def staccato(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """Low strings bowed short and hard."""
    samples = samples_in(seconds * 0.8)
    saw = saw_cycle(hertz(pitch), 2600.0)
    result = tone(saw, hertz(pitch) * 0.997, samples, rng.random())
    result += tone(saw, hertz(pitch) * 1.003, samples, rng.random())
    return result * held(samples, 0.012, seconds * 0.45) * np.float32(0.5)


def _struck(
    pitch: float, seconds: float, rng: np.random.Generator, *, cutoff_hz: float, tau_s: float
) -> Wave:
    """A string whose brightness dies four times as fast as its body."""
    samples = samples_in(min(seconds + 0.15, tau_s * 6))
    hz = hertz(pitch)
    turn = rng.random()
    body = tone(saw_cycle(hz, cutoff_hz * 0.4), hz, samples, turn)
    bright = tone(saw_cycle(hz, cutoff_hz * 1.6), hz, samples, turn)
    bright -= body
    bright *= decay(samples, tau_s / 4)
    body += bright
    body *= decay(samples, tau_s, 0.003)
    return body


def lead(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A singing synthetic voice whose vibrato comes late."""
    samples = samples_in(seconds + 0.12)
    wave = glide(saw_cycle(hertz(pitch), 1900.0), _vibrato(pitch, samples, rng, depth=0.006))
    return wave * held(samples, 0.03, 0.14) * np.float32(0.8)


FLUTE_CYCLE = cycle((1.0, 0.34, 0.2, 0.08, 0.04, 0.02))
HORN_CYCLE = cycle((0.9, 1.0, 0.75, 0.5, 0.34, 0.22, 0.14, 0.09, 0.06, 0.04))


def flute(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A wooden flute with a little breath."""
    samples = samples_in(seconds + 0.1)
    wave = glide(FLUTE_CYCLE, _vibrato(pitch, samples, rng, depth=0.007))
    breath = noise(samples, Passband(hertz(pitch) * 0.8, 5200.0, -0.5), rng)
    wave += breath * np.float32(0.08)
    wave *= held(samples, 0.06, 0.12)
    return wave


def horn(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A far brass section that swells into its note."""
    samples = samples_in(seconds + 0.25)
    wave = glide(HORN_CYCLE, _vibrato(pitch, samples, rng, depth=0.003))
    return wave * held(samples, min(0.25, seconds * 0.4), 0.3) * np.float32(0.7)


def _vibrato(pitch: float, samples: int, rng: np.random.Generator, *, depth: float) -> Wave:
    """The frequency of each sample of a note that begins to waver after a moment."""
    along = seconds_along(samples)
    late = np.minimum(1, np.maximum(0, along - 0.15) / np.float32(0.3)) * np.float32(depth)
    wobble = tone(SINE, rng.uniform(4.8, 5.6), samples)
    frequency: Wave = (1 + late * wobble) * np.float32(hertz(pitch))
    return frequency


def marimba(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A wooden bar: its note, and for an instant one two octaves above."""
    return _bar(pitch, min(seconds + 0.3, 0.7), rng, partials=((1, 0.2), (3.93, 0.05), (9.2, 0.02)))


def bell(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A small glass bell with a long ring."""
    ring = ((1, 0.9), (2.76, 0.45), (5.4, 0.18), (8.9, 0.08))
    return _bar(pitch, seconds + 1.5, rng, partials=ring)


def celesta(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A toy piano of steel bars."""
    return _bar(pitch, seconds + 0.5, rng, partials=((1, 0.35), (4.0, 0.12), (2.0, 0.25)))


def _bar(
    pitch: float,
    seconds: float,
    rng: np.random.Generator,
    *,
    partials: tuple[tuple[float, float], ...],
) -> Wave:
    samples = samples_in(seconds)
    result = np.zeros(samples, np.float32)
    for order, (ratio, tau_s) in enumerate(partials):
        lasts = min(samples, samples_in(tau_s * 6))
        part = tone(SINE, hertz(pitch) * ratio, lasts, rng.random())
        part *= decay(lasts, tau_s, 0.001)
        result[:lasts] += part * np.float32(0.4**order)
    return result


def sub(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A tone below all others, slow to come and go."""
    samples = samples_in(seconds + 0.5)
    wave = tone(cycle((1.0, 0.35, 0.12)), hertz(pitch), samples, rng.random())
    return wave * held(samples, 0.6, 0.8)


def kick(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A bass drum: a tone that falls to `pitch` at once, with a click in front."""
    samples = samples_in(max(0.25, seconds))
    fall = hertz(pitch) + 110 * np.exp(seconds_along(samples) / np.float32(-0.03))
    wave = glide(SINE, fall) * decay(samples, 0.12, 0.001)
    click = noise(samples_in(0.02), Passband(1500, 5000), rng) * decay(samples_in(0.02), 0.003)
    wave[: len(click)] += click * np.float32(0.08)
    return wave


def taiko(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A large drum: a deep falling tone and the slap of its skin."""
    samples = samples_in(max(0.9, seconds))
    fall = hertz(pitch) * (1 + 0.5 * np.exp(seconds_along(samples) / np.float32(-0.05)))
    wave = glide(SINE, fall) * decay(samples, 0.28, 0.002)
    wave += noise(samples, Passband(90, 2400, -0.4), rng) * decay(samples, 0.05) * np.float32(0.35)
    return wave


def snare(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A snare drum: a short tone under a burst of noise."""
    samples = samples_in(max(0.2, seconds))
    wave = noise(samples, Passband(900, 7500), rng) * decay(samples, 0.07)
    wave += tone(SINE, hertz(pitch), samples) * decay(samples, 0.05)
    return wave * np.float32(0.5)


def hat(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A closed hi-hat."""
    samples = samples_in(0.08)
    return noise(samples, Passband(6500, 14_000), rng) * decay(samples, 0.018) * np.float32(0.5)


def shaker(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """Seeds in a gourd: the stroke swells before it stops."""
    samples = samples_in(0.11)
    return noise(samples, Passband(4200, 9500), rng) * held(samples, 0.06, 0.05) * np.float32(0.4)


def woodblock(pitch: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A hollow block of wood."""
    samples = SAMPLE_RATE // 8
    wave = tone(SINE, hertz(pitch), samples) * decay(samples, 0.02, 0.001)
    wave += tone(SINE, hertz(pitch) * 2.4, samples) * decay(samples, 0.009) * np.float32(0.4)
    return wave
