"""Which of a model's engines makes a film, before it is accepted and when one has failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from matinee.core.errors import InvalidRequest, MatineeError
from matinee.core.route import Capabilities, Marks, Route, Target
from matinee.core.video import Relation, VideoSpec
from matinee.core.wish import VideoWish
from matinee.policy.framing import choose_fps

IsUsable = Callable[[str], bool]
"""Whether the engine of that name is thought to be well."""


def choose_target(
    route: Route, check: Callable[[Target], None], wish: VideoWish, is_usable: IsUsable
) -> Target:
    """The first engine of `route` that can fulfil `wish` and is well.

    If none of those that can is well, the first of them: the film waits for it. `check` raises an
    InvalidRequest for what an engine can't do. Raises the first engine's if none can do it.
    """
    able, refusals = [], []
    for target in in_order(route, watermark=wish.watermark):
        try:
            check(target)
        except InvalidRequest as refusal:
            refusals.append(refusal)
        else:
            able.append(target)
    if not able:
        raise refusals[0] if refusals else _no_clean_engine(route)
    return next((target for target in able if is_usable(target.engine)), able[0])


def in_order(route: Route, *, watermark: bool | None) -> Sequence[Target]:
    """The engines of `route`, those that come into question first.

    `watermark` is what a request says: False takes only films without a mark, True prefers them,
    and None leaves the operator's order. Source: seed 003.
    """
    if watermark is None:
        return route.targets
    if watermark:
        return sorted(route.targets, key=lambda target: target.capabilities.marks is Marks.ALWAYS)
    return [each for each in route.targets if each.capabilities.marks is not Marks.ALWAYS]


def can_make(target: Target, spec: VideoSpec) -> bool:
    """Whether `target` can make the very film of `spec`, which was settled for another engine."""
    able = target.capabilities
    relation = spec.source.relation if spec.source else None
    longest = able.max_extended_seconds if relation is Relation.EXTEND else able.max_seconds
    return (
        spec.size in able.sizes
        and able.min_seconds <= spec.seconds <= longest
        and (relation is None or relation in able.relations)
        and _has_enough_images(spec, able)
        and len(spec.storyboard) <= able.max_scenes
        and len(spec.roles) <= able.max_characters
        and (spec.style is None or target.has_look(spec.style))
        and not (spec.watermark is False and able.marks is Marks.ALWAYS)
    )


def _has_enough_images(spec: VideoSpec, able: Capabilities) -> bool:
    least = 0 if spec.source else able.min_references
    return least <= len(spec.references) <= able.max_references


def spec_for(spec: VideoSpec, engine: str, model: str, route: Route | None) -> VideoSpec:
    """`spec` at the frame rate nearest to its own that its engine offers.

    Only that differs when a film was settled for another engine than makes it in the end.
    """
    targets = route.targets if route is not None else ()
    for target in targets:
        if (target.engine, target.model) == (engine, model):
            return replace(spec, fps=choose_fps(spec.fps, target.capabilities))
    return spec


def _no_clean_engine(route: Route) -> MatineeError:
    return InvalidRequest(
        f"Every engine of the model '{route.model}' marks its films. Leave 'watermark' out, or "
        "send true, which takes a marked film where there is no other.",
        param="watermark",
    )
