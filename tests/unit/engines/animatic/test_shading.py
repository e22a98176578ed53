"""Tests of relighting and coats."""

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.shading import (
    calico,
    recoat,
    relight,
    tinted,
    typical_colour,
)
from matinee.engines.animatic.staging import Light

SIZE = 200
LEFT_LAMP = Light(
    key="#ffffff", ambient="#404040", rim="#ffffff", direction=(-0.8, 0.0, 0.4), strength=0.8
)


def a_disc(bgr: tuple[int, int, int]) -> Image:
    """A round patch of one colour on nothing."""
    image = np.zeros((SIZE, SIZE, 4), np.uint8)
    cv2.circle(image, (SIZE // 2, SIZE // 2), 80, (*bgr, 255), -1, cv2.LINE_AA)
    return image


def test_the_side_towards_the_lamp_is_lighter() -> None:
    lit = relight(a_disc((120, 120, 120)), LEFT_LAMP)
    left, right = lit[100, 40, :3].mean(), lit[100, 160, :3].mean()
    assert left > 1.5 * right


def test_relighting_keeps_the_silhouette_and_stays_premultiplied() -> None:
    disc = a_disc((200, 230, 250))
    lit = relight(disc, LEFT_LAMP)
    assert (lit[..., 3] == disc[..., 3]).all()
    assert (lit[..., :3] <= lit[..., 3:]).all()


def test_a_coat_recolours_fur_but_not_what_is_dark() -> None:
    image = a_disc((40, 150, 220))
    image[90:110, 90:110, :3] = 20
    coated = recoat(image, "#e0e0ff")
    assert coated[60, 100, 0] > 150
    assert (coated[100, 100, :3] < 60).all()


def test_a_calico_has_white_orange_and_black() -> None:
    disc = a_disc((60, 190, 250))
    coat = calico(disc, 3)[disc[..., 3] == 255]
    dark, light = coat[:, :3].max(1) < 110, coat[:, :3].min(1) > 180
    orange = (coat[:, 2] > 150) & (coat[:, 0] < 120)
    assert min(dark.mean(), light.mean(), orange.mean()) > 0.02


def test_a_full_tint_leaves_a_silhouette_of_one_colour() -> None:
    haze = tinted(a_disc((10, 20, 30)), "#8090a0", 1.0)
    assert tuple(haze[100, 100]) == (0xA0, 0x90, 0x80, 255)


def test_the_typical_colour_leaves_black_and_white_aside() -> None:
    image = a_disc((60, 120, 200))
    image[95:105, 60:140, :3] = 255
    assert np.allclose(typical_colour(image) * 255, (60, 120, 200), atol=1)
