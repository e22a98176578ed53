"""The shot list: what a film shows, shot by shot.

The planner writes it; sets, puppets, looks and score read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Setting(StrEnum):
    """Where a shot plays. Each has one set (`sets/`) that builds its backdrop."""

    SPACE = "space"
    STATION = "station"
    ROOM = "room"
    STAGE = "stage"
    STREET = "street"
    FOREST = "forest"
    MEADOW = "meadow"
    MOUNTAINS = "mountains"
    SNOW = "snow"
    DESERT = "desert"
    SEA = "sea"
    UNDERWATER = "underwater"
    SKY = "sky"


class TimeOfDay(StrEnum):
    """The light outdoors."""

    DAWN = "dawn"
    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    """What falls or hangs in the air; laid over any set."""

    CLEAR = "clear"
    RAIN = "rain"
    SNOW = "snow"
    FOG = "fog"


class CameraMove(StrEnum):
    """How the camera moves over the whole shot."""

    STATIC = "static"
    PAN_LEFT = "pan_left"
    PAN_RIGHT = "pan_right"
    DOLLY_IN = "dolly_in"
    DOLLY_OUT = "dolly_out"
    TILT_UP = "tilt_up"
    TILT_DOWN = "tilt_down"


class Action(StrEnum):
    """What a subject does."""

    STAND = "stand"
    WALK = "walk"
    RUN = "run"
    FLY = "fly"
    FLOAT = "float"
    SWIM = "swim"
    DANCE = "dance"
    PLAY = "play"
    DRIVE = "drive"
    SIT = "sit"


class Body(StrEnum):
    """Which puppet carries a subject's artwork."""

    WHOLE = "whole"
    """The glyph shows the whole figure or thing; it moves as one piece."""

    PLUSH = "plush"
    """A face glyph on a four-legged body coloured after the face."""

    ASTRONAUT = "astronaut"
    """A face glyph in a suit with helmet and jet pack."""

    PLAYER = "player"
    """A face glyph seated at an instrument."""

    BUST = "bust"
    """A person shown to the chest, or a person's face, on drawn legs in the clothes' colours."""

    CUTOUT = "cutout"
    """A character's own picture as a stand-up figure with arms and legs."""


class Look(StrEnum):
    """The visible style of the whole film (seed 004 names the first six)."""

    THANKSGIVING = "thanksgiving"
    COMIC = "comic"
    NEWS = "news"
    SELFIE = "selfie"
    NOSTALGIC = "nostalgic"
    ANIME = "anime"
    PLAIN = "plain"


class Music(StrEnum):
    """The score's character; the setting adds its own sounds to it."""

    SYNTHWAVE = "synthwave"
    PIANO = "piano"
    PASTORAL = "pastoral"
    DRAMATIC = "dramatic"
    PLAYFUL = "playful"
    AMBIENT = "ambient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Somebody or something that acts in a shot."""

    noun: str
    """The word in the prompt, singular, lower case: `retriever`."""

    glyph: str
    """The artwork's name: `dog-face`."""

    body: Body = Body.WHOLE
    action: Action = Action.STAND
    coat: str | None = None
    """A colour as `#rrggbb`, or the name of a pattern (`calico`); None keeps the artwork's own."""

    count: int = 1
    """How many of it, 1 to 12."""

    size: float = 1.0
    """Height relative to a usual leading figure, 0.2 to 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prop:
    """A thing that dresses the shot without acting: tennis balls, lanterns, comets."""

    noun: str
    glyph: str
    count: int = 1
    floats: bool = False
    coat: str | None = None
    """A colour as `#rrggbb`; None keeps the artwork's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One continuous piece of film between two cuts."""

    seconds: float
    text: str
    """The part of the prompt that this shot was read from."""

    setting: Setting
    time_of_day: TimeOfDay = TimeOfDay.DAY
    weather: Weather = Weather.CLEAR
    stars: bool = False
    camera: CameraMove = CameraMove.STATIC
    subjects: tuple[Subject, ...] = ()
    props: tuple[Prop, ...] = ()
    signs: tuple[str, ...] = ()
    """Words that may stand on signs, posters and screens of the set."""

    theme: str | None = None
    """A motif for decoration, for example `paw`."""

    variant: int = 0
    """Which staging of the set, from 0; a set takes it modulo the stagings it has."""

    palette: tuple[str, ...] = ()
    """Colours, as `#rrggbb`, that the picture is graded towards, the dark parts to the first."""

    lead_s: float = 0.0
    """How much of it an earlier film has shown: camera and figures go on from there."""

    pace_s: float | None = None
    """The length that its camera and its walkers are timed for; None is its own."""

    look: Look | None = None
    """Its style, if not that of the film."""

    is_picture: bool = False
    """Whether it shows the picture that the film begins with, as far as there is one."""

    seed: int = 0

    @property
    def paced_s(self) -> float:
        """The length that its camera and its walkers are timed for."""
        return self.seconds if self.pace_s is None else self.pace_s


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotList:
    """A whole film on paper."""

    shots: tuple[Shot, ...]
    look: Look
    music: Music
    seed: int
    unread: tuple[str, ...] = ()
    """Words of the prompt that the planner found no picture for."""

    @property
    def seconds(self) -> float:
        """The film's length."""
        return sum(shot.seconds for shot in self.shots)
