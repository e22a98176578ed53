"""The ground of a street: asphalt, pavements, markings, and the light of lamps on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Image
from matinee.engines.animatic.paint import Floats, colour, floats, smoothstep
from matinee.engines.animatic.sets.outdoors.fields import seamless
from matinee.engines.animatic.sets.outdoors.hours import Hour
from matinee.engines.animatic.sets.outdoors.plane import (
    NEAREST_S,
    GroundPainting,
    dithered,
    horizon_row,
    meet,
)
from matinee.engines.animatic.staging import Draft

PERIOD = 2.5
"""World units after which a street's ground repeats sideways."""

GROUND_DEPTH = 80.0
"""Its place among the layers: behind all houses, which hide it."""

ROWS_AT_ONCE = 48
BEYOND_WALLS = 0.12
"""Houses stand back from the wall line by less than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a street runs, in world units."""

    level: float
    kerb: float
    """Distance of the kerbs from the middle of the street."""

    wall: float
    """Distance of the houses; for a street seen from the side, the depth of theirs."""

    along: bool
    """Whether it runs away from us; else it runs from left to right."""

    near_kerb: float = 0.0
    """For a street seen from the side: the depths between which the roadway lies."""

    far_kerb: float = 0.0


def lay(bgr: Floats, code: str | Floats, share: Floats) -> None:
    """Replace `share` (rows, columns) of `bgr` by a colour or a picture, in place."""
    touched = np.flatnonzero(share.any(1))
    if not touched.size:
        return
    rows = slice(int(touched[0]), int(touched[-1]) + 1)
    other = colour(code) if isinstance(code, str) else code
    part = bgr[rows]
    change = (other[rows] if other.ndim == 3 else other) - part
    change *= share[rows, :, None]
    part += change


class Paving:
    """The surfaces of a street while they are painted, row by row of the ground's picture."""

    def __init__(self, draft: Draft, course: Course) -> None:
        self.painting = GroundPainting(draft, course.level)
        self.course = course
        # A street is narrow: half of the usual ground's picture is enough.
        self.painting.columns //= 2
        self.painting.x = self.painting.x[:, : self.painting.columns]
        half = np.float32(PERIOD / 2)
        x = np.mod(self.painting.x + half, np.float32(PERIOD)) - half
        self.x: Floats = np.repeat(floats(x), self.painting.rows, 0)
        """World x of every place, from -PERIOD / 2 to PERIOD / 2."""

        self.z: Floats = np.repeat(self.painting.z, self.painting.columns, 1)
        self.pixel: Floats = floats(self.painting.z / np.float32(draft.frame.unit_px))
        """How large a pixel is where it is seen, (rows, 1)."""

        self.shape = self.x.shape
        fine = self.painting.sampled(seamless(draft.seed("grit"), 256, 60.0, 0.5), 12)
        patchy = self.painting.sampled(seamless(draft.seed("patches"), 256, 3.0, 1.7), 2, 1.6)
        self.patches: Floats = patchy
        self.tone: Floats = floats(0.78 + 0.26 * fine + 0.2 * (patchy - 0.5))

    def between(self, values: Floats, low: float, high: float) -> Floats:
        """1 where `values` lie between two limits, with edges one pixel soft."""
        soft = np.maximum(self.pixel, np.float32(1e-4))
        into = np.clip((values - np.float32(low)) / soft + np.float32(0.5), 0, 1)
        out = np.clip((np.float32(high) - values) / soft + np.float32(0.5), 0, 1)
        return floats(into * out)

    def joints(self, values: Floats, step: float, wide: float) -> Floats:
        """Thin lines every `step`; they fade where they would be finer than a pixel."""
        away = np.abs(np.mod(values, np.float32(step)) - np.float32(step / 2))
        line = np.clip((np.float32(wide) - away) / np.maximum(self.pixel, 1e-4) + 0.5, 0, 1)
        return floats(line * np.clip(1.6 - self.pixel * 5 / np.float32(step), 0, 1))

    @property
    def off_road(self) -> tuple[Floats, Floats]:
        """How far every place is beyond the kerb, in world units, and along the street."""
        course = self.course
        if course.along:
            return floats(np.abs(self.x) - np.float32(course.kerb)), self.z
        beyond = np.maximum(np.float32(course.near_kerb) - self.z, self.z - course.far_kerb)
        return floats(beyond), self.x


def surface(paved: Paving, *, cobbled: bool, snow: bool) -> Floats:
    """The colours (rows, columns, 3) of a street's ground in plain light."""
    course = paved.course
    beyond, along = paved.off_road
    bgr = floats(colour("#9a8d80" if cobbled else "#60636c") * paved.tone[..., None])
    if cobbled:
        joints = np.maximum(
            paved.joints(_staggered(paved), 0.0625, 0.0035), paved.joints(paved.z, 0.05, 0.003)
        )
        bgr *= 1 - np.float32(0.3) * joints[..., None]
    else:
        _marked(paved, bgr)
    pavement = colour("#beb2a4" if cobbled else "#aca8a6") * paved.tone[..., None]
    slabs = np.maximum(paved.joints(beyond, 0.14, 0.003), paved.joints(along, 0.25, 0.003))
    pavement *= 1 - np.float32(0.3) * slabs[..., None]
    lay(bgr, floats(pavement), paved.between(beyond, 0.02, 9))
    lay(bgr, "#c4c0b8", paved.between(beyond, 0.0, 0.022))
    lay(bgr, "#24262c", paved.between(beyond, -0.02, 0.0) * np.float32(0.65))
    if snow:
        lying = smoothstep(-0.15, 0.1, floats(beyond + 0.25 * (paved.patches - 0.5)))
        tracks = np.abs(paved.x if course.along else paved.z - 1.6)
        lying = np.maximum(lying, 0.75 * smoothstep(0.05, 0.16, floats(np.abs(tracks - 0.2))))
        lay(bgr, "#c2c8d4", floats(lying * np.float32(0.92)))
    return bgr


