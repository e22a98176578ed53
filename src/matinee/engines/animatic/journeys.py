"""Films for prompts that name nothing to show: a figure travels through fine weather."""

from dataclasses import dataclass

from matinee.engines.animatic.shots import Action, Body, Setting, Subject, TimeOfDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One stop of a journey."""

    setting: Setting
    time_of_day: TimeOfDay
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A figure and the places it comes through."""

    subject: Subject
    stations: tuple[Station, ...]


def _journey(subject: Subject, *stations: tuple[Setting, TimeOfDay, Action]) -> Journey:
    return Journey(
        subject=subject,
        stations=tuple(
            Station(setting=setting, time_of_day=time, action=action)
            for setting, time, action in stations
        ),
    )


JOURNEYS = (
    _journey(
        Subject(noun="balloon", glyph="hot-air-balloon"),
        (Setting.MOUNTAINS, TimeOfDay.DUSK, Action.FLOAT),
        (Setting.SKY, TimeOfDay.DAWN, Action.FLOAT),
        (Setting.SEA, TimeOfDay.DUSK, Action.FLOAT),
    ),
    _journey(
        Subject(noun="fox", glyph="fox", body=Body.PLUSH),
        (Setting.FOREST, TimeOfDay.DUSK, Action.WALK),
        (Setting.MEADOW, TimeOfDay.DAY, Action.RUN),
        (Setting.MOUNTAINS, TimeOfDay.DAWN, Action.WALK),
    ),
    _journey(
        Subject(noun="cat", glyph="cat-face", body=Body.ASTRONAUT, coat="calico"),
        (Setting.SPACE, TimeOfDay.NIGHT, Action.FLOAT),
        (Setting.STATION, TimeOfDay.NIGHT, Action.FLOAT),
        (Setting.SPACE, TimeOfDay.NIGHT, Action.FLOAT),
    ),
    _journey(
        Subject(noun="sailboat", glyph="sailboat"),
        (Setting.SEA, TimeOfDay.DAWN, Action.FLOAT),
        (Setting.SEA, TimeOfDay.DUSK, Action.FLOAT),
        (Setting.SEA, TimeOfDay.NIGHT, Action.FLOAT),
    ),
    _journey(
        Subject(noun="whale", glyph="whale"),
        (Setting.UNDERWATER, TimeOfDay.DAY, Action.SWIM),
        (Setting.SEA, TimeOfDay.DUSK, Action.SWIM),
        (Setting.SKY, TimeOfDay.NIGHT, Action.FLOAT),
    ),
    _journey(
        Subject(noun="panda", glyph="panda", body=Body.PLUSH),
        (Setting.FOREST, TimeOfDay.DAWN, Action.WALK),
        (Setting.MOUNTAINS, TimeOfDay.DUSK, Action.WALK),
        (Setting.SNOW, TimeOfDay.NIGHT, Action.WALK),
    ),
)
