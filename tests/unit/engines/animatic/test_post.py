"""Tests of bloom, vignette and the conversion to I420."""

import numpy as np
import pytest

from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.post import Post, chroma
from matinee.engines.animatic.staging import Grade
from tests.unit.engines.animatic.staged import LANDSCAPE, plain

BARE = Grade(bloom=0.0, vignette=0.0)


@pytest.mark.parametrize("size", [(256, 144), (720, 1280), (1092, 612), (102, 58)])
def test_planes_have_the_shape_of_i420(size: tuple[int, int]) -> None:
    frame = Frame(width_px=size[0], height_px=size[1])
    planes = Post(frame, Grade()).convert(plain(*size, (90, 120, 150, 255)))
    assert planes.shape == (size[1] * 3 // 2, size[0])
    assert planes.dtype == np.uint8
    assert chroma(planes)[0].shape == (size[1] // 2, size[0] // 2)


def test_black_and_white_keep_the_limited_range() -> None:
    post = Post(LANDSCAPE, BARE)
    black, white = post.convert(plain(256, 144, (0, 0, 0, 255))), plain(256, 144, (255,) * 4)
    assert abs(int(black[70, 100]) - 16) <= 1
    assert abs(int(post.convert(white)[70, 100]) - 235) <= 1


def test_a_vignette_darkens_the_corners_and_keeps_their_hue_neutral() -> None:
    planes = Post(LANDSCAPE, Grade(bloom=0.0, vignette=0.6)).convert(
        plain(256, 144, (128, 128, 128, 255))
    )
    assert planes[1, 1] < planes[72, 128] - 30
    u_plane, v_plane = chroma(planes)
    assert np.abs(u_plane.astype(int) - 128).max() <= 2
    assert np.abs(v_plane.astype(int) - 128).max() <= 2


def test_bright_things_bloom_into_what_is_around_them() -> None:
    picture = plain(256, 144, (0, 0, 0, 255))
    picture[48:96, 104:152, :3] = (160, 200, 255)
    bare = Post(LANDSCAPE, BARE).convert(picture)
    bloomed = Post(LANDSCAPE, Grade(bloom=0.6, bloom_from=150, vignette=0.0)).convert(picture)
    assert bloomed[72, 156] > bare[72, 156] + 5
    assert chroma(bloomed)[1][36, 78] > chroma(bare)[1][36, 78]
