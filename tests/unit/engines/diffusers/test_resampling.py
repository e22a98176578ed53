"""A model's sound keeps its tones and its length when it is brought to the rate of films."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from matinee.engines.diffusers.resampling import as_film_sound


@pytest.mark.parametrize("rate", [16_000, 24_000, 32_000, 44_100, 48_000, 96_000])
def test_a_tone_stays_the_same_tone(rate: int) -> None:
    sound = as_film_sound(tone(440, rate=rate, seconds=1.03), rate=rate)
    assert sound.dtype == np.float32
    assert sound.shape == (49_440, 2)
    inner = slice(4800, -4800)
    expected = tone(440, rate=48_000, seconds=1.03)
    assert np.abs(sound - expected)[inner].max() < 0.001


def test_nothing_is_heard_above_what_the_model_made() -> None:
    sound = as_film_sound(tone(7_900, rate=16_000, seconds=1), rate=16_000)
    spectrum = np.abs(np.fft.rfft(sound[4800:-4800, 0] * np.hanning(len(sound) - 9600)))
    hertz = np.fft.rfftfreq(len(sound) - 9600, 1 / 48_000)
    assert spectrum[hertz > 8_500].max() < spectrum.max() / 1000


def test_one_channel_is_heard_from_both_sides() -> None:
    sound = as_film_sound(tone(440, rate=48_000, seconds=0.1)[:, :1], rate=48_000)
    assert sound.shape == (4800, 2)
    assert np.array_equal(sound[:, 0], sound[:, 1])


def test_what_is_too_loud_or_no_number_is_cut() -> None:
    samples = np.array([[2.0, -3.0], [np.nan, np.inf]])
    assert as_film_sound(samples, rate=48_000).tolist() == [[1, -1], [0, 1]]


def test_no_sound_stays_none() -> None:
    assert as_film_sound(np.zeros((0, 2)), rate=24_000).shape == (0, 2)


def tone(hertz: float, *, rate: int, seconds: float) -> NDArray[np.float64]:
    moments = np.arange(round(rate * seconds)) / rate
    wave = 0.5 * np.sin(2 * np.pi * hertz * moments)
    return np.stack([wave, -wave], axis=1)
