"""Where a frame is drawn: textures, and a canvas that draws them only where they show.

A frame is about a hundred warps of textures baked beforehand. Two grids make that quick: a texture
knows which of its cells are empty or solid, and the canvas skips the screen tiles where a texture
is empty or hidden by a nearer one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.affine import Matrix, matrix, translate

Image = NDArray[np.uint8]
"""Premultiplied BGRA, shape (height_px, width_px, 4)."""

Grid = NDArray[np.bool_]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in canvas pixels; right and bottom are outside."""

CELL_PX = 16
TILE_PX = 64
CELLS_PER_TILE = TILE_PX // CELL_PX
LARGE_PX = 40_000
"""Below this many pixels a draw is cheaper than the thought about where it shows."""

GRID_FROM_PX = 30_000
SMALLEST_MIP_PX = 24
MOST_MIPS = 5
INVISIBLE = 0.003
OPAQUE = 0.99


class Texture:
    """A picture to draw from: premultiplied BGRA with smaller copies and an occupancy grid.

    An `opaque` texture fills the whole bounding box of where it is drawn, its edge pixels repeated;
    it is meant for backdrops and floors. An `additive` texture is light: it is added to what is
    there and hides nothing. Whoever passes `pixels` gives them away.

    Everything is made when the texture is, and only arrays are held, so that pickle protocol 5
    keeps all of its memory out of band and several processes may share it.
    """

    __slots__ = ("additive", "height", "mips", "occupied", "opaque", "solid", "width")

    def __init__(self, pixels: Image, *, opaque: bool = False, additive: bool = False) -> None:
        first = np.ascontiguousarray(pixels)
        self.opaque = opaque
        self.additive = additive
        self.height: int = first.shape[0]
        self.width: int = first.shape[1]
        self.mips: list[Image] = [first]
        self.occupied: Image | None = None
        self.solid: Image | None = None
        if not opaque:
            self._add_mips()
            if self.width * self.height > GRID_FROM_PX:
                self._add_grids()

    @property
    def pixels(self) -> Image:
        """The picture at full size."""
        return self.mips[0]

    def mip(self, scaling: float) -> Image:
        """The copy to draw from when a pixel of the full picture becomes `scaling` pixels."""
        level = 0
        while scaling < 0.6 and level + 1 < len(self.mips):
            level += 1
            scaling *= 2
        return self.mips[level]

    def _add_mips(self) -> None:
        while min(self.mips[-1].shape[:2]) > SMALLEST_MIP_PX and len(self.mips) < MOST_MIPS:
            height, width = self.mips[-1].shape[:2]
            size = (max(1, width // 2), max(1, height // 2))
            smaller = cv2.resize(self.mips[-1], size, interpolation=cv2.INTER_AREA)
            self.mips.append(cast(Image, smaller))

    def _add_grids(self) -> None:
        # Filtering reads one pixel around, so occupied cells grow by one and solid ones shrink.
        near = np.ones((3, 3), np.uint8)
        faint = 5 if self.additive else 1
        # No premultiplied colour exceeds its alpha; light has no alpha to go by.
        strongest = self.pixels.max(2) if self.additive else self.pixels[..., 3]
        occupied = (_cells(strongest).max((1, 3)) > faint).astype(np.uint8) * 255
        self.occupied = cast(Image, cv2.dilate(occupied, near))
        if not self.additive:
            full = (_cells(self.pixels[..., 3]).min((1, 3)) == 255).astype(np.uint8) * 255
            edge = cv2.BORDER_CONSTANT
            full = cast(Image, cv2.erode(full, near, borderType=edge, borderValue=(0.0,)))
            self.solid = full if full.any() else None
        if self.solid is None and self.occupied.all():
            self.occupied = None


@dataclass(slots=True)
class _Draw:
    """One texture waiting to be painted."""

    texture: Texture
    image: Image
    mapping: NDArray[np.float64]
    """From the pixels of `image` to the canvas: 2x3, or 3x3 for a quadrilateral."""

    alpha: float
    box: Box
    shows: Grid | None = None
    """The tiles where the texture has something; None means the whole box."""

    covers: Grid | None = None
    """The tiles that the texture fills without a gap."""


class Canvas:
    """A picture under construction, `pixels` (height_px, width_px, 4), BGRA.

    Draws are kept until `finish`, which paints them in order and leaves out what nearer ones hide.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        self.width_px = width_px
        self.height_px = height_px
        self.pixels: Image = np.zeros((height_px, width_px, 4), np.uint8)
        self._columns = -(-width_px // TILE_PX)
        self._rows = -(-height_px // TILE_PX)
        self._waiting: list[_Draw] = []
        self._scratch: dict[str, Image] = {}

    def clear(self) -> None:
        """Forget everything drawn: black, and alpha 0 where nothing will have been drawn."""
        self._waiting.clear()
        self.pixels[:] = 0

    def draw(self, texture: Texture, mapping: Matrix, alpha: float = 1.0) -> None:
        """Draw `texture` where `mapping` (2x3, texture pixels to canvas pixels) puts it."""
        (a, b, x), (c, d, y) = mapping.tolist()
        scaling = math.hypot(a, c)
        if alpha <= INVISIBLE or scaling < 1e-3:
            return
        width, height = texture.width, texture.height
        horizontal = (0.0, a * width, b * height, a * width + b * height)
        vertical = (0.0, c * width, d * height, c * width + d * height)
        box = self._clip(
            min(horizontal) + x, min(vertical) + y, max(horizontal) + x, max(vertical) + y
        )
        if box is None:
            return
        # Things turned edge-on are thin one way only; full smaller copies would blur them.
        image = texture.mip(min(scaling, math.hypot(b, d) * 1.6))
        ratio_x, ratio_y = width / image.shape[1], height / image.shape[0]
        shift_x, shift_y = (ratio_x - 1) * 0.5, (ratio_y - 1) * 0.5
        to_canvas = matrix(
            a * ratio_x,
            b * ratio_y,
            x + a * shift_x + b * shift_y,
            c * ratio_x,
            d * ratio_y,
            y + c * shift_x + d * shift_y,
        )
        item = _Draw(texture, image, to_canvas, alpha, box)
        if _area(box) >= LARGE_PX:
            self._find_tiles(item, mapping)
        self._waiting.append(item)

    def draw_quad(self, texture: Texture, corners: NDArray[np.float64], alpha: float = 1.0) -> None:
        """Draw `texture` in perspective into the quadrilateral `corners`.

        `corners` has shape (4, 2) in canvas pixels: top left, top right, bottom right, bottom left
        of the texture. For walls, floors, road markings; slower than `draw` for large pieces.
        """
        low, high = corners.min(0), corners.max(0)
        box = self._clip(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        if alpha <= INVISIBLE or box is None:
            return
        spread = float((high - low).prod()) / (texture.width * texture.height)
        image = texture.mip(math.sqrt(max(spread, 1e-6)))
        height, width = image.shape[:2]
        source = np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float32)
        mapping = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
        as_floats = cast(NDArray[np.float64], mapping)
        self._waiting.append(_Draw(texture, image, as_floats, alpha, box))

    def paste(self, image: Image, x: int, y: int) -> None:
        """Blend premultiplied `image` over the canvas at whole pixels, after all draws so far."""
        self.finish()
        height, width = image.shape[:2]
        box = self._clip(x, y, x + width, y + height)
        if box is not None:
            left, top, right, bottom = box
            part = np.ascontiguousarray(image[top - y : bottom - y, left - x : right - x])
            self._blend(self.pixels[top:bottom, left:right], part)

    def finish(self) -> Image:
        """Paint all draws so far and return `pixels`, which stay the canvas's own."""
        hidden = np.zeros((self._rows, self._columns), np.bool_)
        seen: list[Grid | None] = []
        for item in reversed(self._waiting):
            seen.append(~hidden if hidden.any() else None)
            if item.covers is not None:
                hidden |= item.covers
        for item, visible in zip(self._waiting, reversed(seen), strict=True):
            self._paint(item, visible)
        self._waiting.clear()
        return self.pixels

    def _clip(self, left: float, top: float, right: float, bottom: float) -> Box | None:
        x0, y0 = max(0, math.floor(left)), max(0, math.floor(top))
        x1, y1 = min(self.width_px, math.ceil(right)), min(self.height_px, math.ceil(bottom))
        return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None

    def _find_tiles(self, item: _Draw, mapping: Matrix) -> None:
        texture = item.texture
        if texture.opaque:
            if item.alpha > OPAQUE:
                item.covers = self._tiles_inside(texture, mapping)
            return
        (a, b, x), (c, d, y) = mapping.tolist()
        # Cells that come out smaller would slip between the places where a tile is looked at.
        if texture.occupied is None or math.hypot(a, c) < 0.5 or math.hypot(b, d) < 0.5:
            return
        size = (self._columns * CELLS_PER_TILE, self._rows * CELLS_PER_TILE)
        cells = matrix(
            a,
            b,
            x / CELL_PX - (a + b) * 0.5 - 0.5,
            c,
            d,
            y / CELL_PX - (c + d) * 0.5 - 0.5,
        )
        occupied = cv2.warpAffine(texture.occupied, cells, size, flags=cv2.INTER_NEAREST)
        item.shows = self._by_tile(occupied).max((1, 3)) > 0
        if texture.solid is not None and item.alpha > OPAQUE:
            solid = cv2.warpAffine(texture.solid, cells, size, flags=cv2.INTER_NEAREST)
            item.covers = self._by_tile(solid).min((1, 3)) > 0

    def _by_tile(self, cells: cv2.typing.MatLike) -> NDArray[np.uint8]:
        shape = (self._rows, CELLS_PER_TILE, self._columns, CELLS_PER_TILE)
        return cast(NDArray[np.uint8], cells).reshape(shape)

    def _tiles_inside(self, texture: Texture, mapping: Matrix) -> Grid:
        """The tiles whose four corners all come from inside the texture."""
        (a, b, x), (c, d, y) = mapping.tolist()
        across = np.minimum(np.arange(self._columns + 1) * TILE_PX, self.width_px)[None] - x
        down = np.minimum(np.arange(self._rows + 1) * TILE_PX, self.height_px)[:, None] - y
        determinant = a * d - b * c
        u = (across * d - down * b) / determinant
        v = (down * a - across * c) / determinant
        inside = (u >= 0) & (u <= texture.width) & (v >= 0) & (v <= texture.height)
        corners = inside[:-1, :-1] & inside[1:, :-1] & inside[:-1, 1:] & inside[1:, 1:]
        return cast(Grid, corners)

    def _paint(self, item: _Draw, visible: Grid | None) -> None:
        left, top, right, bottom = item.box
        columns = slice(left // TILE_PX, -(-right // TILE_PX))
        rows = slice(top // TILE_PX, -(-bottom // TILE_PX))
        if item.shows is None:
            if visible is None or _area(item.box) < LARGE_PX:
                if visible is None or visible[rows, columns].any():
                    self._blit(item, item.box, copies=item.texture.opaque)
                return
            modes = np.full(visible[rows, columns].shape, 2 if item.texture.opaque else 1, np.int8)
        else:
            modes = item.shows[rows, columns].astype(np.int8)
            if item.covers is not None:
                modes[item.covers[rows, columns]] = 2
        if visible is not None:
            modes[~visible[rows, columns]] = 0
        for i0, j0, i1, j1, mode in _rectangles(cast(list[list[int]], modes.tolist())):
            box = (
                max(left, (columns.start + j0) * TILE_PX),
                max(top, (rows.start + i0) * TILE_PX),
                min(right, (columns.start + j1) * TILE_PX),
                min(bottom, (rows.start + i1) * TILE_PX),
            )
            self._blit(item, box, copies=mode == 2)

    def _blit(self, item: _Draw, box: Box, *, copies: bool) -> None:
        left, top, right, bottom = box
        target = self.pixels[top:bottom, left:right]
        size = (right - left, bottom - top)
        if item.mapping.shape[0] == 3:
            warped = self._buffer("warped", (size[1], size[0], 4))
            away = np.vstack((translate(-left, -top), (0.0, 0.0, 1.0))) @ item.mapping
            cv2.warpPerspective(item.image, away, size, warped, cv2.INTER_LINEAR)
        else:
            mapping = item.mapping.copy()
            mapping[0, 2] -= left
            mapping[1, 2] -= top
            if copies and item.alpha > OPAQUE:
                repeat = cv2.BORDER_REPLICATE
                cv2.warpAffine(item.image, mapping, size, target, cv2.INTER_LINEAR, repeat)
                return
            warped = self._buffer("warped", (size[1], size[0], 4))
            edge = cv2.BORDER_REPLICATE if item.texture.opaque else cv2.BORDER_CONSTANT
            cv2.warpAffine(item.image, mapping, size, warped, cv2.INTER_LINEAR, edge)
        if item.texture.additive:
            if item.alpha < OPAQUE:
                cv2.addWeighted(target, 1.0, warped, item.alpha, 0.0, target)
            else:
                cv2.add(target, warped, target)
            return
        if item.alpha < OPAQUE:
            cv2.convertScaleAbs(warped, warped, item.alpha)
        self._blend(target, warped)

    def _blend(self, target: Image, source: Image) -> None:
        """Put premultiplied `source` over `target`, in place."""
        height, width = target.shape[:2]
        alpha = self._buffer("alpha", (height, width))
        rest = self._buffer("rest", (height, width, 4))
        cv2.extractChannel(source, 3, alpha)
        cv2.bitwise_not(alpha, alpha)
        cv2.merge([alpha, alpha, alpha, alpha], rest)
        cv2.multiply(target, rest, target, 1 / 255.0)
        cv2.add(target, source, target)

    def _buffer(self, name: str, shape: tuple[int, ...]) -> Image:
        size = math.prod(shape)
        held = self._scratch.get(name)
        if held is None or held.size < size:
            held = self._scratch[name] = np.empty(size * 6 // 5, np.uint8)
        return held[:size].reshape(shape)


def _area(box: Box) -> int:
    left, top, right, bottom = box
    return (right - left) * (bottom - top)


def _cells(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`plane` as (rows, CELL_PX, columns, CELL_PX), with one empty cell added all around."""
    height, width = plane.shape
    rows, columns = 2 - (-height // CELL_PX), 2 - (-width // CELL_PX)
    padded = np.zeros((rows * CELL_PX, columns * CELL_PX), np.uint8)
    padded[CELL_PX : CELL_PX + height, CELL_PX : CELL_PX + width] = plane
    return padded.reshape(rows, CELL_PX, columns, CELL_PX)


def _rectangles(modes: list[list[int]]) -> Iterator[tuple[int, int, int, int, int]]:
    """Runs of equal modes but 0, like rows joined: top, left, bottom, right, mode."""
    top = 0
    while top < len(modes):
        bottom = top + 1
        while bottom < len(modes) and modes[bottom] == modes[top]:
            bottom += 1
        row, left = modes[top], 0
        while left < len(row):
            right = left + 1
            while right < len(row) and row[right] == row[left]:
                right += 1
            if row[left]:
                yield top, left, bottom, right, row[left]
            left = right
        top = bottom
