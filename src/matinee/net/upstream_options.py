"""The settings that every engine with an upstream has, and what they say of its models."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from matinee.core.errors import SettingsInvalid
from matinee.core.open_models import CATALOGUE, OpenModel, open_model
from matinee.core.route import Capabilities, Marks
from matinee.core.size import Size
from matinee.net.guard import Rule
from matinee.net.url import GuardedUrl, parse_url
from matinee.ports.engine_kind import EngineSetup

_Value = TypeVar("_Value")
_MOST_FPS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamModel:
    """One of an upstream's models, as the settings describe it. None: as the others say."""

    like: str | None = None
    """The name of an open model that it is, whose facts are taken."""

    served_as: str | None = None
    """What the upstream calls it, if that is not the name that it has here."""

    sizes: tuple[str, ...] | None = None
    """Sizes such as `1280x720`, the usual one first."""

    min_seconds: int | None = None
    max_seconds: int | None = None
    fps: int | None = None
    fps_choices: tuple[int, ...] | None = None
    references: int | None = None
    """How many images may guide a film."""

    sound: bool | None = None
    marks: Marks | None = None
    """Whether its films carry a visible watermark: `never`, `told` or `always`."""

    pace: float | None = None
    """About how many seconds it works for one second of film."""

    def __post_init__(self) -> None:
        """Raise ValueError, naming the setting, unless every number makes sense."""
        rates = (self.fps, *(self.fps_choices or ()))
        if any(rate is not None and not 1 <= rate <= _MOST_FPS for rate in rates):
            raise ValueError(f"'fps' and 'fps_choices' must be from 1 to {_MOST_FPS}")
        if self.references is not None and self.references < 0:
            raise ValueError("'references' must be at least 0")
        if self.pace is not None and not 0 < self.pace < math.inf:
            raise ValueError("'pace' must be more than 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamOptions:
    """The settings of an engine with an upstream."""

    base_url: str
    """Where the upstream is, such as `http://gpu-1:30010` or `https://api.example.org/v1`."""

    api_key: str = field(default="", repr=False)
    """The key that it is sent; better kept out of files by `api_key_env`."""

    api_key_env: str = ""
    """The environment variable that holds the key."""

    timeout_s: float = 3600.0
    """How long one attempt at a film may take; then it is given up and cancelled there."""

    outage_s: float = 300.0
    """How long an attempt bears with an upstream that does not answer well; then it is made
    again later and goes on where it was."""

    poll_s: float = 1.0
    """How soon the upstream is asked for the first time; later more seldom, and as it wishes."""

    repeat_unknown: bool = False
    """Whether a film may be ordered again when nobody knows if the first order came: right where
    a film that is made twice costs nothing."""

    download_allow: tuple[str, ...] = ()
    """Networks or `host:port`s where films may be fetched although they are not public."""

    max_film_mb: int = 2048
    """The largest film that is fetched, in MiB."""

    models: Mapping[str, UpstreamModel] = field(default_factory=dict)
    """The upstream's models, by the name that it or you call them."""

    def __post_init__(self) -> None:
        """Raise ValueError, naming the setting, unless every value makes sense."""
        try:
            parse_url(self.base_url)
        except ValueError as error:
            raise ValueError(f"'base_url' is no URL that can be used: {error}") from error
        if "?" in self.base_url or "#" in self.base_url:
            raise ValueError("'base_url' must end with its path, without '?' and '#'")
        if not all("!" <= letter <= "~" for letter in self.api_key):
            raise ValueError("the key holds a blank, a line end or a letter that no key can hold")
        for name in ("timeout_s", "outage_s", "poll_s", "max_film_mb"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"'{name}' must be more than 0, and a number")
        for rule in self.download_allow:
            try:
                Rule.parse(rule)
            except SettingsInvalid as error:
                raise ValueError(f"'download_allow': {error}") from error

    @property
    def url(self) -> GuardedUrl:
        """The `base_url`, read."""
        return parse_url(self.base_url)


def capabilities_of(
    setup: EngineSetup, usual: Capabilities | None = None
) -> Mapping[str, Capabilities]:
    """What an upstream makes under which model's name, by its settings.

    `usual` is what a model can do of which the settings are silent; without it the settings must
    say it, or name an open model that it is like. Raises SettingsInvalid.
    """
    models: Mapping[str, UpstreamModel] = setup.options.models
    if not models:
        raise SettingsInvalid(
            f"The engine '{setup.name}' needs its models described: a section "
            f"[engines.{setup.name}.models] with a line such as "
            f'"wan2.2-ti2v-5b" = {{ like = "wan2.2-ti2v-5b" }}.',
            param=f"engines.{setup.name}.models",
        )
    return {name: _capabilities(setup, name, model, usual) for name, model in models.items()}


def need_key(setup: EngineSetup) -> None:
    """Raise SettingsInvalid unless the settings say which key is sent: nothing is free there."""
    if not setup.options.api_key:
        raise SettingsInvalid(
            f"The engine '{setup.name}' needs a key: add a line such as "
            f'api_key_env = "{setup.name.upper()}_KEY", with the key in that variable.',
            param=f"engines.{setup.name}.api_key_env",
        )


def open_model_of(model: UpstreamModel | None) -> OpenModel | None:
    """The open model that the settings say it is, if they do."""
    return open_model(model.like) if model is not None and model.like else None


def makes_sound(model: UpstreamModel | None) -> bool:
    """Whether the settings say that its films have sound."""
    known = open_model_of(model)
    said = model.sound if model is not None else None
    return said if said is not None else known is not None and known.has_sound


def frames_of(model: UpstreamModel | None, seconds: int, fps: int) -> int:
    """How many pictures a film has: those of its length, and as many more as the model needs.

    All known models make the first picture apart and then groups of 4 or 8, so one more fits all.
    Source: inference-peers 2, the grids of the models.
    """
    known = open_model_of(model)
    return known.grid.frames(seconds * fps) if known is not None else seconds * fps + 1


def _capabilities(
    setup: EngineSetup, name: str, model: UpstreamModel, usual: Capabilities | None
) -> Capabilities:
    param = f"engines.{setup.name}.models.{name}"
    if model.like is not None and open_model_of(model) is None:
        listed = ", ".join(f"'{each.name}'" for each in CATALOGUE)
        raise SettingsInvalid(
            f"The engine '{setup.name}' has a model like '{model.like}', which is not known. "
            f"Known: {listed}.",
            param=param,
        )
    known = open_model_of(model)
    base = _like(known, usual) if known is not None else usual
    sizes = _sizes(setup, name, model) or (base.sizes if base is not None else ())
    if not sizes or (base is None and model.max_seconds is None):
        raise SettingsInvalid(
            f"The model '{name}' of the engine '{setup.name}' needs 'sizes' and 'max_seconds', "
            "or 'like' with the name of an open model.",
            param=param,
        )
    base = base or Capabilities(sizes=sizes, min_seconds=1, max_seconds=1, max_references=0)
    able = _as_said(replace(base, sizes=sizes), model)
    if not 1 <= able.min_seconds <= able.max_seconds:
        raise SettingsInvalid(
            f"The model '{name}' of the engine '{setup.name}' makes {able.min_seconds} to "
            f"{able.max_seconds} s: whole seconds from 1, the shorter first, are right.",
            param=param,
        )
    return able


def _like(known: OpenModel, usual: Capabilities | None) -> Capabilities:
    base = usual or Capabilities(sizes=known.sizes, min_seconds=1, max_seconds=1)
    return replace(
        base,
        sizes=known.sizes,
        min_seconds=1,
        max_seconds=max(1, known.max_frames // known.fps),
        fps=known.fps,
        max_references=1 if known.takes_image else 0,
        has_sound=known.has_sound,
    )


def _as_said(base: Capabilities, model: UpstreamModel) -> Capabilities:
    """`base` where the settings are silent."""
    return replace(
        base,
        min_seconds=_said(model.min_seconds, base.min_seconds),
        max_seconds=_said(model.max_seconds, base.max_seconds),
        fps=_said(model.fps, base.fps),
        fps_choices=_said(model.fps_choices, base.fps_choices),
        max_references=_said(model.references, base.max_references),
        has_sound=_said(model.sound, base.has_sound),
        marks=_said(model.marks, base.marks),
        pace=_said(model.pace, base.pace),
    )


def _said(said: _Value | None, otherwise: _Value) -> _Value:
    return otherwise if said is None else said


def _sizes(setup: EngineSetup, name: str, model: UpstreamModel) -> tuple[Size, ...]:
    sizes = []
    for text in model.sizes or ():
        size = Size.parse(text)
        if size is None:
            raise SettingsInvalid(
                f"The model '{name}' of the engine '{setup.name}' has the size '{text}': "
                "width and height such as '1280x720' are right.",
                param=f"engines.{setup.name}.models.{name}.sizes",
            )
        sizes.append(size)
    return tuple(sizes)
