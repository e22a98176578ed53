"""Tests of loading artwork."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from matinee.engines.animatic.artwork import Artwork, ArtworkMissing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one picture as a glyph and as a part: half-clear green in a clear box."""
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[20:40, 10:50] = (0, 200, 0, 128)
    for kind in ("glyphs", "parts"):
        (tmp_path / kind).mkdir()
        _, encoded = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, 101])
        (tmp_path / kind / "leaf.webp").write_bytes(encoded.tobytes())
    return tmp_path


def test_a_glyph_is_cropped_to_what_is_drawn(folder: Path) -> None:
    assert Artwork(folder).glyph("leaf").shape == (28, 48, 4)


def test_a_part_keeps_its_box(folder: Path) -> None:
    assert Artwork(folder).part("leaf").shape == (64, 64, 4)


def test_colours_are_premultiplied(folder: Path) -> None:
    assert tuple(Artwork(folder).part("leaf")[30, 30]) == (0, 100, 0, 128)


def test_a_picture_is_decoded_once_and_cannot_be_changed(folder: Path) -> None:
    artwork = Artwork(folder)
    first = artwork.glyph("leaf")
    assert artwork.glyph("leaf") is first
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 1


def test_unknown_artwork_is_missing(folder: Path) -> None:
    artwork = Artwork(folder)
    assert artwork.has_glyph("leaf")
    assert not artwork.has_glyph("tree")
    with pytest.raises(ArtworkMissing, match="tree"):
        artwork.glyph("tree")
