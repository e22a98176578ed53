"""The sound of a film: music, the air of each place, weather, actions and cuts."""

from matinee.engines.animatic.score.composition import Sound, compose
from matinee.engines.animatic.score.synthesis import SAMPLE_RATE

__all__ = ["SAMPLE_RATE", "Sound", "compose"]
