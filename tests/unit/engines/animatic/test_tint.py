"""Palettes are read from prompts, and pictures drawn towards them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from matinee.engines.animatic.lexicon import shipped_lexicon
from matinee.engines.animatic.palettes import palette_in
from matinee.engines.animatic.tint import Tint

TEAL, SAND, RUST = "#1f8f8a", "#dcc295", "#b1512c"


@pytest.mark.parametrize(
    ("prompt", "palette"),
    [
        ("shift the palette to teal, sand and rust", (TEAL, SAND, RUST)),
        ("teal and sand tones", (TEAL, SAND)),
        ("graded in teal", (TEAL,)),
        ("golden light falls on a fox", ("#ffb54a",)),
        ("a warm color palette, a red car", ("#ff9a4d",)),
        ("a red balloon and a blue car", ()),
        ("a golden retriever in the light", ()),
    ],
)
def test_colours_of_the_picture_are_told_from_those_of_things(
    prompt: str, palette: tuple[str, ...]
) -> None:
    assert palette_in(shipped_lexicon().read(prompt)) == palette


def graded(bgr: tuple[int, int, int], palette: tuple[str, ...]) -> tuple[int, int, int]:
    picture = np.full((16, 16, 3), bgr, np.uint8)
    planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
    Tint(palette).grade(planes)
    blue, green, red = cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420)[8, 8].tolist()
    return blue, green, red


def test_dark_parts_go_to_the_darkest_colour_and_bright_ones_to_the_brightest() -> None:
    blue, _, red = graded((60, 60, 60), ("#ffd0a0", "#103a60"))
    assert blue > red + 15
    blue, _, red = graded((210, 210, 210), ("#ffd0a0", "#103a60"))
    assert red > blue + 15


def test_brightness_stays() -> None:
    before = np.array((90, 140, 60)) @ (0.114, 0.587, 0.299)
    after = np.array(graded((90, 140, 60), (TEAL, RUST))) @ (0.114, 0.587, 0.299)
    assert abs(before - after) < 8


def test_a_lone_colour_leaves_black_and_white() -> None:
    for level in (0, 255):
        assert np.ptp(graded((level, level, level), (RUST,))) < 12
