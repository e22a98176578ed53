"""A city street: neon alley, boulevard, old town or riverside, at any hour and in any weather."""

from __future__ import annotations

from matinee.engines.animatic.sets.street.across import across
from matinee.engines.animatic.sets.street.along import along
from matinee.engines.animatic.sets.street.city import city_of
from matinee.engines.animatic.sets.street.quarters import View, quarter_of
from matinee.engines.animatic.sets.street.waterside import waterside
from matinee.engines.animatic.staging import Draft, Set


def street(draft: Draft) -> Set:
    """A city street in the quarter that the shot's words or variant choose."""
    quarter = quarter_of(draft.shot)
    build = {View.ALONG: along, View.ACROSS: across, View.WATERSIDE: waterside}[quarter.view]
    return build(city_of(draft, quarter))
