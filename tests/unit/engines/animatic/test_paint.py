"""Tests of colours, noise and the making of textures."""

import numpy as np
import pytest

from matinee.engines.animatic.paint import (
    colour,
    glow,
    gradient,
    hex_code,
    noise,
    profile,
    smoothstep,
    starfield,
    stream,
    to_light,
    to_pixels,
    to_texture,
)


def test_a_colour_is_read_as_bgr_and_written_back() -> None:
    assert colour("#ff8000") == pytest.approx([0, 128 / 255, 1])
    assert hex_code(colour("#12abef")) == "#12abef"
    assert hex_code(colour("#fa0")) == "#ffaa00"


def test_streams_of_different_names_differ_and_repeat_by_name() -> None:
    first = stream(7, "trees").random(4).tolist()
    assert first == stream(7, "trees").random(4).tolist()
    assert first != stream(7, "rocks").random(4).tolist()
    assert first != stream(8, "trees").random(4).tolist()


def test_noise_fills_its_range_and_repeats_by_seed() -> None:
    plane = noise((90, 160), 3)
    assert plane.shape == (90, 160)
    assert plane.dtype == np.float32
    assert plane.min() == 0
    assert plane.max() == 1
    assert (plane == noise((90, 160), 3)).all()


def test_wrapping_noise_continues_from_right_to_left() -> None:
    plane = noise((64, 256), 5, 4, 5, wraps=True)
    seam = np.abs(plane[:, 0] - plane[:, -1]).mean()
    usual = np.abs(np.diff(plane, axis=1)).mean()
    assert seam < 3 * usual


def test_a_profile_touches_both_ends_once_it_is_stretched() -> None:
    line = profile(400, 9, 5, 6, wraps=True)
    assert line.min() == 0
    assert line.max() == pytest.approx(1, abs=1e-4)
    assert (line > 0.999).sum() < 8
    assert abs(line[0] - line[-1]) < 0.1


def test_a_gradient_meets_its_stops_and_mixes_in_linear_light() -> None:
    values = np.array([[0.0, 0.5, 1.0]], np.float32)
    mixed = gradient(values, [(0, "#000000"), (1, "#ffffff")])
    assert mixed[0, 0] == pytest.approx([0, 0, 0], abs=0.01)
    assert mixed[0, 2] == pytest.approx([1, 1, 1], abs=0.01)
    assert mixed[0, 1, 0] == pytest.approx(0.5 ** (1 / 2.2), abs=0.01)


def test_smoothstep_also_runs_downwards() -> None:
    values = np.array([0.0, 0.5, 1.0], np.float32)
    assert smoothstep(1, 0, values) == pytest.approx([1, 0.5, 0])


def test_pixels_are_premultiplied() -> None:
    bgr = np.ones((20, 20, 3), np.float32)
    pixels = to_pixels(bgr, np.full((20, 20), 0.5, np.float32))
    assert (pixels[..., 3] == 128).all()
    assert (pixels[..., :3] <= pixels[..., 3:]).all()
    assert pixels[..., :3].min() > 120


def test_a_texture_without_alpha_is_opaque_and_light_is_additive() -> None:
    bgr = np.zeros((8, 8, 3), np.float32)
    assert to_texture(bgr).opaque
    assert to_light(bgr).additive
    assert glow(20, "#ffffff").additive


def test_stars_keep_their_places_at_every_size() -> None:
    small = starfield((90, 160), 4, 40, 0).max(2)
    large = starfield((180, 320), 4, 40, 0).max(2)
    y, x = np.unravel_index(np.argmax(large), large.shape)
    assert small[y // 2 - 1 : y // 2 + 2, x // 2 - 1 : x // 2 + 2].max() > 0.2
