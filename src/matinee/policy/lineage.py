"""Films that come out of others: what they keep of their source, and how far that may go."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from matinee.core.errors import InvalidRequest, MissingParameter, UnsupportedParameter
from matinee.core.route import Capabilities, Route
from matinee.core.video import Relation, Source, VideoSpec
from matinee.core.wish import SourceWish, VideoWish

MAX_LINEAGE = 32
"""How many films a film and those behind it may be together."""

MAX_LINEAGE_CHARACTERS = 200_000
"""How long the prompts of all of them may be: the newest film's row holds them."""

LEAST_SEGMENT_S, MOST_SEGMENT_S = 1, 20
"""What one extension adds. Source: OpenAI's guide; it offers 4 to 20 in steps of four."""

_SLACK_S = 0.1
"""Films of whole seconds are often a frame longer."""

_VERBS = {Relation.REMIX: "remix", Relation.EDIT: "edit", Relation.EXTEND: "extend"}


def check_relation(relation: Relation, route: Route, routes: Sequence[Route], param: str) -> None:
    """Raise UnsupportedParameter, naming the models that can, unless that of `route` can."""
    if relation in route.capabilities.relations:
        return
    able = [each.model for each in routes if relation in each.capabilities.relations]
    listed = ", ".join(f"'{model}'" for model in able) or "none"
    raise UnsupportedParameter(
        f"The model '{route.model}' can't {_VERBS[relation]} films. Models that can: {listed}.",
        param=param,
    )


def check_source_wish(wish: VideoWish, capabilities: Capabilities) -> None:
    """Raise an InvalidRequest unless what `wish` says goes together with its source."""
    if wish.source is None or wish.source.relation is not Relation.EXTEND:
        return
    if wish.seconds is None:
        raise MissingParameter(
            "Missing required parameter: 'seconds', the length of what is added.", param="seconds"
        )
    most = min(MOST_SEGMENT_S, capabilities.max_seconds)
    if not LEAST_SEGMENT_S <= wish.seconds <= most:
        raise InvalidRequest(
            f"Invalid value: '{wish.seconds}'. Supported values are: whole seconds from "
            f"{LEAST_SEGMENT_S} to {most}, which is what one extension adds.",
            param="seconds",
        )
    if wish.references:
        raise _not_with_extensions("image", wish.references[0].param)
    if wish.characters:
        raise _not_with_extensions("character", wish.characters[0].param)
    if wish.character_clip is not None:
        raise _not_with_extensions("character", wish.character_clip.param)
    if wish.storyboard:
        raise _not_with_extensions("storyboard", "storyboard")


def check_source(
    source: Source, wish: SourceWish, capabilities: Capabilities, seconds: int | None
) -> None:
    """Raise an InvalidRequest if no more can come out of `source`, or nothing so long.

    `seconds` is what an extension adds.
    """
    films = list(_lineage(source))
    if len(films) >= MAX_LINEAGE:
        raise InvalidRequest(
            f"{len(films)} films stand behind this one already, each made from the one before; "
            f"{MAX_LINEAGE} are the most. Go on from an earlier one, or upload the film.",
            param=wish.param,
        )
    if sum(_characters(spec) for spec in films) > MAX_LINEAGE_CHARACTERS:
        raise InvalidRequest(
            f"The prompts of the films behind this one have more than {MAX_LINEAGE_CHARACTERS} "
            "characters together. Upload the film instead of naming its id.",
            param=wish.param,
        )
    most = capabilities.max_extended_seconds
    if source.relation is not Relation.EXTEND:
        if source.seconds > most + _SLACK_S:
            raise InvalidRequest(
                f"The film is {source.seconds:g} s long; at most {most} s are taken.",
                param=wish.param,
            )
        return
    if source.extensions >= capabilities.max_extensions:
        raise InvalidRequest(
            f"The film was extended {source.extensions} times already; "
            f"{capabilities.max_extensions} times are the most.",
            param=wish.param,
        )
    whole = extended_seconds(source, seconds or 0)
    if whole > most:
        raise InvalidRequest(
            f"The film is {source.seconds:g} s long; with {seconds} s more it would be longer than "
            f"the {most} s that an extended film may be.",
            param="seconds",
        )


def extended_seconds(source: Source, seconds: int) -> int:
    """The length of `source` and `seconds` more, in whole seconds; never less than was asked."""
    return math.ceil(source.seconds - _SLACK_S) + seconds


def kept_seconds(source: Source, capabilities: Capabilities) -> int:
    """How long a film is that is made from `source`, unless the wish says so."""
    whole = source.spec.seconds if source.spec else max(1, round(source.seconds))
    return max(whole, capabilities.min_seconds)


def _lineage(source: Source) -> Iterator[VideoSpec]:
    spec = source.spec
    while spec is not None:
        yield spec
        spec = spec.source.spec if spec.source else None


def _characters(spec: VideoSpec) -> int:
    return len(spec.prompt) + sum(len(scene.prompt) for scene in spec.storyboard)


def _not_with_extensions(what: str, param: str) -> InvalidRequest:
    return InvalidRequest(
        f"An extension takes no {what}: it goes on with what the film shows. Leave '{param}' out.",
        param=param,
    )
