"""Models at vendors that host many: each wants its fields otherwise, which a template says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from matinee.core.errors import SettingsInvalid
from matinee.core.route import Capabilities
from matinee.net.templates import check_template, fill, values_of
from matinee.net.upstream_options import UpstreamModel, UpstreamOptions, capabilities_of, need_key
from matinee.net.wire import Order
from matinee.ports.engine_kind import EngineSetup


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedModel(UpstreamModel):
    """A hosted model, as the settings describe it."""

    input: Mapping[str, Any] | None = None
    """The fields it takes, such as `{ prompt = "{prompt}", duration = "{seconds:text}" }`."""

    image_model: str | None = None
    """The model that makes films of images, where that is another one."""

    image_input: Mapping[str, Any] | None = None
    """The fields that one takes, if they differ."""

    lengths: tuple[int, ...] | None = None
    """The only lengths it makes, in seconds; the next longer one is asked for, and cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedOptions(UpstreamOptions):
    """The settings of an account at a vendor that hosts models."""

    models: Mapping[str, HostedModel] = field(default_factory=dict)
    """Its models by the vendor's names. What Matinee knows of a model is only added to; others
    need `input`, `sizes` and `max_seconds`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """A hosted model, as its vendor documents it."""

    able: Capabilities
    input: Mapping[str, Any]
    image_model: str | None = None
    image_input: Mapping[str, Any] | None = None
    lengths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a vendor is sent: one of its models, and that model's fields."""

    model: str
    input: Mapping[str, Any]


def request_of(order: Order, known: Mapping[str, KnownModel], options: HostedOptions) -> Request:
    """The request for `order`."""
    model = _described(order.model, known, options)
    template, called = model.input or {}, order.model
    if order.images:
        template = model.image_input or template
        called = model.image_model or called
    wanted = order.spec.seconds
    length = next((each for each in sorted(model.lengths or ()) if each >= wanted), wanted)
    filled = fill(template, {**values_of(order), "seconds": length})
    return Request(model=called, input=filled)


def hosted_models(
    setup: EngineSetup, known: Mapping[str, KnownModel]
) -> Mapping[str, Capabilities]:
    """What the vendor's models make: all that are known, and as the settings describe them.

    Raises SettingsInvalid.
    """
    need_key(setup)
    options: HostedOptions = setup.options
    models = {name: model.able for name, model in known.items()}
    for name, model in options.models.items():
        base = known.get(model.served_as or name)
        _check(setup, name, model, is_known=base is not None)
        one = replace(setup, options=replace(options, models={name: model}))
        models |= capabilities_of(one, usual=base.able if base is not None else None)
    return models


def _described(called: str, known: Mapping[str, KnownModel], options: HostedOptions) -> HostedModel:
    """The model by the settings, and where they are silent by what is known of it."""
    described = ((each.served_as or name, each) for name, each in options.models.items())
    model = dict(described).get(called, HostedModel())
    base = known.get(called)
    if base is None:
        return model
    return replace(
        model,
        input=model.input or base.input,
        image_model=model.image_model or base.image_model,
        image_input=model.image_input or model.input or base.image_input,
        lengths=model.lengths if model.lengths is not None else base.lengths,
    )


def _check(setup: EngineSetup, name: str, model: HostedModel, *, is_known: bool) -> None:
    param = f"engines.{setup.name}.models.{name}"
    if model.input is None and not is_known:
        raise SettingsInvalid(
            f"The model '{name}' of the engine '{setup.name}' is not known here and needs its "
            'fields described: input = { prompt = "{prompt}", duration = "{seconds}" }.',
            param=param,
        )
    check_template(setup, [model.input, model.image_input])
