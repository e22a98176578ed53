"""The window of a room: what lies and falls outside, frame and curtains, light that comes in."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from matinee.engines.animatic.camera import Camera, place
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.layers import Motes, Sprite
from matinee.engines.animatic.paint import (
    Floats,
    colour,
    floats,
    glow,
    gradient,
    grid,
    noise,
    profile,
    smoothstep,
    starfield,
    to_light,
    to_texture,
)
from matinee.engines.animatic.puppets.jointed import dyed
from matinee.engines.animatic.sets.room.shell import Plane, Room
from matinee.engines.animatic.sets.room.styles import Kind
from matinee.engines.animatic.shading import relight
from matinee.engines.animatic.shots import Weather
from matinee.engines.animatic.staging import Layer

OUTSIDE = 5.2
"""Depth of the view."""

VIEW = (3.6, 2.6)
"""Its width and height in world units."""

BAR = 0.022


def window(room: Room) -> list[Layer]:
    """Everything around the window, from the view outside to the dust in its light."""
    layers: list[Layer] = [_view(room), *_falling(room), _frame(room), *_curtains(room)]
    return [*layers, *_shaft(room)]


def _view(room: Room) -> Sprite:
    """Sky, and hills with trees or a row of roofs, in the light of the hour."""
    draft, hour = room.draft, room.hour
    sharp = draft.px(1.0) / (OUTSIDE - 0.2)
    shape = (round(VIEW[1] * sharp), round(VIEW[0] * sharp))
    _, y = grid(shape)
    flat = np.ascontiguousarray(np.broadcast_to(np.clip(y / 0.62, 0, 1), shape))
    sky = gradient(floats(flat), list(hour.sky))
    if hour.stars:
        sky = floats(sky + starfield(shape, draft.seed("stars"), 90, 2) * np.float32(0.8))
    clouds = smoothstep(
        1 - hour.cover, 1.1 - hour.cover * 0.5, noise(shape, draft.seed("clouds"), (5, 3), 5)
    )
    sky = floats(sky + (colour(hour.cloud_lit) - sky) * (0.8 * clouds * (1 - y))[..., None])
    for index, (low, tall, code) in enumerate(
        ((0.56, 0.1, "#6f9a72"), (0.66, 0.12, "#4f8a4a"), (0.8, 0.1, "#3f7a3c"))
    ):
        outline = low - tall * profile(shape[1], draft.seed(f"hill{index}"), 3 + 2 * index, 5)
        inside = np.clip((y - outline) * shape[0], 0, 1)
        leafy = 0.72 + 0.5 * noise(shape, draft.seed(f"leaves{index}"), 26, 3)
        snow = draft.shot.weather is Weather.SNOW
        ground = hour.shine(colour("#e8f0fa" if snow else code) * leafy[..., None], 0.5)
        ground = hour.hazed(floats(ground), 9.0 - 3 * index)
        sky = floats(sky + (ground - sky) * inside[..., None])
    left, top, right, bottom = room.window
    away = OUTSIDE / room.back
    return Sprite(
        texture=to_texture(floats(np.clip(sky, 0, 0.95))),
        x=(left + right) / 2 * away,
        y=(top + bottom) / 2 * away,
        depth=OUTSIDE,
        height=VIEW[1],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Falling:
    """Rain or snow outside a window. A layer."""

    texture: Texture
    x: float
    y: float
    """The middle of what is seen of it, in world units."""

    depth: float
    height: float
    speed: float
    """Pictures a second."""

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw two copies, one above the other, that move down."""
        left, top, unit = camera.project(self.x, self.y, self.depth)
        fit = self.height * unit / self.texture.height
        fallen = math.modf(self.speed * t)[0]
        for copy in (-1, 0):
            y = top + (copy + fallen) * self.height * unit
            canvas.draw(self.texture, place(self.texture, left, y, fit, 0.0, (0.5, 0.5)))


def _falling(room: Room) -> list[Layer]:
    weather = room.draft.shot.weather
    if weather not in {Weather.RAIN, Weather.SNOW}:
        return []
    left, top, right, bottom = room.window
    made: list[Layer] = []
    for index, depth in enumerate((3.6, 2.7)):
        random = room.draft.layout(f"falling{index}")
        size = (300, 360)
        cover = np.zeros(size, np.float32)
        for x, y, bright in random.random((110, 3)).tolist():
            at = (int(x * size[1]), int(y * size[0]))
            if weather is Weather.RAIN:
                end = (at[0] - 3, at[1] + 18 + 10 * index)
                for shift in (0, -size[0]):
                    cv2.line(
                        cover,
                        (at[0], at[1] + shift),
                        (end[0], end[1] + shift),
                        (0.2 + 0.3 * bright,),
                        1,
                        cv2.LINE_AA,
                    )
            else:
                cv2.circle(cover, at, 1 + index, (0.5 + 0.5 * bright,), -1, cv2.LINE_AA)
        bgr = np.broadcast_to(colour("#dfe9f4"), (*size, 3))
        away = depth / room.back
        made.append(
            Falling(
                texture=to_texture(floats(bgr), cover),
                x=(left + right) / 2 * away,
                y=(top + bottom) / 2 * away,
                depth=depth,
                height=2.1,
                speed=(1.6 + 0.5 * index) if weather is Weather.RAIN else 0.12 + 0.06 * index,
            )
        )
    return made


