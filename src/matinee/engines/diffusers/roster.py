"""Which models an engine has, and where their weights lie: what its settings come to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from matinee.core.errors import SettingsInvalid
from matinee.core.open_models import CATALOGUE, OpenModel, open_model
from matinee.engines.diffusers.memory import AUTO, MemoryPolicy
from matinee.engines.diffusers.profiles import Profile
from matinee.ports.engine_kind import EngineSetup
from matinee.weights.folder import INDEX

_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusersOptions:
    """The settings of an engine of the kind."""

    device: str | tuple[str, ...] = "auto"
    """`auto`, `cuda`, `cuda:1`, `mps`, `cpu`; or several, such as `["cuda:0", "cuda:1"]`, each of
    which makes a film at a time."""

    models: tuple[str, ...] = ()
    """Empty for every model whose weights are here."""

    profile: str = Profile.EXACT
    memory: str = AUTO
    loras: str | None = None
    """A folder of LoRA files that requests may name."""

    weights: Mapping[str, str] = field(default_factory=dict)
    """Folders of weights that do not lie in the models folder, by the models' names."""

    like: Mapping[str, str] = field(default_factory=dict)
    """For weights of one's own: the known model that they were made from."""

    def __post_init__(self) -> None:
        unknown = [device for device in self.devices if not _DEVICE.fullmatch(device)]
        if unknown or not self.devices:
            raise ValueError(
                f"'device' is '{''.join(unknown[:1])}', and must be 'auto', 'cpu', 'mps', 'cuda' "
                "or such as 'cuda:1', or a list of those"
            )
        _check_choice("profile", self.profile, tuple(Profile))
        _check_choice("memory", self.memory, (AUTO, *MemoryPolicy))

    @property
    def devices(self) -> tuple[str, ...]:
        """Every device, one for each film that is made at a time."""
        return (self.device,) if isinstance(self.device, str) else self.device

    @property
    def loras_folder(self) -> Path | None:
        """Where the LoRA files lie."""
        return Path(self.loras).expanduser() if self.loras else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A model, and the folder of its weights."""

    model: OpenModel
    folder: Path

    @property
    def is_here(self) -> bool:
        """Whether there are weights."""
        return (self.folder / INDEX).is_file()


def known_models(setup: EngineSetup) -> Mapping[str, Entry]:
    """Every model that the engine could have: the known ones, and the operator's own.

    Raises SettingsInvalid for settings that don't go together.
    """
    options: DiffusersOptions = setup.options
    at = setup.models_folder or Path("models")
    entries = {model.name: Entry(model=model, folder=at / model.name) for model in CATALOGUE}
    for name, folder in options.weights.items():
        model = open_model(options.like.get(name, name))
        if model is None:
            raise SettingsInvalid(
                f"The engine '{setup.name}' has weights of '{name}', which is no known model. Say "
                f"in 'like' which one it was made from: {_listed([m.name for m in CATALOGUE])}.",
                param=f"engines.{setup.name}.like",
            )
        own = name if name in options.like else model.name
        entries[own] = Entry(model=replace(model, name=own), folder=Path(folder).expanduser())
    lost = next((name for name in options.like if name not in options.weights), None)
    if lost is not None:
        raise SettingsInvalid(
            f"The engine '{setup.name}' says what '{lost}' is like, and not where it is: name its "
            "folder in 'weights'.",
            param=f"engines.{setup.name}.weights",
        )
    return entries


def offered_models(setup: EngineSetup) -> Mapping[str, Entry]:
    """The models that the engine has: those that are named, or all whose weights are here.

    Raises SettingsInvalid for a name that nobody knows.
    """
    known = known_models(setup)
    named = {name.strip().lower() if name not in known else name for name in setup.options.models}
    unknown = next((name for name in sorted(named) if name not in known), None)
    if unknown is not None:
        raise SettingsInvalid(
            f"The engine '{setup.name}' names the model '{unknown}', which is not known. Known "
            f"are {_listed(known)}; others need 'weights' and 'like'.",
            param=f"engines.{setup.name}.models",
        )
    return {
        name: entry for name, entry in known.items() if (name in named if named else entry.is_here)
    }


def siblings_of(setup: EngineSetup) -> Mapping[str, OpenModel]:
    """The models whose weights are here, whether they are offered or not."""
    return {name: entry.model for name, entry in known_models(setup).items() if entry.is_here}


def _check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"'{name}' is '{value}', and must be one of {_listed(allowed)}")


def _listed(names: Mapping[str, object] | list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)