def _staggered(paved: Paving) -> Floats:
    """World x, shifted by half a stone in every second row of stones."""
    return floats(paved.x + 0.03125 * np.mod(np.floor(paved.z / 0.05), 2))


def _marked(paved: Paving, bgr: Floats) -> None:
    """Asphalt with a broken middle line, and a crossing where the figures walk."""
    paint = "#d8d6cc"
    course = paved.course
    worn = np.clip(paved.tone * 1.25 - 0.28, 0.3, 0.9)
    if course.along:
        crossing = paved.between(paved.z, 0.86, 1.28) * paved.between(
            floats(np.abs(paved.x)), 0.0, course.kerb - 0.05
        )
        bars = paved.between(floats(np.mod(paved.x + 0.945, 0.18)), 0.0, 0.09)
        dashes = paved.between(floats(np.abs(paved.x)), 0, 0.014) * (np.mod(paved.z, 0.6) < 0.3)
        lines = np.maximum(crossing * bars, dashes * (paved.z > 1.4))
    else:
        middle = (course.near_kerb + course.far_kerb) / 2
        dashes = paved.between(paved.z, middle - 0.02, middle + 0.02)
        lines = dashes * paved.between(floats(np.mod(paved.x + PERIOD, 0.625)), 0.0, 0.33)
    lay(bgr, paint, floats(lines * worn))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Light on the ground, below a lamp or before a shop."""

    x: float
    z: float
    radius: float
    code: str
    strength: float


def lit_ground(
    paved: Paving, bgr: Floats, hour: Hour, sunlit: Floats | float, pools: list[Pool]
) -> Roadway:
    """The ground under the sky, the sun where `sunlit` is 1, and lamps."""
    painting = paved.painting
    lamps = np.zeros((paved.shape[0] // 4 + 1, paved.shape[1] // 4 + 1, 3), np.float32)
    x, z = paved.x[::4, ::4], paved.z[::4, ::4]
    lamps = lamps[: x.shape[0], : x.shape[1]]
    for pool in pools:
        distance = ((x - pool.x) ** 2 + (z - pool.z) ** 2) / np.float32(pool.radius**2)
        lamps += (np.exp(-distance) * np.float32(pool.strength))[..., None] * colour(pool.code)
    light = cv2.resize(lamps, paved.shape[::-1], interpolation=cv2.INTER_LINEAR)
    facing = np.broadcast_to(np.asarray(sunlit, np.float32), paved.shape)
    incoming = hour.ambient_light + facing[..., None] * hour.key_light
    lit = floats(np.clip(bgr * (incoming + light), 0, 0.95))
    picture = dithered(painting.softened(hour.hazed(lit, np.minimum(painting.z, 60.0))))
    course = paved.course
    half_width = course.wall + BEYOND_WALLS if course.along else math.inf
    return Roadway(picture=picture, level=course.level, half_width=half_width)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roadway:
    """The opaque ground of a street, down from the horizon. A layer."""

    picture: Image
    """Rows from the horizon down, evenly spaced in 1 / depth; columns are PERIOD wide."""

    level: float
    half_width: float = math.inf
    """How far from the middle it is seen at most."""

    def depth_at(self, t: float) -> float:
        """Its place among the layers."""
        return GROUND_DEPTH

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Fill the frame below the horizon."""
        pixels = canvas.finish()
        # A few rows at a time stay in the processor's cache.
        for first in range(horizon_row(camera), canvas.height_px, ROWS_AT_ONCE):
            last = min(first + ROWS_AT_ONCE, canvas.height_px)
            self._fill(pixels[first:last], camera, (first, last))

    def _fill(self, target: Image, camera: Camera, rows: tuple[int, int]) -> None:
        seen = meet(camera, self.level, rows)
        columns = self._columns(camera, rows[1])
        height, width = self.picture.shape[:2]
        u = seen.x[:, columns] * np.float32(width / PERIOD)
        last = np.float32(height - 1)
        row = np.float32(height / NEAREST_S) / seen.z - np.float32(0.5)
        # Nearer than painted, it mirrors.
        row = last - np.abs(last - np.clip(row, 0, 2 * last))
        v = np.repeat(floats(row), u.shape[1], 1)
        wrap = cv2.BORDER_WRAP
        target[:, columns] = cv2.remap(self.picture, u, v, cv2.INTER_LINEAR, None, wrap)

    def _columns(self, camera: Camera, row: int) -> slice:
        """The columns above pixel `row` that houses leave to be seen."""
        width = camera.frame.width_px
        if math.isinf(self.half_width):
            return slice(0, width)
        slope = (row - camera.frame.height_px / 2) / max(0.02, self.level - camera.y)
        left = width / 2 - (self.half_width + camera.x) * slope
        right = width / 2 + (self.half_width - camera.x) * slope
        return slice(max(0, math.floor(left)), min(width, math.ceil(right)))