def _frame(room: Room) -> Sprite:
    """Frame, bars and sill, with a breath of reflection on the panes."""
    left, top, right, bottom = room.window
    border = 0.05
    width, height = right - left + 2 * border, bottom - top + 2 * border + 0.03
    sharp = room.draft.px(1.0) / (room.back - 0.2)
    shape = (round(height * sharp), round(width * sharp))
    x, y = grid(shape)
    across = floats(x * np.float32(width))
    down = floats(y * np.float32(height))
    inner_x = np.minimum(across, width - across) - np.float32(border)
    inner_y = np.minimum(down, floats(height - 0.03 - down)) - np.float32(border)
    edge = np.minimum(inner_x, inner_y)
    bars = np.minimum(np.abs(across - width / 2), np.abs(down - border - 0.36 * (bottom - top)))
    soft = np.float32(sharp)
    solid = np.clip(np.maximum(-edge, BAR / 2 - bars) * soft + 0.5, 0, 1)
    glare = np.clip(
        1 - np.abs(np.mod(across / width + 0.55 * down / height, 0.7) - 0.2) / 0.07, 0, 1
    )
    glare = glare * np.float32(0.1) * (1 - 0.5 * room.lamps)
    alpha = floats(np.maximum(solid, glare))
    wood = colour(room.style.trim) * (0.9 + 0.1 * np.clip(edge * 30, -1, 1))[..., None]
    light = room.ambient * np.float32(1.15) + colour(room.sun_code) * np.float32(0.3)
    lit = np.where(solid[..., None] > 0.02, wood * light, np.float32(1.0))
    sill = (down > height - 0.045)[..., None]
    lit = np.where(sill, lit * np.float32(1.12), lit)
    return Sprite(
        texture=to_texture(floats(np.clip(lit, 0, 0.95)), alpha),
        x=left - border,
        y=top - border,
        depth=room.back - 0.04,
        height=height,
        anchor=(0.0, 0.0),
    )


def _curtains(room: Room) -> list[Layer]:
    left, top, right, bottom = room.window
    cloth = relight(
        dyed(room.draft.artwork.part("curtain"), colour(room.accent)), room.light(), 0.05
    )
    to_floor = room.style.kind is Kind.LIVING and not room.draft.frame.portrait
    height = (room.floor + 0.02 if to_floor else bottom + 0.18) - top
    textures = (Texture(cloth), Texture(np.ascontiguousarray(cloth[:, ::-1])))
    wide = 240 / 640 * height
    rod = np.full((16, 480, 4), 255, np.uint8)
    rod[..., :3] = np.clip(colour("#8a6238") * room.ambient * 255, 0, 255)
    rod[:5] = np.minimum(rod[:5].astype(int) * 3 // 2, 255)
    long = right - left + 0.9 * wide
    layers: list[Layer] = [
        Sprite(
            texture=Texture(rod),
            x=(left + right) / 2,
            y=top - 0.08,
            depth=room.back - 0.05,
            height=long * 16 / 480,
        )
    ]
    for texture, x, u in zip(
        textures, (left - 0.3 * wide, right + 0.3 * wide), (0.0, 1.0), strict=True
    ):
        layers.append(
            Sprite(
                texture=texture,
                x=x,
                y=top - 0.09,
                depth=room.back - 0.06,
                height=height,
                anchor=(u, 0.01),
                rock=0.008,
                pace=0.7,
                phase=0.3 * u,
            )
        )
    return layers


def _shaft(room: Room) -> list[Layer]:
    """Light in the air from the window to the floor, with dust in it."""
    strength = room.sunshine * (1 - 0.75 * room.lamps)
    if strength < 0.12:
        return []
    left, top, right, _ = room.window
    drift = 0.45 * (1.0 if left + right < 0 else -1.0) * 1.3
    x, y = grid((96, 64))
    bars = 1 - 0.5 * np.exp(-(((x - 0.5) / 0.05) ** 2))
    sides = smoothstep(0.0, 0.16, x) * smoothstep(1.0, 0.84, x)
    beam = sides * bars * (1 - y) ** 0.9 * smoothstep(0.0, 0.05, y)
    light: Floats = floats(
        beam[..., None] * colour(room.sun_code) * np.float32(0.4 * min(1.0, strength))
    )
    reach = min(room.floor, room.stage + 0.3)
    shaft = Plane(
        texture=to_light(light),
        points=(
            (left, top, room.back - 0.05),
            (right, top, room.back - 0.05),
            (right + drift, reach, room.back - 1.1),
            (left + drift, reach, room.back - 1.1),
        ),
        depth=room.back - 0.9,
    )
    dust = Motes(
        texture=glow(max(3, room.draft.px(0.01)), room.sun_code, 1.6, 0.3),
        spots=np.asarray(room.draft.layout("dust").random((34, 5))),
        near=0.7,
        far=1.7,
        height=0.014,
        alpha=0.4 * min(1.0, strength),
        twinkle=0.7,
        drift=(0.012, 0.006),
        depth=0.8,
    )
    return [shaft, dust]
