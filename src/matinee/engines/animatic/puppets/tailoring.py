"""Tailoring: a picture that ends at the chest, or a face, becomes a figure down to the hips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import Floats, colour
from matinee.engines.animatic.puppets.jointed import dyed, onto
from matinee.engines.animatic.puppets.wardrobe import Outfit
from matinee.engines.animatic.shading import recoat, straight
from matinee.engines.animatic.shots import Subject
from matinee.engines.animatic.vocabulary.cast import FACES

WIDTH_PX, MIDDLE_PX, GROUND_PX = 600, 300, 780
"""The sheet on which a figure is drawn."""

SEAM_PX, HEM_PX = 470, 428
"""Where the picture ends, and where the clothes drawn under it begin."""

SHOULDERS_PX, CHIN_PX = 240, 304
HEAD_PX = (340, 296)
CLOTHES = "#5b7fd6"
METAL = frozenset({"robot", "alien"})
"""Faces that have no clothes of their own colour: a coat colours them altogether."""

EDGE_PX = (34, 8)
"""Between which rows above a picture's lower edge its clothes are looked at."""

TORSO, SHOULDER = 112, 168
"""Half widths of the body without and with the arms, in pixels of a glyph."""

UNLIKE_SKIN = 0.20
ROUND_PX = 20
FADE_PX = (34, 8)
"""Between which rows above its lower edge a picture fades into the clothes drawn below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure without forearms and legs."""

    upper: Image
    """On a sheet of WIDTH_PX x GROUND_PX, not yet lit."""

    typical: Floats
    """The colour of the clothes."""

    sleeves: tuple[Floats, Floats]
    """The colours at the edges, left and right."""

    elbow_px: tuple[int, int] = (142, 432)
    """Where the forearms turn: sideways from the middle, and down."""

    rounding: float = 0.2
    """How round it is lit; see `relight`."""


