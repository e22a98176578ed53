"""Weather: what falls or hangs in the air, laid over any set."""

from __future__ import annotations

from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.shots import Shot
from matinee.engines.animatic.staging import Layer, Light


def weather_layers(shot: Shot, frame: Frame, light: Light) -> tuple[Layer, ...]:
    """The layers of `shot`'s weather, empty where the sky is clear."""
    return ()
