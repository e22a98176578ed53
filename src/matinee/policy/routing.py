"""From a model's public name to the route that makes its films."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matinee.core.errors import ModelNotFound
from matinee.core.route import Route
from matinee.policy.model_names import parse_model_name


@dataclass(frozen=True, slots=True)
class Routes:
    """Every public model with its route."""

    by_model: Mapping[str, Route]

    @classmethod
    def of(cls, routes: Sequence[Route]) -> Routes:
        """The table of `routes`; later ones replace earlier ones of the same model."""
        return cls({route.model: route for route in routes})

    def find(self, model: str) -> Route:
        """The route of `model`, by its exact name or else as a Sora-like name is read.

        Raises ModelNotFound, naming the models there are.
        """
        route = self.by_model.get(model)
        if route is None and (name := parse_model_name(model)) is not None:
            route = self.by_model.get(name.model)
        if route is None:
            known = ", ".join(f"'{each}'" for each in self.by_model)
            raise ModelNotFound(
                f"The model '{model}' does not exist. Models here: {known}.", param="model"
            )
        return route
