"""Tests of textures and the canvas."""

import pickle

import cv2
import numpy as np
import pytest

from matinee.engines.animatic.affine import compose, matrix, rotate, scale, translate
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from tests.unit.engines.animatic.staged import plain, plain_texture

RED = (0, 0, 200, 255)
HALF_BLUE = (100, 0, 0, 128)


def a_canvas(width: int = 320, height: int = 200) -> Canvas:
    """A cleared canvas."""
    canvas = Canvas(width, height)
    canvas.clear()
    return canvas


def noisy(width: int, height: int, seed: int = 1) -> Image:
    """A premultiplied picture with empty, mixed and solid regions."""
    random = np.random.default_rng(seed)
    alpha = np.kron(random.integers(0, 3, (8, 8)), np.ones((height // 8, width // 8))) * 127.5
    bgr = cv2.GaussianBlur(random.random((*alpha.shape, 3)), (0, 0), 6) * alpha[..., None]
    return np.dstack((bgr, alpha)).astype(np.uint8)


def painted_alone(texture: Texture, mapping: np.ndarray, under: Image) -> Image:
    """What drawing pixel for pixel, without any grid, gives."""
    canvas = a_canvas(under.shape[1], under.shape[0])
    canvas.pixels[:] = under
    texture.occupied = texture.solid = None
    canvas.draw(texture, mapping)
    return canvas.finish()


def test_a_draw_shows_only_after_finish() -> None:
    canvas = a_canvas()
    canvas.draw(plain_texture(40, 40, RED), translate(10, 10))
    assert not canvas.pixels.any()
    canvas.finish()
    assert tuple(canvas.pixels[30, 30]) == RED


def test_a_matrix_maps_texture_pixels_forward() -> None:
    canvas = a_canvas()
    canvas.draw(plain_texture(40, 20, RED), compose(translate(100, 50), scale(2)))
    drawn = canvas.finish()[..., 3] == 255
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    assert abs(columns[0] - 100) <= 1
    assert abs(columns[-1] - 179) <= 1
    assert abs(rows[0] - 50) <= 1
    assert abs(rows[-1] - 89) <= 1


def test_a_translucent_texture_lets_what_is_behind_through() -> None:
    canvas = a_canvas()
    canvas.draw(Texture(plain(320, 200, RED), opaque=True), scale(1))
    canvas.draw(plain_texture(100, 100, HALF_BLUE), translate(0, 0))
    blue, _, red, alpha = (int(value) for value in canvas.finish()[50, 50])
    assert blue == 100
    assert abs(red - 100) <= 1
    assert alpha >= 254


def test_light_is_added_and_hides_nothing() -> None:
    canvas = a_canvas()
    canvas.draw(Texture(plain(320, 200, RED), opaque=True), scale(1))
    canvas.draw(Texture(plain(300, 300, (90, 0, 0, 0)), additive=True), scale(1))
    assert tuple(canvas.finish()[50, 50]) == (90, 0, 200, 255)


@pytest.mark.parametrize("angle", [0.0, 0.4])
def test_skipping_empty_and_solid_tiles_does_not_change_the_picture(angle: float) -> None:
    mapping = compose(translate(30, -40), rotate(angle), scale(1.3))
    under = plain(320, 200, RED)
    canvas = a_canvas()
    canvas.pixels[:] = under
    canvas.draw(Texture(noisy(256, 256)), mapping)
    quick = canvas.finish().astype(int)
    plainly = painted_alone(Texture(noisy(256, 256)), mapping, under)
    assert np.abs(quick - plainly).max() <= 2


def test_leaving_out_hidden_draws_does_not_change_the_picture() -> None:
    behind, before = noisy(320, 200, 2), plain(320, 200, RED)
    layers = [(behind, scale(1.0)), (before, translate(40, 20)), (noisy(256, 256), scale(0.9))]
    together, one_by_one = a_canvas(), a_canvas()
    for image, mapping in layers:
        together.draw(Texture(image), mapping)
        one_by_one.draw(Texture(image), mapping)
        one_by_one.finish()
    assert np.abs(together.finish().astype(int) - one_by_one.pixels).max() <= 2


def test_an_opaque_texture_fills_its_box_when_turned() -> None:
    canvas = a_canvas()
    middle = translate(-200, -200)
    canvas.draw(
        Texture(plain(400, 400, RED), opaque=True),
        compose(translate(160, 100), rotate(0.5), middle),
    )
    assert (canvas.finish()[..., 3] == 255).all()


def test_draws_beside_the_canvas_are_harmless() -> None:
    canvas = a_canvas()
    canvas.draw(plain_texture(50, 50, RED), translate(-500, 10))
    canvas.draw(plain_texture(50, 50, RED), translate(10, 900))
    canvas.draw(plain_texture(50, 50, RED), matrix(0, 0, 5, 0, 0, 5))
    assert not canvas.finish().any()


def test_a_quadrilateral_is_filled_in_perspective() -> None:
    canvas = a_canvas()
    corners = np.array(((100, 40), (220, 40), (300, 180), (20, 180)), np.float64)
    canvas.draw_quad(plain_texture(64, 64, RED), corners)
    drawn = canvas.finish()[..., 3] == 255
    assert drawn[100, 160]
    assert drawn[170, 40]
    assert not drawn[50, 40]


def test_a_pasted_image_may_hang_over_the_edge() -> None:
    canvas = a_canvas()
    canvas.paste(plain(60, 60, RED), -30, 170)
    assert canvas.pixels[180, 10, 2] == 200
    assert canvas.pixels[180, 40, 2] == 0


def test_a_small_copy_is_drawn_when_a_texture_shrinks() -> None:
    texture = plain_texture(256, 256, RED)
    assert texture.mip(1.0).shape[0] == 256
    assert texture.mip(0.25).shape[0] == 64
    assert texture.mip(0.01).shape[0] < 32


def test_a_textures_memory_is_pickled_out_of_band() -> None:
    buffers: list[pickle.PickleBuffer] = []
    within = pickle.dumps(Texture(noisy(256, 256)), 5, buffer_callback=buffers.append)
    assert len(within) < 2000
    assert sum(buffer.raw().nbytes for buffer in buffers) > 256 * 256 * 4
