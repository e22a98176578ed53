"""Which staging of a set a shot gets: the one it speaks of, else the one of its variant."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from matinee.engines.animatic.sets.outdoors.site import Site
from matinee.engines.animatic.shots import Shot
from matinee.engines.animatic.staging import Set

WORD = re.compile(r"[a-z]+")
BY_DAY = frozenset({"sun", "cloud"})
BY_NIGHT = frozenset({"full-moon", "crescent-moon", "star", "glowing-star"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """One way to build a set."""

    build: Callable[[Site], Set]
    words: frozenset[str] = frozenset()
    """Words of a prompt that ask for it."""

    shows: frozenset[str] = frozenset()
    """Glyphs of things that it paints by itself; a shot that has one of them asks for it too."""


def staged(site: Site, stagings: tuple[Staging, ...]) -> Set:
    """The set of the staging that fits the site's shot."""
    staging = chosen(site.draft.shot, stagings)
    lamps = BY_NIGHT if site.hour.night else BY_DAY
    return replace(staging.build(site), shows=staging.shows | lamps)


def chosen(shot: Shot, stagings: tuple[Staging, ...]) -> Staging:
    """The staging whose words or things the shot names most of, else that of its variant."""
    said = frozenset(WORD.findall(shot.text.lower()))
    props = frozenset(prop.glyph for prop in shot.props)
    wishes = [len(said & one.words) + len(props & one.shows) for one in stagings]
    most = max(wishes)
    # Where nothing speaks for any staging, or all alike, the variant decides.
    if most == 0 or len(set(wishes)) == 1:
        return stagings[shot.variant % len(stagings)]
    fitting = [one for one, wish in zip(stagings, wishes, strict=True) if wish == most]
    return fitting[shot.variant % len(fitting)]
