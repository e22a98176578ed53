"""From a spec to the film in sketches, through all the films that it comes out of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from matinee.core.video import Relation, Source, VideoSpec
from matinee.engines.animatic.planner import Brief, outline
from matinee.engines.animatic.revision import revised
from matinee.engines.animatic.shots import Look
from matinee.engines.animatic.sketches import Outline, Sketch

OPENING = 0.45
"""The share of the first shot that stays with a reference image."""

LEAST_TAIL_S, MOST_TAIL_S = 1.0, 2.0
TAIL = 0.25
"""How long the last shot of a film that is extended plays on: a share of what is added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is known of the shots of a film."""

    whole: Outline | None = None
    """All of them, unless an uploaded film is a part of it."""

    ending: Outline | None = None
    """Those that it ends with, from the last time on that it was extended."""


def outline_of(spec: VideoSpec) -> Outline | None:
    """The whole film of `spec` in sketches; None if an uploaded film is a part of it."""
    return _told(spec).whole


def addition_of(spec: VideoSpec, source: Source) -> Outline:
    """What the film of `spec` shows after its source has ended: first, the last shot of that.

    Where the shots of the source are not known, its last picture takes their place.
    """
    return _added(spec, source, _told(source.spec).ending)


def _told(spec: VideoSpec | None) -> Telling:
    # Each film is told once: with many behind it, telling any of them twice would never end.
    if spec is None:
        return Telling()
    source = spec.source
    if source is None:
        planned = outline(brief_of(spec, spec.seconds))
        planned = _opened(planned) if spec.references else planned
        return Telling(whole=planned, ending=planned)
    before = _told(source.spec)
    if source.relation is Relation.EXTEND:
        added = _added(spec, source, before.ending)
        if before.whole is None:
            return Telling(ending=added)
        sketches = (*_with_look(before.whole), *_with_look(added))
        return Telling(whole=replace(added, sketches=sketches), ending=added)
    if before.whole is None:
        return Telling()
    changed = revised(before.whole, brief_of(spec, spec.seconds), newcomers_of(spec))
    is_opened = any(sketch.is_picture for sketch in changed.sketches)
    changed = _opened(changed) if spec.references and not is_opened else changed
    return Telling(whole=changed, ending=changed)


def _added(spec: VideoSpec, source: Source, before: Outline | None) -> Outline:
    seconds = spec.seconds - copied_frames(spec, source) / spec.fps
    tail_s = min(max(TAIL * seconds, LEAST_TAIL_S), MOST_TAIL_S, seconds / 2)
    tail_s = round(tail_s * spec.fps) / spec.fps
    added = outline(brief_of(spec, seconds - tail_s, before))
    if before is None:
        return replace(added, sketches=(_still(added.sketches[0], tail_s), *added.sketches))
    last = _gone_on(before, source, spec.fps)
    tail = replace(last, seconds=tail_s, look=last.look or before.look)
    return replace(added, sketches=(tail, *added.sketches))


def on_the_picture(added: Outline) -> Outline:
    """The addition with the source's last picture where its last shot would go on."""
    first, *rest = added.sketches
    return replace(added, sketches=(_still(first, first.seconds), *rest))


def copied_frames(spec: VideoSpec, source: Source) -> int:
    """How many frames of an extended film are its source's own."""
    return min(round(source.seconds * spec.fps), spec.seconds * spec.fps - 2)


def brief_of(spec: VideoSpec, seconds: float, after: Outline | None = None) -> Brief:
    """What `seconds` of the film of `spec` are planned from."""
    return Brief(
        prompt=spec.prompt,
        seconds=seconds,
        seed=spec.seed,
        look=Look(spec.style) if spec.style else None,
        freedom=spec.freedom,
        scenes=spec.storyboard,
        roles=tuple(role.name for role in spec.roles),
        after=after,
    )


def newcomers_of(spec: VideoSpec) -> tuple[str, ...]:
    """The names of the roles that the film's source did not have."""
    before = spec.source.spec.roles if spec.source and spec.source.spec else ()
    known = {role.name for role in before}
    return tuple(role.name for role in spec.roles if role.name not in known)


def _gone_on(before: Outline, source: Source, fps: int) -> Sketch:
    """The last shot of the source from its end on."""
    spec = source.spec
    last = before.sketches[-1]
    frames = round(before.seconds * fps)
    begun = round((before.seconds - last.seconds) * fps)
    if spec is not None and spec.source is not None and spec.source.relation is Relation.EXTEND:
        frames = spec.seconds * fps - copied_frames(spec, spec.source)
    pace_s = last.seconds if last.pace_s is None else last.pace_s
    return replace(last, lead_s=last.lead_s + (frames - begun) / fps, pace_s=pace_s)


def _still(sketch: Sketch, seconds: float) -> Sketch:
    """A shot of a picture, in no style: the picture has its own."""
    return replace(
        sketch, seconds=seconds, lead_s=0.0, pace_s=None, look=Look.PLAIN, is_picture=True
    )


def _opened(planned: Outline) -> Outline:
    """The film with its first shot in two: one over the reference, one as it was planned."""
    first, *rest = planned.sketches
    opening = replace(first, seconds=first.seconds * OPENING, is_picture=True)
    shown = replace(first, seconds=first.seconds * (1 - OPENING))
    return replace(planned, sketches=(opening, shown, *rest))


def _with_look(planned: Outline) -> tuple[Sketch, ...]:
    return tuple(replace(one, look=one.look or planned.look) for one in planned.sketches)
