"""The engines of a server and the routes to them, as its settings have them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from matinee.core.errors import SettingsInvalid
from matinee.core.open_models import open_model
from matinee.core.route import Capabilities, Route, Target
from matinee.core.size import Size
from matinee.data_folder import DataFolder
from matinee.engines.registry import load_kind, make_server_engine, set_up
from matinee.policy.prices import check_models, prices_of
from matinee.policy.routing import Routes
from matinee.ports.engine import Engine
from matinee.ports.engine_kind import ANY_MODEL, EngineKind, EngineSetup, Place
from matinee.services.engines import EngineFacts
from matinee.settings import RouteStep, Settings, environment_of_engines, load_styles, secret_in
from matinee.worker.child import ChildEngine, ChildLimits
from matinee.worker.child_wire import SetupRequest
from matinee.worker.pool import EnginePool

_MOST_SLOTS = 10_000
_GRACE_S = 4.0
"""An engine is idle within five seconds of a wish to cancel, one way or the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicModel:
    """A name that clients send and that is there without settings, with the engine behind it."""

    name: str
    engine: str
    is_test: bool = False
    cuts_streams: bool = False


MODELS = (
    PublicModel(name="sora-2", engine="animatic"),
    PublicModel(name="sora-2-pro", engine="animatic"),
    PublicModel(name="animatic", engine="animatic"),
    PublicModel(name="test-instant", engine="rehearsal-instant", is_test=True),
    PublicModel(name="test-slow", engine="rehearsal-slow", is_test=True),
    PublicModel(name="test-fails", engine="rehearsal-fails", is_test=True),
    PublicModel(name="test-moderated", engine="rehearsal-moderated", is_test=True),
    PublicModel(name="test-drops", engine="rehearsal-instant", is_test=True, cuts_streams=True),
)
"""Names such as `sora-2-hd-15s` are no entries: they are read by their grammar."""

_BUILT_IN = tuple(dict.fromkeys(model.engine for model in MODELS))
_TESTS = frozenset(model.engine for model in MODELS if model.is_test)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredEngine:
    """An engine as the settings have it, not made yet."""

    kind: EngineKind
    setup: EngineSetup
    table: Mapping[str, Any] = field(repr=False)
    """Its settings as they were written, which a child process reads again."""

    models: Mapping[str, Capabilities]
    slots: int

    @property
    def name(self) -> str:
        """The name under which it is configured."""
        return self.setup.name

    def target(self, model: str) -> Target:
        """This engine with one of its models. Raises SettingsInvalid."""
        names = [name for name in self.models if name not in ("", ANY_MODEL)]
        named = names[0] if not model and len(self.models) == 1 and names else model
        able = self.models.get(named) or (self.models.get(ANY_MODEL) if named else None)
        if able is None:
            raise SettingsInvalid(self._lack_of(model, names), param="models")
        return Target(engine=self.name, model=named, capabilities=able)

    def _lack_of(self, model: str, names: Sequence[str]) -> str:
        """What to say where the engine has no such `model`, or is not told which of its own."""
        listed = ", ".join(f"'{name}'" for name in names) or "none"
        if not model and self.models:
            which = "it takes any name" if ANY_MODEL in self.models else f"it has {listed}"
            return (
                f"The engine '{self.name}' must be told which model is meant ({which}): add "
                'model = "…" to its entry in [models].'
            )
        has_weights = self.kind.place is Place.CHILD and "" not in self.models
        is_known = has_weights and open_model(model) is not None
        hint = f" To fetch its weights: matinee models pull {model}" if is_known else ""
        return f"The engine '{self.name}' has no model '{model}'. Its models: {listed}.{hint}"


def configured_engines(settings: Settings, folder: DataFolder) -> dict[str, ConfiguredEngine]:
    """Every engine by its name: those that are always there, then the operator's.

    Raises SettingsInvalid, naming the engine and what would be right.
    """
    tables = {name: {"kind": name} for name in _BUILT_IN} | dict(settings.engines)
    return {name: _configured(name, table, settings, folder) for name, table in tables.items()}


def _configured(
    name: str, table: Mapping[str, Any], settings: Settings, folder: DataFolder
) -> ConfiguredEngine:
    own = _with_key(name, table)
    kind_name, slots = own.pop("kind", None), own.pop("slots", None)
    if not isinstance(kind_name, str):
        raise SettingsInvalid(
            f"The engine '{name}' has no kind: add a line such as kind = \"animatic\".",
            param=f"engines.{name}.kind",
        )
    if slots is not None and (type(slots) is not int or not 1 <= slots <= _MOST_SLOTS):
        raise SettingsInvalid(
            f"The engine '{name}' has slots = {slots!r}; a whole number from 1 to {_MOST_SLOTS} is "
            "right.",
            param=f"engines.{name}.slots",
        )
    kind = load_kind(kind_name)
    setup = set_up(
        kind,
        EngineSetup(
            name=name,
            options=own,
            processes=settings.render_processes,
            models_folder=folder.models(settings.models_folder),
            state_folder=folder.state,
        ),
    )
    return ConfiguredEngine(
        kind=kind,
        setup=setup,
        table=own,
        models=kind.models(setup),
        slots=slots or (kind.count_slots(setup) if kind.count_slots else kind.slots),
    )


