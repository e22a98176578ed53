"""`matinee engines`: reads the data folder directly, beside a running server or without one."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from matinee.cli.place import place_of
from matinee.core.circuit import CircuitState
from matinee.data_folder import DataFolder
from matinee.foundations import open_engines
from matinee.ports.crew import Worker
from matinee.services.engines import EngineReport, EngineWorker, Trouble
from matinee.settings import Settings

_COLUMNS = (
    "engine",
    "kind",
    "state",
    "waiting",
    "running",
    "workers",
    "speed",
    "models",
    "last error",
)
_MOST_MODELS = 4
_MOST_WORKERS = 3
_ENDLESS = 10_000


def list_engines(data: Path | None, database: str | None, *, as_json: bool) -> None:
    """Print every engine as it stands. Raises SettingsInvalid if the settings can't be used."""
    reports = asyncio.run(_reports(*place_of(data, database)))
    if as_json:
        typer.echo(json.dumps([_facts(report) for report in reports]))
        return
    table = Table(box=None, header_style="bold")
    for column in _COLUMNS:
        table.add_column(column, overflow="fold")
    for report in reports:
        table.add_row(*_row(report))
    # A file or a pipe has no width: there, a line is an engine. What upstreams say is no markup.
    Console(width=None if sys.stdout.isatty() else _ENDLESS, markup=False).print(table)


async def _reports(settings: Settings, folder: DataFolder) -> list[EngineReport]:
    async with open_engines(settings, folder) as engines:
        return await engines.list()


def _row(report: EngineReport) -> tuple[str, ...]:
    facts, load = report.facts, report.load
    trouble = next(iter(report.troubles), None)
    return (
        facts.name,
        facts.kind if facts.is_proven or not facts.slots else f"{facts.kind} (not yet run live)",
        _state(report),
        _waiting(report),
        f"{load.in_progress} of {facts.slots * max(1, len(report.workers))}",
        _workers(report),
        f"{report.speed:.2f} x" if report.speed is not None else "-",
        _models(facts.models),
        f"{trouble.code}: {trouble.message}" if trouble else "-",
    )


def _waiting(report: EngineReport) -> str:
    unserved = ", ".join(f"{model}: {count}" for model, count in report.unserved.items())
    waiting = str(report.load.queued)
    return f"{waiting} (nobody serves {unserved})" if unserved else waiting


def _state(report: EngineReport) -> str:
    circuit = report.circuit
    since = circuit.since.isoformat(timespec="seconds") if circuit.since else "?"
    match circuit.state:
        case CircuitState.CLOSED:
            return "well" if report.workers else "no worker"
        case CircuitState.OPEN:
            return f"away since {since}"
        case CircuitState.HALF_OPEN:
            return f"on trial, away since {since}"


def _workers(report: EngineReport) -> str:
    if not report.workers:
        return "none"
    told = [_told(each.worker, report.facts.name) for each in report.workers[:_MOST_WORKERS]]
    return f"{len(report.workers)}: {', '.join(told)}"


def _told(worker: Worker, engine: str) -> str:
    only = "+".join(worker.models_of(engine))
    since = f"since {worker.started_at.isoformat(timespec='seconds')}"
    where = f"{worker.host}/{worker.process_id}"
    return f"{where} only {only} {since}" if only else f"{where} {since}"


def _models(models: tuple[str, ...]) -> str:
    shown = ", ".join("any" if name == "*" else name for name in models[:_MOST_MODELS])
    left = len(models) - _MOST_MODELS
    return f"{shown} and {left} more" if left > 0 else shown or "-"


def _facts(report: EngineReport) -> dict[str, Any]:
    facts, circuit = report.facts, report.circuit
    return {
        "name": facts.name,
        "kind": facts.kind,
        "summary": facts.summary,
        "is_proven": facts.is_proven,
        "models": list(facts.models),
        "slots": facts.slots,
        "state": circuit.state.value,
        "since": circuit.since.isoformat(timespec="seconds") if circuit.since else None,
        "failures": circuit.failures,
        "queued": report.load.queued,
        "in_progress": report.load.in_progress,
        "unserved": dict(report.unserved),
        "workers": [_worker(each, facts.name) for each in report.workers],
        "speed": report.speed,
        "last_errors": [_trouble(each) for each in report.troubles],
    }


def _worker(each: EngineWorker, engine: str) -> dict[str, Any]:
    return {
        "id": each.worker.id,
        "host": each.worker.host,
        "process_id": each.worker.process_id,
        "started_at": each.worker.started_at.isoformat(timespec="seconds"),
        "seen_at": each.worker.seen_at.isoformat(timespec="seconds"),
        "state": each.circuit.state.value,
        "models": list(each.worker.models_of(engine)),
    }


def _trouble(trouble: Trouble) -> dict[str, Any]:
    return {
        "code": trouble.code,
        "message": trouble.message,
        "at": trouble.at.isoformat(timespec="seconds"),
        "video_id": f"video_{trouble.video_id}" if trouble.video_id else None,
    }
