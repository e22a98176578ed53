"""Tests of words as pictures."""

import numpy as np
import pytest

from matinee.engines.animatic.looks.lettering import Face, lettered, panel
from matinee.engines.animatic.puppets.jointed import onto
from tests.unit.engines.animatic.staged import plain


@pytest.mark.parametrize("face", Face)
def test_words_are_drawn_in_their_colour_on_nothing(face: Face) -> None:
    image = lettered("LIVE", 40, "#3060c0", face)
    solid = image[image[..., 3] == 255]
    assert (solid == (0xC0, 0x60, 0x30, 255)).all()
    assert 0.1 < len(solid) / image[..., 3].size < 0.8
    assert (image[0] == 0).all()


def test_colours_are_premultiplied() -> None:
    image = lettered("soft edges", 24, "#ffffff")
    assert (image[..., :3] <= image[..., 3:]).all()


def test_letters_stay_inside_their_picture() -> None:
    image = lettered("Ågjpqy", 48, "#ffffff")
    rim = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    assert (rim == 0).all()


def test_longer_words_and_larger_type_take_more_room() -> None:
    small, long, large = (
        lettered(text, size, "#ffffff")
        for text, size in (("on", 20), ("on the air", 20), ("on", 40))
    )
    assert long.shape[1] > 2 * small.shape[1]
    assert large.shape[0] > 1.4 * small.shape[0]


def test_no_words_at_all_are_an_empty_picture() -> None:
    assert not lettered("", 20, "#ffffff").any()


def test_the_two_faces_differ_in_weight() -> None:
    black, semi_bold = (lettered("MATINEE", 40, "#ffffff", face)[..., 3] for face in Face)
    assert (black > 128).mean() > (semi_bold > 128).mean()


def test_a_panel_has_its_colour_and_opacity_premultiplied() -> None:
    board = panel(6, 4, "#cd141e", 0.5)
    assert board.shape == (4, 6, 4)
    assert (board == (15, 10, 102, 128)).all()


def test_pictures_are_laid_over_each_other_and_cut_off_at_the_edge() -> None:
    board = panel(10, 10, "#000000")
    onto(board, plain(6, 6, (255, 255, 255, 255)), 7, 8)
    assert (board[8:, 7:] == 255).all()
    assert (board[:8, :, :3] == 0).all()


def test_a_half_clear_picture_lets_the_board_shine_through() -> None:
    board = panel(4, 4, "#0000ff")
    onto(board, plain(4, 4, (0, 0, 128, 128)), 0, 0)
    assert np.abs(board[2, 2].astype(int) - (127, 0, 128, 255)).max() <= 1


def test_a_picture_may_begin_before_the_board_does() -> None:
    board = panel(4, 4, "#000000")
    onto(board, plain(6, 6, (255, 255, 255, 255)), -3, -4)
    assert (board[:2, :3] == 255).all()
    assert (board[2:, :, :3] == 0).all()


@pytest.mark.parametrize("place", [(12, 0), (0, 12), (-5, 2)])
def test_what_lies_beyond_the_board_changes_nothing(place: tuple[int, int]) -> None:
    board = panel(10, 10, "#102030")
    onto(board, plain(3, 3, (255, 255, 255, 255)), *place)
    assert (board == panel(10, 10, "#102030")).all()
