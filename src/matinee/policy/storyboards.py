"""How a film's length and the lengths of its scenes are made to agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from matinee.core.errors import InvalidRequest, UnsupportedParameter
from matinee.core.route import Capabilities
from matinee.core.video import Scene
from matinee.core.wish import VideoWish

LEAST_SCENE_S = 0.5
"""Shorter ones are not seen as scenes."""

_DIGITS = 3
"""Lengths are kept to the millisecond."""


def check_storyboard(wish: VideoWish, capabilities: Capabilities) -> None:
    """Raise an InvalidRequest unless the engine can follow the scenes of `wish`."""
    scenes = wish.storyboard
    if not scenes:
        return
    if not capabilities.max_scenes:
        raise UnsupportedParameter(
            "This model follows no storyboard: write all of it into 'prompt'.", param="storyboard"
        )
    if len(scenes) > capabilities.max_scenes:
        raise InvalidRequest(
            f"The storyboard has {len(scenes)} scenes; this model follows at most "
            f"{capabilities.max_scenes}.",
            param="storyboard",
        )
    for number, scene in enumerate(scenes, start=1):
        if scene.seconds is not None and scene.seconds < LEAST_SCENE_S:
            raise InvalidRequest(
                f"Scene {number} lasts {_spelled(scene.seconds)}; a scene lasts at least "
                f"{_spelled(LEAST_SCENE_S)}.",
                param="storyboard",
            )
    if wish.seconds is not None:
        _check_sum(scenes, wish.seconds)


def storyboard_seconds(scenes: Sequence[Scene], otherwise: int) -> int:
    """How many whole seconds a film of `scenes` lasts whose request names no length.

    As long as its scenes, if all of them say how long they are; else `otherwise`, or longer if the
    scenes without a length had no room then. Those are counted like the others on average.
    """
    given = [scene.seconds for scene in scenes if scene.seconds is not None]
    open_count = len(scenes) - len(given)
    if not given:
        return max(otherwise, _whole(LEAST_SCENE_S * open_count))
    if not open_count:
        return _whole(sum(given))
    if otherwise >= sum(given) + open_count:
        return otherwise
    return _whole(sum(given) * len(scenes) / len(given))


def share_seconds(scenes: Sequence[Scene], seconds: int) -> tuple[Scene, ...]:
    """`scenes`, all with a length, that together last `seconds`.

    Those without one share what the others leave. What is missing to a whole second goes to the
    last scene. Raises InvalidRequest if they do not fit.
    """
    if not scenes:
        return ()
    _check_sum(scenes, seconds)
    given = sum(scene.seconds for scene in scenes if scene.seconds is not None)
    open_count = sum(scene.seconds is None for scene in scenes)
    share = round((seconds - given) / open_count, _DIGITS) if open_count else 0.0
    lengths = [share if scene.seconds is None else scene.seconds for scene in scenes]
    lengths[-1] = round(lengths[-1] + seconds - sum(lengths), _DIGITS)
    return tuple(
        replace(scene, seconds=length) for scene, length in zip(scenes, lengths, strict=True)
    )


def prompt_of(wish: VideoWish) -> str:
    """The prompt of `wish`; its scenes, a line each, if it has none of its own."""
    return wish.prompt.strip() or "\n".join(scene.prompt for scene in wish.storyboard)


def _check_sum(scenes: Sequence[Scene], seconds: int) -> None:
    given = [scene.seconds for scene in scenes if scene.seconds is not None]
    open_count = len(scenes) - len(given)
    if open_count:
        if sum(given) + open_count * LEAST_SCENE_S > seconds:
            raise InvalidRequest(
                f"The film lasts {seconds} s, and {_spelled(sum(given))} of it are given to "
                f"scenes: that leaves too little for the other {open_count}.",
                param="storyboard",
            )
    elif _whole(sum(given)) != seconds:
        raise InvalidRequest(
            f"The scenes last {_spelled(sum(given))} together, and the film {seconds} s. Leave "
            "the film's length out, or make the scenes add up to it.",
            param="storyboard",
        )


def _whole(seconds: float) -> int:
    """The next whole second; a sum of decimal fractions may be a little above one."""
    return math.ceil(round(seconds, _DIGITS))


def _spelled(seconds: float) -> str:
    return f"{round(seconds, _DIGITS):g} s"
