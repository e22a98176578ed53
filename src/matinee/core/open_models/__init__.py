"""Open models: what each can make, how large it is, and under which licence it may be used.

Facts with their sources, and no code of theirs. Engines and commands read them.
"""

from __future__ import annotations

from matinee.core.open_models.cogvideox import COGVIDEOX
from matinee.core.open_models.hunyuan15 import HUNYUAN15
from matinee.core.open_models.ltx2 import LTX2
from matinee.core.open_models.model import Grid, Licence, OpenModel, gigabytes
from matinee.core.open_models.wan import WAN

__all__ = ["CATALOGUE", "Grid", "Licence", "OpenModel", "gigabytes", "open_model"]

CATALOGUE: tuple[OpenModel, ...] = (*WAN, *LTX2, *HUNYUAN15, *COGVIDEOX)
"""Every model that is known here."""


def open_model(name: str) -> OpenModel | None:
    """The model of that name, in any case of letters; None if there is none."""
    wanted = name.strip().lower()
    return next((model for model in CATALOGUE if model.name == wanted), None)
