"""The open country: forest, meadow, mountains, snow and desert."""

from __future__ import annotations

from matinee.engines.animatic.sets.landscape.desert import desert
from matinee.engines.animatic.sets.landscape.forest import forest
from matinee.engines.animatic.sets.landscape.meadow import meadow
from matinee.engines.animatic.sets.landscape.mountains import mountains
from matinee.engines.animatic.sets.landscape.snow import snow

__all__ = ["desert", "forest", "meadow", "mountains", "snow"]
