"""Tests of the looks: each changes the picture in its own way."""

import pickle
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.canvas import Canvas, Image
from matinee.engines.animatic.looks import make_look
from matinee.engines.animatic.post import Planes, Post, chroma
from matinee.engines.animatic.scene import build_scene
from matinee.engines.animatic.shots import Look, Shot
from matinee.engines.animatic.staging import Grade
from tests.unit.engines.animatic.staged import ART, LANDSCAPE, a_frame_of, a_shot

FRAME = Frame(width_px=480, height_px=270)
TALL = Frame(width_px=270, height_px=480)
SHOT = replace(a_shot(), text="A dog walks among the stars")
STYLES = tuple(look for look in Look if look is not Look.PLAIN)
BARE = Grade(bloom=0.0, vignette=0.0)
SETTLED_S = 1.6


def a_picture(frame: Frame) -> Image:
    """Soft colours that run through the frame, a grey disc in the middle."""
    y, x = np.mgrid[0 : frame.height_px, 0 : frame.width_px].astype(np.float32)
    across, down = x / frame.width_px, y / frame.height_px
    planes = (90 + 110 * across, 70 + 120 * down, 200 - 100 * across, 255 + 0 * x)
    picture = np.stack(planes, -1).astype(np.uint8)
    middle = (frame.width_px // 2, frame.height_px // 2)
    cv2.circle(picture, middle, frame.height_px // 6, (120, 120, 120, 255), -1)
    return picture


def styled(look: Look, t: float = SETTLED_S, frame: Frame = FRAME, shot: Shot = SHOT) -> Planes:
    """The planes of the test picture in the style of `look`."""
    canvas = Canvas(frame.width_px, frame.height_px)
    canvas.pixels[:] = a_picture(frame)
    style = make_look(look, shot, frame, ART)
    if style is not None:
        style.paint(canvas, t)
    planes = Post(frame, BARE).convert(canvas.finish())
    if style is not None:
        style.grade(planes, t)
    return planes


def luma(planes: Planes, frame: Frame = FRAME) -> NDArray[np.int32]:
    return planes[: frame.height_px].astype(np.int32)


def saturation(planes: Planes) -> float:
    """The mean distance of the colours from grey."""
    u_plane, v_plane = (plane.astype(float) - 128 for plane in chroma(planes))
    return float(np.hypot(u_plane, v_plane).mean())


def bgr(planes: Planes) -> NDArray[np.int32]:
    return cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420).astype(np.int32)


def share_near(picture: NDArray[np.int32], colour: tuple[int, int, int]) -> float:
    """How much of `picture` has about this colour (blue, green, red)."""
    return float((np.abs(picture - np.array(colour)).max(-1) < 30).mean())


@pytest.mark.parametrize("frame", [FRAME, TALL])
@pytest.mark.parametrize("look", STYLES)
def test_every_look_changes_the_picture_visibly(look: Look, frame: Frame) -> None:
    plain, changed = (styled(one, frame=frame).astype(int) for one in (Look.PLAIN, look))
    assert np.abs(plain - changed).mean() > 2.0


def test_no_two_looks_are_alike() -> None:
    pictures = [styled(look).astype(int) for look in STYLES]
    for index, one in enumerate(pictures):
        for other in pictures[index + 1 :]:
            assert np.abs(one - other).mean() > 2.0


def test_the_plain_look_changes_nothing() -> None:
    assert make_look(Look.PLAIN, SHOT, FRAME, ART) is None
    bare = Canvas(FRAME.width_px, FRAME.height_px)
    bare.pixels[:] = a_picture(FRAME)
    assert (styled(Look.PLAIN) == Post(FRAME, BARE).convert(bare.finish())).all()


@pytest.mark.parametrize("look", STYLES)
def test_a_look_fits_frames_whose_chroma_planes_end_within_a_row(look: Look) -> None:
    frame = Frame(width_px=102, height_px=58)
    assert styled(look, frame=frame).shape == (87, 102)


@pytest.mark.parametrize("look", STYLES)
def test_a_look_depends_on_the_time_alone_and_pickles(look: Look) -> None:
    style = make_look(look, SHOT, LANDSCAPE, ART)
    scene = build_scene(a_shot(), LANDSCAPE, ART, style)
    twin = pickle.loads(pickle.dumps(scene, 5))  # noqa: S301
    canvas = Canvas(LANDSCAPE.width_px, LANDSCAPE.height_px)
    pictures = []
    for one, t in ((scene, 1.5), (scene, 0.4), (twin, 1.5)):
        one.draw(canvas, t)
        pictures.append(one.finish(canvas, t).copy())
    assert (pictures[0] == pictures[2]).all()
    assert (pictures[0] != pictures[1]).any()


def test_a_look_leaves_the_drawn_scene_to_the_scene() -> None:
    plain = build_scene(a_shot(), LANDSCAPE, ART)
    styled_scene = build_scene(a_shot(), LANDSCAPE, ART, make_look(Look.COMIC, SHOT, FRAME, ART))
    assert (a_frame_of(plain, 1.0) == a_frame_of(styled_scene, 1.0)).all()


def test_comic_has_few_levels() -> None:
    middle = (slice(60, 210), slice(60, 420))
    counts = []
    for look in (Look.PLAIN, Look.COMIC):
        levels = np.bincount(bgr(styled(look))[..., 2][middle].ravel().clip(0, 255), minlength=256)
        counts.append(np.sort(levels)[::-1][:24].sum() / levels.sum())
    assert counts[1] > counts[0] + 0.25


def test_comic_has_a_white_border_with_an_ink_line() -> None:
    planes = luma(styled(Look.COMIC))
    margin = round(0.028 * FRAME.unit_px)
    rim = (planes[: margin - 1], planes[1 - margin :], planes[:, : margin - 1])
    assert all(float(strip.mean()) > 225 for strip in rim)
    assert planes[margin : margin + 2, 40:-40].mean() < 60


def test_nostalgic_is_faded_with_dark_corners_and_grain() -> None:
    plain, old = styled(Look.PLAIN), styled(Look.NOSTALGIC)
    # The picture is tinted, so the spread of its colours tells how faded it is.
    inside = (slice(40, 95), slice(60, 180))
    spreads = [float(sum(plane[inside].std() for plane in chroma(one))) for one in (plain, old)]
    assert spreads[1] < 0.75 * spreads[0]
    corners = [luma(old)[:12, :12], luma(old)[:12, -12:], luma(old)[-12:, :12]]
    assert all(float(corner.mean()) < 30 for corner in corners)
    patch = (slice(120, 150), slice(225, 255))
    assert luma(plain)[patch].std() < 1.0
    assert luma(old)[patch].std() > 2.0


def test_the_grain_of_nostalgic_is_new_in_every_frame() -> None:
    patch = (slice(120, 150), slice(225, 255))
    first, second = (luma(styled(Look.NOSTALGIC, t))[patch] for t in (1.0, 1.0 + 1 / 24))
    assert np.abs(first - second).mean() > 1.5


def test_news_has_its_red_white_and_blue_panels() -> None:
    picture = bgr(styled(Look.NEWS))
    third = picture[-70:]
    assert share_near(third, (30, 20, 205)) > 0.01
    assert share_near(third, (235, 235, 235)) > 0.1
    assert share_near(third, (70, 30, 12)) > 0.1
    assert share_near(picture[:50, :100], (30, 20, 205)) > 0.05
    assert (picture[80:180] == bgr(styled(Look.PLAIN))[80:180]).all()


def test_the_headline_slides_in_and_the_line_below_runs_on() -> None:
    start, settled = (luma(styled(Look.NEWS, t)) for t in (0.0, 2.0))
    later = luma(styled(Look.NEWS, 2.5))
    headline = slice(-60, -30)
    assert start[headline, 40:300].mean() < settled[headline, 40:300].mean() - 20
    assert (settled[headline] == later[headline]).all()
    assert (settled[-12:] != later[-12:]).any()


def test_thanksgiving_warms_and_lays_the_table() -> None:
    plain, warm = styled(Look.PLAIN), styled(Look.THANKSGIVING)
    (u_plain, v_plain), (u_warm, v_warm) = chroma(plain), chroma(warm)
    upper = slice(0, 90)
    assert u_warm[upper].mean() < u_plain[upper].mean() - 4
    assert v_warm[upper].mean() > v_plain[upper].mean() + 3
    changed = np.abs(luma(warm) - luma(plain)) > 12
    assert changed[-50:, :170].mean() > 0.3


def test_the_leaves_of_thanksgiving_fall() -> None:
    one, other = (luma(styled(Look.THANKSGIVING, t))[:180] for t in (1.0, 1.5))
    moved = np.abs(one - other) > 12
    assert 0.005 < moved.mean() < 0.4


def test_anime_has_stronger_colours_and_bright_lines_at_the_rim() -> None:
    plain, vivid = styled(Look.PLAIN), styled(Look.ANIME)
    assert saturation(vivid) > 1.12 * saturation(plain)
    lines = [luma(styled(Look.ANIME, t)) for t in (1.0, 1.0 + 1 / 12)]
    rush = np.abs(lines[0] - lines[1])
    assert rush[:20].mean() > rush[115:155, 200:280].mean() + 1


def test_selfie_moves_the_whole_picture() -> None:
    look = make_look(Look.SELFIE, SHOT, FRAME, ART)
    assert look is not None
    places = []
    for t in (1.0, 1.6, 2.2):
        canvas = Canvas(FRAME.width_px, FRAME.height_px)
        canvas.pixels[:] = (0, 0, 0, 255)
        cv2.circle(canvas.pixels, (240, 135), 6, (255, 255, 255, 255), -1)
        look.paint(canvas, t)
        middle = canvas.finish()[100:170, 200:280, 0].astype(float)
        places.append([(middle.sum(axis) @ np.arange(middle.shape[1 - axis])) for axis in (0, 1)])
        places[-1] = [place / middle.sum() for place in places[-1]]
    steps = np.hypot(*np.diff(places, axis=0).T)
    assert (steps > 0.4).all()


def test_selfie_is_bright_and_has_marks_in_its_four_corners() -> None:
    plain, held = luma(styled(Look.PLAIN)), luma(styled(Look.SELFIE))
    assert held.mean() > plain.mean() + 4
    margin, arm = round(0.04 * FRAME.unit_px), round(0.07 * FRAME.unit_px)
    rows, columns = (margin, FRAME.height_px - margin - 1), (margin, FRAME.width_px - margin - 1)
    for row in rows:
        for column in columns:
            inwards = slice(column, column + arm) if column == margin else None
            along = held[row, inwards or slice(column - arm + 1, column + 1)]
            assert along.mean() > 200


def test_selfie_counts_the_seconds() -> None:
    corner = (slice(10, 32), slice(26, 80))
    first, same, next_ = (luma(styled(Look.SELFIE, t))[corner] for t in (1.0, 1.02, 2.0))
    assert np.abs(first - next_).max() > np.abs(first - same).max()
