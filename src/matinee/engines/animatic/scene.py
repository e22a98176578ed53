"""A scene: one shot, built. Its frames are pure functions of the time since the shot began."""

from __future__ import annotations

import math
from collections.abc import Iterable

from matinee.engines.animatic.actors import (
    ALOFT,
    OVERTAKE,
    SPEEDS,
    Actor,
    Floater,
    Travel,
    floating_box,
    herd,
    scattered,
)
from matinee.engines.animatic.artwork import Artwork, ArtworkMissing
from matinee.engines.animatic.camera import Camera, Frame, camera_at
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.layers import Sprite
from matinee.engines.animatic.paint import blot, seed_of
from matinee.engines.animatic.post import Planes, Post
from matinee.engines.animatic.puppets import make_puppet
from matinee.engines.animatic.sets import SETS
from matinee.engines.animatic.shading import recoat, relight
from matinee.engines.animatic.shots import CameraMove, Prop, Shot, Subject
from matinee.engines.animatic.staging import Draft, Layer, Look, Set
from matinee.engines.animatic.tint import Tint
from matinee.engines.animatic.weather import weather_layers

PROP_HEIGHT = 0.15
"""World height of a prop, at depth 1."""

ALONE = 1.6
"""How much larger a floating prop is that is the only one of its kind."""

UPRIGHT = frozenset({
    "balloon", "hot-air-balloon", "red-paper-lantern", "kite", "parachute", "candle", "butterfly",
})  # fmt: skip
"""Props that hang or rise instead of tumbling."""

SHADOW_PX = 64

SLOWEST = 3.0
"""By how much a traveller may be slowed to get by with the room there is."""


class Scene:
    """A built shot. It pickles (protocol 5, all textures out of band) and is never changed."""

    def __init__(
        self, draft: Draft, stage: Set, layers: Iterable[Layer], look: Look | None = None
    ) -> None:
        shot, frame = draft.shot, draft.frame
        self.frame = frame
        self.seconds = shot.paced_s
        self._move = shot.camera
        self._sway = stage.sway
        self._layers = tuple(layers)
        self._overlays = stage.overlays
        self._post = Post(frame, stage.grade)
        self._travel: Travel | None = None
        self._look = look
        self._tint = Tint(shot.palette) if shot.palette else None
        for layer in self._layers:
            if isinstance(layer, Actor) and layer.travel is not None:
                self._travel = layer.travel

    def camera(self, t: float) -> Camera:
        """The camera `t` seconds into the shot: its move, and the walker it follows."""
        progress = t / self.seconds
        if self._travel is None:
            return camera_at(self.frame, self._move, progress, t, self._sway)
        move = self._move
        if move in {CameraMove.PAN_LEFT, CameraMove.PAN_RIGHT}:
            # Following is a pan already; a second one would lose the walker.
            move = CameraMove.STATIC
        camera = camera_at(self.frame, move, progress, t, self._sway)
        return camera.moved(x=self._travel.camera_x(t))

    def draw(self, canvas: Canvas, t: float) -> None:
        """Draw the picture at `t` seconds on `canvas`, which must have the scene's size."""
        canvas.clear()
        camera = self.camera(t)
        for layer in sorted(self._layers, key=lambda layer: -layer.depth_at(t)):
            layer.draw(canvas, camera, t)
        for layer in self._overlays:
            layer.draw(canvas, camera, t)
        canvas.finish()

    def finish(self, canvas: Canvas, t: float) -> Planes:
        """The finished picture as I420, uint8 (height_px * 3 / 2, width_px), with the look."""
        if self._look is not None:
            self._look.paint(canvas, t)
        planes = self._post.convert(canvas.finish())
        if self._tint is not None:
            self._tint.grade(planes)
        if self._look is not None:
            self._look.grade(planes, t)
        return planes


def build_scene(shot: Shot, frame: Frame, artwork: Artwork, look: Look | None = None) -> Scene:
    """Build `shot` for a frame size: its set, figures, props and weather, in the style of `look`.

    Takes up to about a second. The same shot gives the same staging at every frame size.
    Raises ArtworkMissing if a subject names artwork that does not exist.
    """
    draft = Draft(shot, frame, artwork)
    stage = SETS[shot.setting](draft)
    layers = (
        *stage.layers,
        *figure_layers(draft, stage),
        *weather_layers(shot, frame, stage.light),
    )
    return Scene(draft, stage, layers, look)


def figure_layers(draft: Draft, stage: Set) -> tuple[Layer, ...]:
    """The figures and props of the draft's shot on `stage`.

    Raises ArtworkMissing if a subject names artwork that does not exist.
    """
    return (*_actors(draft, stage), *_props(draft, stage))


