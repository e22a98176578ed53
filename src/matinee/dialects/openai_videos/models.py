"""`/v1/models`: every model by name, with what it can make and what that costs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.routing import Route as HttpRoute
from starlette.types import ASGIApp

from matinee.core.ids import AccountId
from matinee.core.route import MODELS_SINCE, Capabilities, Price, Route
from matinee.core.video import Relation
from matinee.policy.model_names import ModelName, parse_model_name
from matinee.web.context import DialectContext
from matinee.web.replies import json_reply

_OPTION_NAMES = {"guidance": "guidance_scale"}
_MODELS_CREATED = int(MODELS_SINCE.timestamp())


class SecondsRange(msgspec.Struct, kw_only=True):
    """Lengths: every whole number of seconds between, both ends included."""

    min: int
    max: int


class ModelLimits(msgspec.Struct, kw_only=True):
    """How much of each input one film takes."""

    images: int
    scenes: int
    characters: int
    extensions: int
    extended_seconds: int
    """The longest film that extensions may lead to."""


class ModelPricing(msgspec.Struct, kw_only=True):
    """What a second of film costs, by size class or exact size; the exact size counts."""

    per_second: dict[str, float]
    currency: str = "USD"


class ModelPreset(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the parts of a model's name say, for requests that are silent about it."""

    orientation: str | None = None
    seconds: int | None = None
    size_class: str | None = None


class ModelCapabilities(msgspec.Struct, kw_only=True):
    """What the model can make. Requests are checked against these very values."""

    engine: str
    """The engine that is asked first."""

    engines: list[str]
    """Every engine that may make its films, in the order in which they are asked."""

    is_test: bool
    sizes: list[str]
    seconds: SecondsRange
    fps: int
    frame_rates: list[int]
    """Every one that may be asked for."""

    sound: bool
    options: list[str]
    """What it heeds of `negative_prompt`, `steps`, `guidance_scale` and `loras`."""

    inputs: list[str]
    """Some of `text`, `image`, `film`, `characters` and `storyboard`."""

    relations: list[str]
    """How it makes a film out of another one: some of `remix`, `edit` and `extend`."""

    styles: list[str]
    limits: ModelLimits
    pricing: ModelPricing | None
    """None: it is free."""


class ModelObject(msgspec.Struct, kw_only=True):
    """A model: the official four keys, then ours."""

    id: str
    object: str = "model"
    created: int = _MODELS_CREATED
    owned_by: str = "matinee"
    root: str
    """The model that the name means; `id` itself unless it is a name with parts."""

    preset: ModelPreset
    capabilities: ModelCapabilities


class ModelList(msgspec.Struct, kw_only=True):
    """Every model."""

    object: str = "list"
    data: list[ModelObject]


def model_routes(context: DialectContext) -> list[HttpRoute]:
    """The list, and one model by any name that leads to it."""
    models = Models(context)
    return [
        HttpRoute("/v1/models", context.endpoint(models.list), methods=["GET"]),
        HttpRoute("/v1/models/{id:path}", context.endpoint(models.retrieve), methods=["GET"]),
    ]


class Models:
    """The endpoints."""

    def __init__(self, context: DialectContext) -> None:
        self._routes = context.videos.routes
        listed = dict(self._routes.by_model)
        if context.settings.model_variants:
            listed |= self._routes.variants()
        objects = [render_model(name, route) for name, route in listed.items()]
        self._listed = ModelList(data=objects)

    async def list(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Every model there is, and the names with parts that programs offer for choice."""
        return json_reply(self._listed)

    async def retrieve(self, request: Request, account_id: AccountId) -> ASGIApp:
        """One model, by any name that leads to it."""
        name: str = request.path_params["id"]
        return json_reply(render_model(name, self._routes.find(name)))


def render_model(name: str, route: Route) -> ModelObject:
    """The model that `name` leads to, by that name."""
    means_itself = name.lower() == route.model
    return ModelObject(
        id=name,
        root=route.model,
        preset=_preset(None if means_itself else parse_model_name(name)),
        capabilities=_capabilities(route),
    )


def _capabilities(route: Route) -> ModelCapabilities:
    able = route.capabilities
    extends = Relation.EXTEND in able.relations
    return ModelCapabilities(
        engine=route.targets[0].engine,
        engines=[target.engine for target in route.targets],
        is_test=route.is_test,
        sizes=[str(size) for size in able.sizes],
        seconds=SecondsRange(min=able.min_seconds, max=able.max_seconds),
        fps=able.fps,
        frame_rates=sorted({able.fps, *able.fps_choices}),
        sound=able.has_sound,
        options=[_OPTION_NAMES.get(name, name) for name in able.options],
        inputs=_inputs(able),
        relations=[relation.value for relation in able.relations],
        styles=list(able.styles),
        limits=ModelLimits(
            images=able.max_references,
            scenes=able.max_scenes,
            characters=able.max_characters,
            extensions=able.max_extensions if extends else 0,
            extended_seconds=able.max_extended_seconds if extends else able.max_seconds,
        ),
        pricing=_pricing(route.prices),
    )


def _inputs(able: Capabilities) -> list[str]:
    offered = {
        "text": True,
        "image": able.max_references > 0,
        "film": bool(able.relations),
        "characters": able.max_characters > 0,
        "storyboard": able.max_scenes > 0,
    }
    return [name for name, is_offered in offered.items() if is_offered]


def _preset(name: ModelName | None) -> ModelPreset:
    if name is None:
        return ModelPreset()
    return ModelPreset(
        orientation=name.orientation.value if name.orientation else None,
        seconds=name.seconds,
        size_class=name.size_class.value if name.size_class else None,
    )


def _pricing(prices: Sequence[Price]) -> ModelPricing | None:
    if not prices:
        return None
    return ModelPricing(per_second={price.name: price.usd_per_second for price in prices})
