"""`matinee models`: works on the models folder directly, beside a running server or without one."""

from __future__ import annotations

import difflib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from matinee.cli.fit import Machine, facts_of, this_machine, verdicts
from matinee.core.errors import InvalidRequest, ModelNotFound, SettingsInvalid
from matinee.core.open_models import CATALOGUE, OpenModel, open_model
from matinee.data_folder import DataFolder
from matinee.settings import default_data_folder, load_settings
from matinee.system import SystemClock
from matinee.weights.folder import (
    InstalledModel,
    begun_models,
    installed_models,
    part_folder,
    remove,
    size_bytes,
)
from matinee.weights.hub import Hub
from matinee.weights.pulling import PullPlan, carry_out, plan_pull

_GB = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The models folder, and what is in it."""

    folder: Path
    here: dict[str, InstalledModel]
    begun: dict[str, int]

    def state_of(self, name: str) -> str:
        if name in self.here:
            return "here"
        return f"{_gb(self.begun[name])} fetched so far" if name in self.begun else "not here"


def list_all(data: Path | None, *, as_json: bool) -> None:
    """Print every model of the catalogue, and what else lies in the models folder."""
    place = _place(data)
    if as_json:
        typer.echo(json.dumps([_facts(model, place) for model in CATALOGUE]))
        return
    width = max(len(model.name) for model in CATALOGUE)
    for model in CATALOGUE:
        columns = (
            model.name.ljust(width),
            f"fetches {_gb(model.download_bytes)}".rjust(16),
            f"needs {_gb(model.weights_bytes)}".rjust(13),
            place.state_of(model.name),
            model.licence.name,
        )
        typer.echo("  ".join(columns))
    for name, own in place.here.items():
        if open_model(name) is None:
            typer.echo(f"{name.ljust(width)}  {_gb(own.size_bytes)}, not of the catalogue")
    typer.echo(f"The models folder is {place.folder}.", err=True)


def show(name: str, data: Path | None, *, as_json: bool) -> None:
    """Print all that is known of a model, and whether it fits here. Raises ModelNotFound."""
    model, place = _known(name), _place(data)
    machine = this_machine(place.folder)
    if as_json:
        fit = [
            {"device": each.device, "fits": each.fits, "reason": each.reason}
            for each in verdicts(model, machine)
        ]
        facts = {**_facts(model, place), "machine": facts_of(machine), "fit": fit}
        typer.echo(json.dumps(facts))
        return
    for title, text in (*_described(model, place), *_fitting(model, place, machine)):
        typer.echo(f"{title:<11}  {text}")


def pull(name: str, data: Path | None, *, yes: bool) -> None:
    """Fetch a model, or the rest of it. Raises ModelNotFound and what fetching raises."""
    model, place = _known(name), _place(data)
    hub = Hub()
    _agree_to_licence(model, yes=yes)
    plan = plan_pull(model, place.folder, hub)
    if plan.is_here():
        typer.echo(f"{model.name} is here already, as the hub has it.")
        return
    installed = _pull_watched(plan, hub)
    typer.echo(str(installed.folder))


def remove_model(name: str, data: Path | None, *, yes: bool) -> None:
    """Remove a model from the disk. Raises ModelNotFound; SettingsInvalid while it is in use."""
    place = _place(data)
    if name not in place.here and name not in place.begun:
        listed = ", ".join(sorted({*place.here, *place.begun})) or "none"
        raise ModelNotFound(f"There is no model '{name}' in {place.folder}. Models here: {listed}.")
    _refuse_while_served(data)
    paths = [path for path in _folders_of(place, name) if path.is_dir()]
    size = sum(size_bytes(path) for path in paths)
    typer.echo(f"This removes {_gb(size)}: {', '.join(map(str, paths))}.", err=True)
    if not yes and not _says_yes("Remove it?"):
        raise InvalidRequest("Nothing was removed. Say --yes to do it without a question.")
    remove(place.folder, name)
    typer.echo(f"removed {name}")


def _folders_of(place: _Place, name: str) -> tuple[Path, ...]:
    return (place.folder / name, part_folder(place.folder, name))


def _place(data: Path | None) -> _Place:
    root = DataFolder(default_data_folder(data))
    folder = root.models(load_settings(root.root, {}).models_folder).absolute()
    return _Place(folder=folder, here=installed_models(folder), begun=begun_models(folder))


def _known(name: str) -> OpenModel:
    model = open_model(name)
    if model is not None:
        return model
    near = difflib.get_close_matches(name.lower(), [each.name for each in CATALOGUE], n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise ModelNotFound(
        f"The catalogue has no model '{name}'.{hint} 'matinee models list' shows all."
    )


def _agree_to_licence(model: OpenModel, *, yes: bool) -> None:
    licence = model.licence
    typer.echo(f"{model.title}: {licence.name}, {licence.url}", err=True)
    if licence.is_free:
        return
    typer.echo(licence.note, err=True)
    if not yes and not _says_yes("Do you agree to this licence?"):
        raise InvalidRequest(
            f"{model.name} was not fetched. Read its licence, and say --yes if you agree to it."
        )


def _says_yes(question: str) -> bool:
    # Where nobody can answer, nobody is asked.
    return sys.stdin.isatty() and typer.confirm(question, err=True)


def _pull_watched(plan: PullPlan, hub: Hub) -> InstalledModel:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    speed = (TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, *speed, console=Console(stderr=True)) as bar:
        row = bar.add_task(plan.model.name, total=plan.total_bytes, completed=plan.here_bytes())
        try:
            installed = carry_out(
                plan, hub, lambda came: bar.advance(row, came), SystemClock().now()
            )
        except KeyboardInterrupt:
            bar.console.print("Stopped; what came is kept. Pull again to go on.")
            raise
        bar.update(row, completed=plan.total_bytes)
    return installed


def _refuse_while_served(data: Path | None) -> None:
    folder = DataFolder(default_data_folder(data))
    server = folder.running_server()
    engines = load_settings(folder.root, {}).engines.values()
    if server is not None and any(engine.get("kind") == "diffusers" for engine in engines):
        raise SettingsInvalid(
            f"The server at {server.url} makes films with the models of this folder. Stop it first."
        )


def _facts(model: OpenModel, place: _Place) -> dict[str, Any]:
    here = place.here.get(model.name)
    return {
        "name": model.name,
        "title": model.title,
        "family": model.family,
        "repository": model.repository,
        "licence": {
            "name": model.licence.name,
            "url": model.licence.url,
            "is_free": model.licence.is_free,
            "note": model.licence.note,
        },
        "is_gated": model.is_gated,
        "download_bytes": model.download_bytes,
        "memory_bytes": dict(model.memory_bytes),
        "sizes": [str(size) for size in model.sizes],
        "fps": model.fps,
        "max_frames": model.max_frames,
        "steps": model.steps,
        "guidance": model.guidance,
        "takes_text": model.takes_text,
        "takes_image": model.takes_image,
        "has_sound": model.has_sound,
        "turbo": model.turbo,
        "is_here": here is not None,
        "folder": str(here.folder) if here else None,
        "revision": here.revision if here else None,
        "size_bytes": here.size_bytes if here else None,
        "begun_bytes": place.begun.get(model.name, 0),
    }


def _described(model: OpenModel, place: _Place) -> list[tuple[str, str]]:
    begins = [
        word
        for word, is_so in (("text", model.takes_text), ("an image", model.takes_image))
        if is_so
    ]
    seconds = model.max_frames / model.fps
    parts = ", ".join(f"{part} {_gb(size)}" for part, size in model.memory_bytes.items())
    gate = ", where its licence must be accepted" if model.is_gated else ""
    lines = [
        ("model", f"{model.title} ({model.name})"),
        ("licence", f"{model.licence.name}, {model.licence.url}"),
        ("", model.licence.note),
        ("from", f"{model.repository}{gate}"),
        ("begins with", " or ".join(begins)),
        ("sizes", ", ".join(map(str, model.sizes))),
        ("length", f"{model.max_frames} frames in one go, {seconds:.1f} s at {model.fps} a second"),
        ("sound", "yes" if model.has_sound else "no"),
        ("sampling", f"{model.steps} steps, guidance {model.guidance:g}"),
        ("turbo", model.turbo or ""),
        ("memory", f"{_gb(model.weights_bytes)}: {parts}"),
        ("disk", f"{_gb(model.download_bytes)} to fetch, {place.state_of(model.name)}"),
    ]
    here = place.here.get(model.name)
    if here is not None:
        lines.append(("folder", f"{here.folder}, revision {here.revision or 'unknown'}"))
    return [(title, text) for title, text in lines if text]


def _fitting(model: OpenModel, place: _Place, machine: Machine) -> list[tuple[str, str]]:
    needed = 0 if model.name in place.here else model.download_bytes
    needed -= min(needed, place.begun.get(model.name, 0))
    room = "enough" if machine.disk_free_bytes > needed else "too little"
    ram = machine.ram_free_bytes
    lines = [
        ("here", f"{machine.asked}; {_gb(ram) if ram is not None else 'unknown'} of RAM free"),
        ("", f"{_gb(machine.disk_free_bytes)} of disk free in {place.folder}: {room}"),
    ]
    for each in verdicts(model, machine):
        lines.append(("fits" if each.fits else "too large", f"{each.device}: {each.reason}"))
    return lines


def _gb(count: int) -> str:
    return f"{count / _GB:.1f} GB"