def _with_key(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """`table` with the key that its `api_key_env` says where to find. Raises SettingsInvalid."""
    variable = table.get("api_key_env")
    if not isinstance(variable, str) or not variable:
        return dict(table)
    key = secret_in(variable)
    if key is None:
        raise SettingsInvalid(
            f"The engine '{name}' has its key in the environment variable {variable}, which is "
            "not set.",
            param=f"engines.{name}.api_key_env",
        )
    return {**table, "api_key": key}


def make_engine(configured: ConfiguredEngine, settings: Settings) -> Engine:
    """The engine, with nothing running yet."""
    if configured.kind.place is Place.SERVER:
        return make_server_engine(configured.kind, configured.setup)
    command = (
        *(sys.executable, "-m", "matinee", "engine-child"),
        *("--log-level", settings.log_level, "--log-format", settings.log_format),
    )
    limits = ChildLimits(
        idle_s=settings.engine_idle_s,
        silence_s=settings.engine_silence_s,
        grace_s=_GRACE_S if configured.kind.stops_softly else 0.0,
    )
    environment = environment_of_engines(settings)
    return EnginePool(
        [
            ChildEngine(setup_request(configured, slot=slot), command, limits, environment)
            for slot in range(configured.slots)
        ]
    )


def setup_request(configured: ConfiguredEngine, *, slot: int = 0) -> SetupRequest:
    """What a child of the engine is told first."""
    setup = configured.setup
    return SetupRequest(
        kind=configured.kind.name,
        name=setup.name,
        options=dict(configured.table),
        slot=slot,
        processes=setup.processes,
        models_folder=str(setup.models_folder) if setup.models_folder else None,
        state_folder=str(setup.state_folder) if setup.state_folder else None,
    )


def engine_facts(
    engines: Mapping[str, ConfiguredEngine], routes: Routes
) -> tuple[EngineFacts, ...]:
    """What is to be said of each engine; those of test models only where these are there."""
    used = {target.engine for route in routes.by_model.values() for target in route.targets}
    return tuple(
        EngineFacts(
            name=engine.name,
            kind=engine.kind.name,
            summary=engine.kind.summary,
            is_proven=engine.kind.is_proven,
            models=tuple(name for name in engine.models if name),
            slots=engine.slots,
        )
        for engine in engines.values()
        if engine.name in used or engine.name not in _TESTS
    )


def routes_to(
    engines: Mapping[str, ConfiguredEngine], settings: Settings, *, needs_key: bool
) -> Routes:
    """Every model, priced. Raises SettingsInvalid for one that leads nowhere.

    `needs_key` is whether requests need a key, which hides the test models unless they are asked
    for.
    """
    wanted = settings.test_models
    with_tests = not needs_key if wanted is None else wanted
    routes = {route.model: route for route in _routes_as_they_come(engines, with_tests=with_tests)}
    for model, steps in settings.models.items():
        routes[model] = Route(model=model, targets=_targets(model, steps, engines))
    check_models(list(routes), settings.prices)
    styles = load_styles(settings.styles_file)
    return Routes.of(
        [
            styles.offered(replace(each, prices=prices_of(each, settings.prices)))
            for each in routes.values()
        ]
    )


def _routes_as_they_come(
    engines: Mapping[str, ConfiguredEngine], *, with_tests: bool
) -> Sequence[Route]:
    """The models that are there without being named, and every model of the operator's engines."""
    built_in = [
        Route(
            model=model.name,
            targets=(engines[model.engine].target(""),),
            is_test=model.is_test,
            cuts_streams=model.cuts_streams,
        )
        for model in MODELS
        if with_tests or not model.is_test
    ]
    offered = [
        (name or engine.name, engine.target(name))
        for engine in engines.values()
        if engine.name not in _BUILT_IN
        for name in engine.models
        if name != ANY_MODEL
    ]
    own: dict[str, list[Target]] = {}
    for name, target in offered:
        own.setdefault(name, []).append(target)
    named = [Route(model=name, targets=tuple(targets)) for name, targets in own.items()]
    # An engine may have a model called 'sora-2', too: that name leads to the animatic until the
    # operator says otherwise.
    return [*named, *built_in]


def _targets(
    model: str, steps: Sequence[RouteStep], engines: Mapping[str, ConfiguredEngine]
) -> tuple[Target, ...]:
    if not steps:
        raise SettingsInvalid(f"The model '{model}' has no engine.", param="models")
    return tuple(_target(model, step, engines) for step in steps)


def _target(model: str, step: RouteStep, engines: Mapping[str, ConfiguredEngine]) -> Target:
    engine = engines.get(step.engine)
    if engine is None:
        listed = ", ".join(f"'{name}'" for name in engines if name not in _TESTS)
        raise SettingsInvalid(
            f"The model '{model}' names the engine '{step.engine}', which is not here. "
            f"Engines here: {listed}.",
            param="models",
        )
    target = engine.target(step.model)
    return replace(target, capabilities=_limited(model, target.capabilities, step))


def _limited(model: str, able: Capabilities, step: RouteStep) -> Capabilities:
    sizes = tuple(size for size in able.sizes if not step.sizes or str(size) in step.sizes)
    unknown = [text for text in step.sizes if Size.parse(text) not in able.sizes]
    least = max(able.min_seconds, step.min_seconds or 0)
    most = min(able.max_seconds, step.max_seconds or able.max_seconds)
    if unknown or least > most:
        what = f"the size '{unknown[0]}'" if unknown else f"{least} to {most} seconds"
        raise SettingsInvalid(
            f"The model '{model}' asks the engine '{step.engine}' for {what}. It makes "
            f"{', '.join(map(str, able.sizes))}, from {able.min_seconds} to {able.max_seconds} s.",
            param="models",
        )
    return replace(able, sizes=sizes, min_seconds=least, max_seconds=most)
