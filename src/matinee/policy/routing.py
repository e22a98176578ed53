"""From a model's public name to the route that makes its films."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Mapping, Sequence

from matinee.core.errors import ModelNotFound, shown
from matinee.core.route import Route
from matinee.policy.model_names import COMMON_NAMES, ModelName, parse_model_name

logger = logging.getLogger(__name__)

_NEAR = 3
_MOST_NOTED, _LONGEST_NOTED = 1000, 200
"""Clients choose the names: no more of them are remembered, nor longer ones."""


class Routes:
    """Every public model with its route; `by_model` has them in the order they are told in."""

    def __init__(self, by_model: Mapping[str, Route]) -> None:
        self.by_model = by_model
        self._noted: set[str] = set()

    @classmethod
    def of(cls, routes: Sequence[Route]) -> Routes:
        """The table of `routes`; later ones replace earlier ones of the same model."""
        return cls({route.model: route for route in routes})

    def find(self, model: str) -> Route:
        """The route of `model`, by its own name in any case or else as a Sora-like name is read.

        Raises ModelNotFound, which names near models and those there are, or UnsupportedParameter
        for a Sora-like name that is no model of films.
        """
        route = self.by_model.get(model) or self.by_model.get(model.lower())
        if route is None and (name := parse_model_name(model)) is not None:
            route = self.by_model.get(name.model)
            self._note(model, name)
        if route is None:
            raise ModelNotFound(self._unknown(model), param="model")
        return route

    def variants(self) -> Mapping[str, Route]:
        """Names with parts that programs offer for choice, as far as their models are here."""
        named = {name: parse_model_name(name) for name in COMMON_NAMES}
        return {
            name: self.by_model[parsed.model]
            for name, parsed in named.items()
            if parsed is not None and parsed.model in self.by_model
        }

    def pace_of(self, engine: str) -> float:
        """About how many seconds the engine works for one second of film.

        Asked for videos that were accepted: their model may have been taken away since.
        """
        paces = (
            target.capabilities.pace
            for route in self.by_model.values()
            for target in route.targets
            if target.engine == engine
        )
        return next(paces, 1.0)

    def _note(self, model: str, name: ModelName) -> None:
        if not name.unknown or len(model) > _LONGEST_NOTED:
            return
        if model not in self._noted and len(self._noted) < _MOST_NOTED:
            self._noted.add(model)
            fields = {"model": model, "unknown": "-".join(name.unknown), "taken_for": name.model}
            logger.info("parts of a model's name were passed over", extra=fields)

    def _unknown(self, model: str) -> str:
        names = [*self.by_model, *self.variants()]
        near = difflib.get_close_matches(model.lower(), names, n=_NEAR)
        hint = f" Did you mean {_listed(near, ' or ')}?" if near else ""
        here = _listed(self.by_model, ", ")
        return f"The model '{shown(model)}' does not exist.{hint} Models here: {here}."


def _listed(names: Sequence[str] | Mapping[str, Route], between: str) -> str:
    return between.join(f"'{name}'" for name in names)
