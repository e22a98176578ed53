"""The calls of animals, each as one mono wave."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matinee.engines.animatic.score.synthesis import (
    SINE,
    Wave,
    cycle,
    glide,
    held,
    hump,
    samples_in,
    seconds_along,
    slide,
    tone,
)

Syllable = tuple[tuple[float, ...], float, float]
"""Frequencies to glide through, seconds, and seconds of silence after it."""

GULL_CYCLE = cycle((0.5, 1.0, 0.7, 0.5, 0.25, 0.12))
OWL_CYCLE = cycle((1.0, 0.12, 0.04))
BEE_CYCLE = cycle((0.25, 0.9, 1.0, 0.7, 0.5, 0.35, 0.22, 0.12))


def bird(species: int, rng: np.random.Generator) -> Wave:
    """One phrase of a small bird; `species` (taken modulo 4) is its song, `rng` its mood."""
    high = rng.uniform(0.92, 1.1)
    match species % 4:
        case 0:  # a tit: two notes, high and low, again and again
            notes: list[Syllable] = [((4700, 4500), 0.11, 0.04), ((3500, 3450), 0.15, 0.07)]
            notes *= int(rng.integers(2, 4))
        case 1:  # a warbler: a trill that sinks
            notes = [((5600 - 130 * k, 4100 - 90 * k), 0.05, 0.018) for k in range(12)]
        case 2:  # a thrush: slow flute-like turns
            turns = rng.uniform(2100, 3400, (4, 3))
            notes = [(tuple(turn), rng.uniform(0.12, 0.24), 0.06) for turn in turns]
        case _:  # a sparrow: short upward chirps
            notes = [((2900, 4300, 3700), 0.07, rng.uniform(0.08, 0.2)) for _ in range(4)]
    return _phrase(notes, high)


def _phrase(notes: Sequence[Syllable], high: float) -> Wave:
    parts = []
    for hz, seconds, pause_s in notes:
        wave = slide(SINE, [f * high for f in hz], seconds)
        parts += [wave * hump(len(wave), 0.35), np.zeros(samples_in(pause_s), np.float32)]
    return np.concatenate(parts)


def gull(rng: np.random.Generator) -> Wave:
    """A gull's laughing cry: a long note and shorter ones, falling."""
    high = rng.uniform(0.9, 1.1)
    parts = []
    for order in range(int(rng.integers(3, 6))):
        seconds = 0.42 if order == 0 else 0.24 - 0.02 * order
        peak = (1080 - 45 * order) * high
        wave = slide(GULL_CYCLE, (peak * 0.72, peak, peak * 0.97, peak * 0.7), seconds)
        pause = np.zeros(samples_in(0.07), np.float32)
        parts += [wave * hump(len(wave), 0.3) * np.float32(0.92**order), pause]
    return np.concatenate(parts)


def owl(rng: np.random.Generator) -> Wave:
    """A tawny owl: a long hoot, a rest, and a hoot that trembles."""
    hz = rng.uniform(380, 440)
    first = slide(OWL_CYCLE, (hz * 0.93, hz, hz * 0.9), 0.55)
    first *= held(len(first), 0.12, 0.25)
    last = slide(OWL_CYCLE, (hz * 0.95, hz, hz * 0.98, hz * 0.86), 0.9)
    tremble = np.float32(0.65) + np.float32(0.35) * tone(SINE, 13.0, len(last))
    last *= tremble * held(len(last), 0.15, 0.4)
    return np.concatenate([first, np.zeros(samples_in(0.5), np.float32), last])


def cricket(seconds: float, rng: np.random.Generator) -> Wave:
    """A cricket that sings on: groups of three short pulses."""
    samples = samples_in(seconds)
    along = seconds_along(samples)
    pulse_s, group_s = rng.uniform(0.026, 0.032), rng.uniform(0.36, 0.5)
    within = (along + np.float32(rng.uniform(0, group_s))) % np.float32(group_s)
    pulses = np.sin(within * np.float32(np.pi / pulse_s)) ** 2 * (within < 3 * pulse_s)
    wave = tone(SINE, rng.uniform(4100, 4900), samples)
    wave *= pulses
    return wave


def grasshopper(seconds: float, rng: np.random.Generator) -> Wave:
    """A grasshopper's rattle: a band about 7 kHz, cut 20 times a second."""
    samples = samples_in(seconds)
    along = seconds_along(samples)
    rattle = np.maximum(0, np.sin(along * np.float32(2 * np.pi * rng.uniform(17, 23)))) ** 3
    carrier = tone(SINE, rng.uniform(6300, 7000), samples)
    carrier *= tone(SINE, rng.uniform(330, 410), samples)
    carrier *= rattle * held(samples, 0.2, 0.3)
    return carrier


def bee(seconds: float, rng: np.random.Generator) -> Wave:
    """A bee or a beetle that comes near and flies off again."""
    samples = samples_in(seconds)
    hz = rng.uniform(170, 230)
    along = seconds_along(samples)
    wobble = np.sin(along * np.float32(2 * np.pi * 1.7)) * 0.04
    wobble += np.sin(along * np.float32(2 * np.pi * 11)) * 0.012
    return glide(BEE_CYCLE, hz * (1 + wobble)) * hump(samples) ** 2 * np.float32(0.4)
