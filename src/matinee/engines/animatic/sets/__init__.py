"""The sets: where shots play. A setting has one build function, listed here."""

from __future__ import annotations

from collections.abc import Callable

from matinee.engines.animatic.sets.landscape import desert, forest, meadow, mountains, snow
from matinee.engines.animatic.sets.room import room
from matinee.engines.animatic.sets.sea import sea
from matinee.engines.animatic.sets.sky import sky
from matinee.engines.animatic.sets.space import space
from matinee.engines.animatic.sets.stage import stage
from matinee.engines.animatic.sets.station import station
from matinee.engines.animatic.sets.street import street
from matinee.engines.animatic.sets.underwater import underwater
from matinee.engines.animatic.shots import Setting
from matinee.engines.animatic.staging import Draft, Set

SETS: dict[Setting, Callable[[Draft], Set]] = {
    Setting.SPACE: space,
    Setting.STATION: station,
    Setting.STAGE: stage,
    Setting.FOREST: forest,
    Setting.MEADOW: meadow,
    Setting.MOUNTAINS: mountains,
    Setting.SNOW: snow,
    Setting.DESERT: desert,
    Setting.SEA: sea,
    Setting.SKY: sky,
    Setting.UNDERWATER: underwater,
    Setting.STREET: street,
    Setting.ROOM: room,
}