def tailored(subject: Subject, outfit: Outfit, artwork: Artwork) -> Figure:
    """The figure whose face or upper half the subject's glyph shows."""
    is_face = subject.glyph in FACES
    code = subject.coat if subject.coat is not None and subject.coat.startswith("#") else None
    if is_face:
        clothes = colour(code or outfit.clothes or CLOTHES)
        picture, middle = dyed(artwork.part("bust-shoulders"), clothes), 180
    else:
        picture = artwork.glyph(subject.glyph)
        picture = without_board(picture) if outfit.has_board else picture
        middle = middle_of(picture)
    torso = edge_colours(picture, middle, TORSO, outfit.hands)
    if outfit.clothes is not None and not is_face:
        torso = colour(outfit.clothes)[None]
    edge = edge_colours(picture, middle, SHOULDER, outfit.hands)
    upper = np.zeros((GROUND_PX, WIDTH_PX, 4), np.uint8)
    hem = cloth(artwork.part(outfit.hem), torso)
    onto(upper, hem, MIDDLE_PX - hem.shape[1] // 2, HEM_PX)
    onto(upper, rounded_below(picture, middle), MIDDLE_PX - middle, SEAM_PX - picture.shape[0])
    if outfit.badge is not None:
        onto(upper, artwork.part(outfit.badge), MIDDLE_PX - 180, SHOULDERS_PX)
    if is_face:
        face = artwork.glyph(subject.glyph)
        if code is not None and subject.glyph in METAL:
            face = recoat(face, code, warm_only=False)
        head = _fitted(face)
        onto(upper, head, MIDDLE_PX - head.shape[1] // 2, CHIN_PX - head.shape[0])
    return Figure(
        upper=upper,
        typical=np.median(torso, 0).astype(np.float32),
        sleeves=(np.median(edge[:60], 0), np.median(edge[-60:], 0)),
    )


def _fitted(face: Image) -> Image:
    factor = min(HEAD_PX[0] / face.shape[1], HEAD_PX[1] / face.shape[0])
    small = cv2.resize(face, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def middle_of(image: Image) -> int:
    """The column around which the figure in `image` is most symmetrical, whatever it holds."""
    shrunk = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    small = np.asarray(shrunk, np.int32)
    height, width = int(small.shape[0]), int(small.shape[1])
    rows = small[height // 5 : height * 4 // 5]
    reach = 36

    def oddness(axis: int) -> float:
        half = min(axis, width - axis, reach)
        left, right = rows[:, axis - half : axis][:, ::-1], rows[:, axis : axis + half]
        return float(np.mean(np.abs(left - right))) + 2.0 * (reach - half)

    return 4 * min(range(width // 3, width * 2 // 3), key=oddness)


def rounded_below(image: Image, middle: int) -> Image:
    """`image` with its cut-off sleeves rounded and its chest fading into the clothes below."""
    height, width = image.shape[:2]
    solid = cv2.copyMakeBorder(image[..., 3], 0, 2 * ROUND_PX, 0, 0, cv2.BORDER_CONSTANT)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * ROUND_PX + 1, 2 * ROUND_PX + 1))
    kept = cv2.morphologyEx(solid, cv2.MORPH_OPEN, disc)[:height].astype(np.float32) / 255
    x, y = np.arange(width)[None], np.arange(height)[:, None]
    kept[: -2 * ROUND_PX] = 1
    is_chest = np.clip((TORSO - 8 - np.abs(x - middle)) / 8, 0, 1)
    fades = np.clip((height - FADE_PX[1] - y) / (FADE_PX[0] - FADE_PX[1]), 0, 1)
    share = np.where(is_chest > 0, 1 - is_chest + is_chest * fades, kept)
    return cast(Image, (image * share[..., None] + 0.5).astype(np.uint8))


def without_board(image: Image) -> Image:
    """`image` of a teacher without the green board and its pale frame behind."""
    bgr, alpha = straight(image)
    blue, green, red = (bgr[..., k] for k in range(3))
    is_green = (green > red * 1.06) & (green > blue * 1.02)
    is_frame = (red > 0.66) & (blue > 0.32) & (red - blue > 0.12) & (green > blue + 0.06)
    board = (is_green | is_frame | (alpha[..., 0] < 0.5)).astype(np.uint8)
    _, areas = cv2.connectedComponents(cv2.copyMakeBorder(board, 1, 1, 1, 1, 0, value=1))
    outside = areas[1:-1, 1:-1] == areas[0, 0]
    rest = cv2.morphologyEx((~outside).astype(np.uint8), cv2.MORPH_OPEN, np.ones((13, 13)))
    # Bits of the frame in odd colours stand alone: the figure is the largest piece.
    _, pieces, sizes, _ = cv2.connectedComponentsWithStats(rest)
    figure = (pieces == 1 + int(np.argmax(sizes[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    cover = cv2.GaussianBlur(cv2.erode(figure, np.ones((3, 3))).astype(np.float32), (0, 0), 0.8)
    return cast(Image, (image * cover[..., None] + 0.5).astype(np.uint8))


def edge_colours(image: Image, middle: int, half: int, skin: str) -> Floats:
    """The colours (BGR, 0 to 1) of the clothes along the lower edge of `image`, left to right.

    From `middle` - `half` to `middle` + `half`. Hands and gaps take the colours beside them.
    """
    left, right = max(0, middle - half), min(image.shape[1], middle + half)
    band = image[-EDGE_PX[0] : -EDGE_PX[1], left:right]
    bgr, alpha = straight(cast(Image, np.ascontiguousarray(band)))
    is_skin = np.abs(bgr - colour(skin)).max(-1) < UNLIKE_SKIN
    is_cloth = (alpha[..., 0] > 0.98) & ~is_skin
    known = np.flatnonzero(is_cloth.mean(0) > 0.5)
    if known.size < 8:
        return np.repeat(colour("#6a6478")[None], 2 * half, 0).astype(np.float32)
    found = np.stack([np.median(bgr[is_cloth[:, x], x], 0) for x in known.tolist()])
    places = np.arange(2 * half) + middle - half - left
    planes = [np.interp(places, known, found[:, k]) for k in range(3)]
    soft = cv2.blur(np.stack(planes, -1).astype(np.float32)[None], (5, 1))[0]
    return cast(Floats, soft)


def cloth(pattern: Image, colours: Floats) -> Image:
    """A white drawing (premultiplied) dyed in `colours`, which follow its outline row by row."""
    width = pattern.shape[1]
    drawn = pattern[..., 3] > 8
    first = np.argmax(drawn, 1)
    last = width - 1 - np.argmax(drawn[:, ::-1], 1)
    # The outline's own unrest must not shake the stripes.
    edges = [cv2.blur(edge.astype(np.float32)[:, None], (1, 31)) for edge in (first, last)]
    left, right = edges[0].reshape(-1, 1), edges[1].reshape(-1, 1)
    share = (np.arange(width)[None] - left) / np.maximum(right - left, 1)
    places = np.clip(share, 0, 1) * (len(colours) - 1)
    dye = colours[places.astype(int)]
    result = pattern.copy()
    result[..., :3] = np.clip(pattern[..., :3] * dye + 0.5, 0, 255)
    return result