def _actors(draft: Draft, stage: Set) -> list[Actor]:
    shot = draft.shot
    cast = [subject for subject in shot.subjects for _ in range(subject.count)]
    if not cast:
        return []
    shadow = blot(SHADOW_PX, stage.shadow) if stage.floor_y is not None else None
    travel = _travel(shot, stage)
    phases = draft.layout("phases").random(len(cast)).tolist()
    marks = (
        stage.marks
        if len(cast) <= len(stage.marks)
        else herd(draft.frame, draft.layout("herd"), len(cast))
    )
    # Many figures at once become smaller, so that all of them are seen.
    crowd = min(1.0, 1.5 / math.sqrt(len(cast)))
    puppets = {
        subject: make_puppet(subject, stage.light, draft.artwork, seed_of(shot.seed, subject.noun))
        for subject in shot.subjects
    }
    return [
        Actor(
            puppet=puppets[subject],
            mark=marks[index],
            height=stage.figure_height * subject.size * crowd,
            floor_y=stage.floor_y,
            action=subject.action,
            travel=travel if subject.action in SPEEDS else None,
            path=stage.path if index == 0 and _may_leave(subject, stage) else None,
            shadow=shadow,
            phase=phases[index],
        )
        for index, subject in enumerate(cast)
    ]


def _may_leave(subject: Subject, stage: Set) -> bool:
    return stage.floor_y is None or subject.action in ALOFT


def _travel(shot: Shot, stage: Set) -> Travel | None:
    speeds = [SPEEDS[subject.action] for subject in shot.subjects if subject.action in SPEEDS]
    if not speeds or stage.path is not None:
        return None
    # A little slower is better than to turn round: the turn of a flat figure shows its edge.
    unhurried = 2 * (stage.reach + OVERTAKE) / shot.paced_s
    speed = min(speeds)
    if speed / SLOWEST < unhurried:
        speed = min(speed, unhurried)
    return Travel(speed=speed, seconds=shot.paced_s, reach=stage.reach)


def _props(draft: Draft, stage: Set) -> list[Layer]:
    layers: list[Layer] = []
    for prop in draft.shot.props:
        if prop.glyph in stage.shows:
            continue
        try:
            texture = _prop_texture(draft, stage, prop)
        except ArtworkMissing:
            # A prop only dresses the shot; without its picture the shot still plays.
            continue
        if prop.floats or stage.floor_y is None:
            layers.extend(_floating(draft, prop, texture))
        else:
            layers.extend(_standing(draft, prop, texture, stage.floor_y))
    return layers


def _prop_texture(draft: Draft, stage: Set, prop: Prop) -> Texture:
    image = draft.artwork.glyph(prop.glyph)
    if prop.coat is not None:
        image = recoat(image, prop.coat, warm_only=False)
    return Texture(relight(image, stage.light))


def _floating(draft: Draft, prop: Prop, texture: Texture) -> list[Layer]:
    random = draft.layout(f"prop/{prop.noun}")
    box = floating_box(draft.frame)
    # A thing of its kind alone is to be seen, not to be searched for.
    height = PROP_HEIGHT * (ALONE if prop.count == 1 else 1.0)
    layers: list[Layer] = []
    for x, y, z, phase in scattered(random, prop.count):
        depth = 0.62 + 1.5 * z
        drift = random.normal(0, 1, 2) * (0.11, 0.08)
        layers.append(
            Floater(
                texture=texture,
                start=(x * box[0] * depth, y * box[1] * depth, depth),
                speed=(float(drift[0]), float(drift[1])),
                box=box,
                height=height * float(random.uniform(0.8, 1.15)),
                spin=float(random.normal(0, 0.8)),
                phase=phase,
                is_upright=prop.glyph in UPRIGHT,
            )
        )
    return layers


def _standing(draft: Draft, prop: Prop, texture: Texture, floor_y: float) -> list[Layer]:
    random = draft.layout(f"prop/{prop.noun}")
    half = draft.frame.half_width * 0.9
    layers: list[Layer] = []
    for x, _, z, phase in scattered(random, prop.count):
        depth = 0.9 + 0.9 * z
        # The middle belongs to the figures: push what stands in front of them aside.
        aside = math.copysign(0.28 + 0.72 * abs(x), x) * half
        layers.append(
            Sprite(
                texture=texture,
                x=aside * depth,
                y=floor_y,
                depth=depth,
                height=PROP_HEIGHT * 1.5,
                anchor=(0.5, 0.97),
                rock=0.02,
                phase=phase,
            )
        )
    return layers
