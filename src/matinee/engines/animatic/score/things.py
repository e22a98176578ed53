"""The sounds of things and elements, each as one wave; those that move have two channels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matinee.engines.animatic.score.mixing import passing
from matinee.engines.animatic.score.synthesis import (
    SINE,
    Passband,
    Wave,
    decay,
    glide,
    held,
    hump,
    noise,
    samples_in,
    saw_cycle,
    seconds_along,
    slide,
    swell,
    tone,
)


def tick(hz: float, rng: np.random.Generator) -> Wave:
    """One beat of a clock: a click in a wooden case."""
    samples = samples_in(0.09)
    wave = noise(samples, Passband(hz * 0.8, hz * 1.6), rng) * decay(samples, 0.006, 0.0005)
    return wave + tone(SINE, hz / 5, samples) * decay(samples, 0.014, 0.001) * np.float32(0.35)


def beep(hz: float, seconds: float) -> Wave:
    """A soft signal of a machine."""
    samples = samples_in(seconds)
    wave = tone(SINE, hz, samples) + tone(SINE, hz * 2, samples) * np.float32(0.15)
    return wave * held(samples, 0.008, seconds * 0.6)


def pock(rng: np.random.Generator) -> Wave:
    """A soft ball that bumps into something."""
    samples = samples_in(0.16)
    hz = rng.uniform(230, 330)
    fall = hz + hz * 0.7 * np.exp(seconds_along(samples) / np.float32(-0.01))
    wave = glide(SINE, fall) * decay(samples, 0.028, 0.0015)
    felt = noise(samples, Passband(700, 2900), rng) * decay(samples, 0.007, 0.0005)
    return wave + felt * np.float32(0.55)


def drop(low_hz: float, high_hz: float, rng: np.random.Generator) -> Wave:
    """A drop of water that falls: a chirp too short to have a pitch."""
    samples = samples_in(0.05)
    rise = rng.uniform(low_hz, high_hz) * (1 + seconds_along(samples) * 6)
    return glide(SINE, rise) * decay(samples, 0.007, 0.0008)


def bubbles(rng: np.random.Generator) -> Wave:
    """A string of air bubbles, each a rising tone."""
    wave = np.zeros(samples_in(1.1), np.float32)
    at_s = 0.0
    while at_s < 0.9:
        seconds = rng.uniform(0.03, 0.09)
        low = rng.uniform(260, 900)
        one = slide(SINE, (low, low * rng.uniform(1.3, 2.0)), seconds)
        one *= hump(len(one), 0.3) * np.float32(rng.uniform(0.3, 1))
        start = samples_in(at_s)
        wave[start : start + len(one)] += one
        at_s += rng.uniform(0.025, 0.16)
    return wave


def splash(rng: np.random.Generator) -> Wave:
    """An arm or a leg that goes into water."""
    samples = samples_in(0.5)
    body = noise(samples, Passband(300, 1500), rng) * hump(samples, 0.16) ** 2
    spray = noise(samples, Passband(1800, 7500), rng) * hump(samples, 0.3) ** 3
    return (body + spray * np.float32(0.6)) * np.float32(0.7)


def whoosh(seconds: float, peak: float, rng: np.random.Generator) -> Wave:
    """Something that flies by; loudest and brightest at `peak` (0 to 1 of the way)."""
    samples = samples_in(seconds)
    near = hump(samples, peak)
    dull = noise(samples, Passband(160, 900), rng) * near**2
    return dull + noise(samples, Passband(900, 4200), rng) * near**4 * np.float32(0.8)


def hit(rng: np.random.Generator) -> Wave:
    """A soft, deep blow."""
    samples = samples_in(1.1)
    fall = 46 + 60 * np.exp(seconds_along(samples) / np.float32(-0.04))
    wave = glide(SINE, fall) * decay(samples, 0.26, 0.004)
    return wave + noise(samples, Passband(120, 1600), rng) * decay(samples, 0.07) * np.float32(0.2)


def applause(seconds: float, rng: np.random.Generator) -> Wave:
    """Two channels of many hands that clap, growing and then staying."""
    samples = samples_in(seconds)
    growth = np.minimum(1, seconds_along(samples) / np.float32(0.7)) * held(samples, 0.1, 0.05)
    both = np.zeros((2, samples), np.float32)
    hands = [_clap(rng) for _ in range(12)]
    for start in rng.integers(0, samples, int(seconds * 170)):
        one = hands[rng.integers(len(hands))]
        right = rng.random()
        last = min(samples, start + len(one))
        for channel, share in enumerate((1 - right, right)):
            both[channel, start:last] += one[: last - start] * np.float32(share)
    both *= growth
    return both


def _clap(rng: np.random.Generator) -> Wave:
    samples = samples_in(0.06)
    low = rng.uniform(700, 1500)
    return noise(samples, Passband(low, low * 2.6), rng) * decay(samples, 0.01, 0.0008)


def car(seconds: float, rng: np.random.Generator) -> Wave:
    """Two channels of a car that drives by from one side to the other."""
    samples = samples_in(seconds)
    near = hump(samples, 0.5)
    tyres = noise(samples, Passband(250, 1900, -0.3), rng) * near**3
    hz = rng.uniform(75, 105)
    # The pitch drops while the car passes, as its distance turns from shrinking to growing.
    turn = np.tanh(np.linspace(2.5, -2.5, samples))
    engine = glide(saw_cycle(hz, 320.0), hz * (1 + 0.09 * turn)) * near**2
    side = 0.9 if rng.random() < 0.5 else -0.9
    return passing(tyres + engine * np.float32(0.4), -side, side)


def thunder(rng: np.random.Generator) -> Wave:
    """Two channels of far thunder that rolls on."""
    samples = samples_in(3.4)
    rolls = np.zeros(samples, np.float32)
    for at_s in np.cumsum(rng.uniform(0.1, 0.5, 6)) - 0.1:
        start = samples_in(at_s)
        rest = samples - start
        roll = decay(rest, rng.uniform(0.25, 0.7), 0.03)
        rolls[start:] += roll * np.float32(rng.uniform(0.4, 1))
    rolls *= held(samples, 0.02, 1.2)
    deep = noise(samples, Passband(28, 180, -0.4), rng)
    crack = noise(samples, Passband(180, 900, -0.5), rng) * rolls
    return passing((deep + crack * np.float32(0.5)) * rolls, -0.5, 0.5)


def breaker(seconds: float, rng: np.random.Generator) -> Wave:
    """Two channels of a wave that comes, breaks and runs out over the sand."""
    samples = samples_in(seconds)
    come = noise(samples, Passband(70, 420), rng) * hump(samples, 0.3)
    fall = noise(samples, Passband(300, 3200, -0.3), rng) * hump(samples, 0.36) ** 2
    foam = noise(samples, Passband(2600, 9000, -0.4), rng) * hump(samples, 0.5) ** 2
    side = rng.uniform(-0.6, 0.6)
    moving = passing(come * np.float32(0.7) + fall * np.float32(1.2), side, -side)
    return moving + passing(foam * np.float32(0.55), -side, side)


def engine(seconds: float, hz: float, rng: np.random.Generator) -> Wave:
    """A motor that runs on, not quite evenly."""
    samples = samples_in(seconds)
    revs = hz * (0.96 + 0.08 * swell(samples, rng, 1.6))
    wave = glide(saw_cycle(hz, 420.0), revs)
    wave *= np.float32(0.75) + np.float32(0.25) * glide(SINE, revs / 4)
    return wave * held(samples, 0.08, 0.08)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What a foot sounds like on it."""

    thud_hz: float
    """The pitch of the blow."""

    thud: float
    """How loud the blow is."""

    band: Passband
    grains: int
    """From how many small noises the sound is made: 1 is a click, more is a crunch."""

    spread_s: float
    """How long they last together."""


def footstep(surface: Surface, rng: np.random.Generator) -> Wave:
    """One foot set down; it peaks at 1."""
    samples = samples_in(surface.spread_s + 0.18)
    wave = tone(SINE, surface.thud_hz * rng.uniform(0.92, 1.08), samples)
    wave *= decay(samples, 0.025, 0.003) * np.float32(surface.thud)
    grain = noise(samples, surface.band, rng)
    for order in range(surface.grains):
        at_s = rng.uniform(0, surface.spread_s) if order else 0.0
        start = samples_in(at_s)
        shape = decay(samples - start, rng.uniform(0.007, 0.022), 0.001)
        wave[start:] += grain[start:] * shape * np.float32(rng.uniform(0.4, 1))
    wave *= held(samples, 0.001, 0.04)
    # How the grains pile up is chance; how hard the foot is set down is not.
    wave /= np.abs(wave).max()
    return wave


def wing_beat(rng: np.random.Generator) -> Wave:
    """One stroke of feathered wings."""
    samples = samples_in(0.2)
    return noise(samples, Passband(250, 1500), rng) * hump(samples, 0.35) ** 2
