"""Shading: flat artwork made round by a scene's light, coats of fur, shadows, planets and balls."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import Floats, colour, grid, noise, smoothstep
from matinee.engines.animatic.staging import Light

LUMA = np.array((0.114, 0.587, 0.299), np.float32)
FUR = 0.72
"""The usual brightness of what a coat colours."""

DARKEST = 0.25
"""A thing darker than this keeps some of its darkness in any colour."""


def relight(image: Image, light: Light, depth: float = 0.2) -> Image:
    """`image` (premultiplied) lit as if it were round: ambient, key light and a rim.

    The silhouette is inflated to a height field; `depth` is the width of the rounding as a share of
    the shorter side: 0.2 for bodies, 0.05 for panels. Costs about 6 ms for 512 x 512.
    """
    height, width = image.shape[:2]
    # Light changes slowly: half the resolution is enough for large pictures.
    halves = 2 if min(height, width) >= 160 else 1
    small = (max(1, width // halves), max(1, height // halves))
    alpha = cv2.resize(image[..., 3], small, interpolation=cv2.INTER_AREA)
    normal_x, normal_y, normal_z = _normals(cast(Image, alpha), max(4 / halves, depth * min(small)))
    towards = np.array(light.direction, np.float32)
    towards /= np.linalg.norm(towards)
    sideways = normal_x * towards[0] + normal_y * towards[1]
    facing = np.clip(sideways + normal_z * towards[2], 0, 1)
    fringe = (1 - normal_z) ** 2 * np.clip(sideways + np.float32(0.25), 0, 1)
    key = colour(light.key) * np.float32(light.strength * 1.35)
    ambient, rim = colour(light.ambient), colour(light.rim) * np.float32(light.rim_strength)
    lit = _planes([ambient[k] + facing * key[k] for k in range(3)], 127.5, rest=128)
    edge = _planes([fringe * rim[k] for k in range(3)], 255, rest=0)
    if halves > 1:
        lit = cast(Image, cv2.resize(lit, (width, height)))
        edge = cast(Image, cv2.resize(edge, (width, height)))
    own = np.ascontiguousarray(image[..., 3])
    cover = cv2.merge([own, own, own, own])
    shaded = cv2.multiply(image, lit, scale=2 / 255.0)
    shaded = cv2.add(shaded, cv2.multiply(edge, cover, scale=1 / 255.0))
    result = cast(Image, cv2.min(shaded, cover))
    result[..., 3] = own
    return result


def _normals(alpha: Image, radius: float) -> tuple[Floats, Floats, Floats]:
    inside = cv2.distanceTransform((alpha > 110).astype(np.uint8), cv2.DIST_L2, 3)
    share = np.minimum(cast(Floats, inside) / np.float32(radius), np.float32(1))
    dome = cv2.sqrt(share * (2 - share)) * np.float32(radius)
    dome = cv2.GaussianBlur(dome, (0, 0), radius * 0.16)
    slope_x = cast(Floats, cv2.Sobel(dome, cv2.CV_32F, 1, 0, ksize=3, scale=0.125))
    slope_y = cast(Floats, cv2.Sobel(dome, cv2.CV_32F, 0, 1, ksize=3, scale=0.125))
    upright = cast(Floats, 1 / np.sqrt(slope_x * slope_x + slope_y * slope_y + 1))
    return -slope_x * upright, -slope_y * upright, upright


def _planes(values: list[Floats], factor: float, *, rest: int) -> Image:
    planes = [np.clip(plane * np.float32(factor), 0, 255).astype(np.uint8) for plane in values]
    return cast(Image, cv2.merge([*planes, np.full_like(planes[0], rest)]))


def straight(image: Image) -> tuple[Floats, Floats]:
    """Straight BGR colours (0 to 1) and alpha (height, width, 1) of premultiplied pixels."""
    alpha = np.maximum(image[..., 3:], 1).astype(np.float32) / np.float32(255)
    return np.clip(image[..., :3] / np.float32(255) / alpha, 0, 1), alpha


def recoat(image: Image, coat: str, *, warm_only: bool = True) -> Image:
    """`image` with its fur in the colour `coat` (`#rrggbb`); eyes, nose and tongue stay.

    `warm_only` takes for fur what is yellow to brown, as in most animal glyphs; otherwise all that
    is not dark.
    """
    bgr, alpha = straight(image)
    brightness = bgr @ LUMA
    if not warm_only:
        # Fur is bright; a thing of any colour takes the new one as its usual brightness.
        solid = brightness[alpha[..., 0] > 0.5]
        usual = float(np.median(solid)) if solid.size else FUR
        brightness = brightness * np.float32(FUR / max(usual, DARKEST))
    fur = smoothstep(0.14, 0.28, brightness)
    if warm_only:
        hue = cast(Floats, cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV))[..., 0]
        # Soft limits: a hard one leaves blotches where the artwork's hue wavers.
        fur = fur * smoothstep(2, 18, hue) * smoothstep(60, 46, hue)
    share = cv2.GaussianBlur(fur, (0, 0), 2.0)[..., None]
    target = colour(coat)
    level = np.clip(brightness / np.float32(FUR), 0, 1.25)[..., None]
    lighter = target + (1 - target) * (level - 1) * np.float32(2.2)
    painted = np.where(level < 1, target * level, lighter)
    return _repainted(image, bgr * (1 - share) + painted * share, alpha)


def calico(image: Image, seed: int) -> Image:
    """`image` with a coat of white, orange and black patches; eyes and nose stay."""
    bgr, alpha = straight(image)
    height, width = image.shape[:2]
    brightness = bgr @ LUMA
    shades = cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)
    fur = (shades[..., 0] > 14) & (shades[..., 0] < 60) & (shades[..., 1] > 0.25)
    fur &= brightness > 0.35
    share = cv2.GaussianBlur(fur.astype(np.float32), (0, 0), 1.6)[..., None]
    x, y = (2 * place - 1 for place in grid((height, width)))
    level = np.clip(brightness / np.float32(0.75), 0, 1.15)[..., None]
    coat = colour("#fbf4ea") * level
    for index, (code, side) in enumerate((("#e98a35", -0.9), ("#3a322f", 0.9))):
        blotches = noise((height, width), seed + index, 2.2, 3, 0.45)
        place = np.clip(0.41 + x * side - y * 0.75, 0, 1)
        mask = (blotches * 0.35 + place * 0.65).astype(np.float32)
        patch = smoothstep(0.56, 0.60, mask)
        coat = coat * (1 - patch[..., None]) + colour(code) * level * patch[..., None]
    return _repainted(image, bgr * (1 - share) + coat * share, alpha)


def _repainted(image: Image, bgr: Floats, alpha: Floats) -> Image:
    result = image.copy()
    result[..., :3] = np.clip(bgr * alpha * 255, 0, 255)
    return result


def tinted(image: Image, code: str, share: float) -> Image:
    """`image` with `share` (0 to 1) of its colours replaced by one: haze, silhouettes."""
    alpha = image[..., 3:].astype(np.float32)
    blended = image[..., :3] * np.float32(1 - share) + alpha * colour(code) * np.float32(share)
    result = image.copy()
    result[..., :3] = np.clip(blended, 0, 255)
    return result


def typical_colour(image: Image) -> Floats:
    """The colour (BGR) that most of a picture has, its blacks and whites left aside."""
    solid = image[image[..., 3] > 250][:, :3].astype(np.float32)
    if not solid.size:
        return np.full(3, 0.5, np.float32)
    level = solid.mean(1)
    middle = solid[(level > 60) & (level < 250)]
    return cast(Floats, np.median(middle if middle.size else solid, 0).astype(np.float32) / 255)
