"""What whoever looks after the server may see of it: `/admin`. Our own; no other server has it."""

from __future__ import annotations

from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.attempt import Attempt
from matinee.core.circuit import CircuitState
from matinee.core.errors import VideoNotFound
from matinee.core.ids import AccountId
from matinee.services.engines import EngineReport, Engines
from matinee.web.context import DialectContext
from matinee.web.operations import Chapter, Operation, Parameter, ReplyKind, shell
from matinee.web.replies import json_reply


class EngineTrouble(msgspec.Struct, kw_only=True):
    """An error that an engine met."""

    code: str
    message: str
    at: int
    video_id: str | None


class EngineWorkerObject(msgspec.Struct, kw_only=True):
    """A process that makes films with an engine."""

    id: str
    object: str = "engine.worker"
    host: str
    process_id: int
    started_at: int
    seen_at: int
    state: CircuitState
    models: tuple[str, ...]


class EngineObject(msgspec.Struct, kw_only=True):
    """An engine as it stands."""

    name: str
    object: str = "engine"
    kind: str
    summary: str
    is_proven: bool
    models: tuple[str, ...]
    slots: int
    state: CircuitState
    since: int | None
    failures: int
    checked_at: int | None
    queued: int
    in_progress: int
    unserved: dict[str, int]
    workers: list[EngineWorkerObject]
    speed: float | None
    last_errors: list[EngineTrouble]


class EngineList(msgspec.Struct, kw_only=True):
    """Every engine."""

    object: str = "list"
    data: list[EngineObject]


class AttemptObject(msgspec.Struct, kw_only=True):
    """One try at a video."""

    number: int
    object: str = "video.attempt"
    engine: str
    model: str
    film_seconds: int
    started_at: int
    finished_at: int | None
    outcome: str | None
    message: str | None
    upstream_id: str | None


class AttemptList(msgspec.Struct, kw_only=True):
    """What was tried for a video."""

    object: str = "list"
    data: list[AttemptObject]


_NOTES = {
    "EngineObject": {
        "is_proven": "Whether its kind was seen to work with the real thing; false: not yet run "
        "live.",
        "models": "Its own names of the models that it makes; `*` is any.",
        "slots": "How many films it makes at a time, on each of its workers.",
        "state": "`closed`: it is given films. `open`: it is away and given none. `half_open`: it "
        "is there again, and given one film to see. Of several workers, that of the one with "
        "which it is best.",
        "unserved": "How many of those queued none of the workers takes, by model: nobody serves "
        "that model, or there is no worker at all.",
        "workers": "The processes that make films with it and were heard of in the last `lease_s`.",
        "since": "When it went away or came back, in Unix seconds; null if it never was away.",
        "failures": "How many times in a row it was found to be away.",
        "checked_at": "When it was last found away or there again.",
        "speed": "Seconds of film that it makes in a second, one film at a time: the middle of its "
        "last 20. null if it made none yet.",
        "last_errors": "The newest first, five at most.",
    },
    "EngineWorkerObject": {
        "host": "The name of its machine.",
        "seen_at": "When it was last heard of, in Unix seconds.",
        "state": "How it finds the engine.",
        "models": "The engine's models that it makes; empty: all of them.",
    },
    "EngineTrouble": {
        "video_id": "Whose film it was; null if the engine was only asked whether it is there."
    },
    "AttemptObject": {
        "outcome": "`completed`, an error's code, `handed_back`, `lease_expired` or "
        "`server_restarted`; null while it runs.",
        "message": "What the error said.",
        "upstream_id": "Under which id an upstream had the work.",
    },
}
_WHO = (
    "For keys made with `matinee keys create --admin`; on a server without keys, for whoever "
    "sits at the machine."
)

CHAPTER = Chapter(
    title="Administration",
    description=f"How the server itself is. {_WHO}",
    operations=(
        Operation(
            method="GET",
            path="/admin/engines",
            operation_id="listEngines",
            summary="See how the engines are",
            description="Which are well, what they have before them, how fast they are, and what "
            "went wrong lately.",
            replies=(ReplyKind(description="Every engine.", kind=EngineList),),
            examples=(shell("/admin/engines"),),
        ),
        Operation(
            method="GET",
            path="/admin/videos/{id}/attempts",
            operation_id="listVideoAttempts",
            summary="See what was tried for a video",
            description="In order, with the engine of each attempt and how it ended.",
            parameters=(
                Parameter(
                    name="id",
                    place="path",
                    description="The video's id, in any spelling, whoever owns it.",
                    example="video_01kw0000000000000000000001",
                ),
            ),
            replies=(ReplyKind(description="Its attempts.", kind=AttemptList),),
            errors=(VideoNotFound,),
            examples=(shell("/admin/videos/VIDEO_ID/attempts"),),
        ),
    ),
    notes=_NOTES,
)


def routes(context: DialectContext, engines: Engines) -> list[Route]:
    """Every route of administration."""
    admin = Administration(engines)
    return [
        Route("/admin/engines", context.admin_endpoint(admin.engines), methods=["GET"]),
        Route(
            "/admin/videos/{id}/attempts",
            context.admin_endpoint(admin.attempts),
            methods=["GET"],
        ),
    ]


class Administration:
    """The endpoints."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def engines(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Every engine as it stands."""
        reports = await self._engines.list()
        return json_reply(EngineList(data=[render_engine(report) for report in reports]))

    async def attempts(self, request: Request, account_id: AccountId) -> ASGIApp:
        """What was tried for a video."""
        attempts = await self._engines.attempts(request.path_params["id"])
        return json_reply(AttemptList(data=[_render_attempt(attempt) for attempt in attempts]))


def render_engine(report: EngineReport) -> EngineObject:
    """The engine as JSON has it."""
    facts, circuit = report.facts, report.circuit
    return EngineObject(
        name=facts.name,
        kind=facts.kind,
        summary=facts.summary,
        is_proven=facts.is_proven,
        models=facts.models,
        slots=facts.slots,
        state=circuit.state,
        since=_unix(circuit.since),
        failures=circuit.failures,
        checked_at=_unix(circuit.checked_at),
        queued=report.load.queued,
        in_progress=report.load.in_progress,
        unserved=dict(report.unserved),
        workers=[
            EngineWorkerObject(
                id=each.worker.id,
                host=each.worker.host,
                process_id=each.worker.process_id,
                started_at=int(each.worker.started_at.timestamp()),
                seen_at=int(each.worker.seen_at.timestamp()),
                state=each.circuit.state,
                models=each.worker.models_of(facts.name),
            )
            for each in report.workers
        ],
        speed=None if report.speed is None else round(report.speed, 4),
        last_errors=[
            EngineTrouble(
                code=each.code,
                message=each.message,
                at=int(each.at.timestamp()),
                video_id=f"video_{each.video_id}" if each.video_id else None,
            )
            for each in report.troubles
        ],
    )


def _render_attempt(attempt: Attempt) -> AttemptObject:
    return AttemptObject(
        number=attempt.number,
        engine=attempt.engine,
        model=attempt.model,
        film_seconds=attempt.film_seconds,
        started_at=int(attempt.started_at.timestamp()),
        finished_at=_unix(attempt.finished_at),
        outcome=attempt.outcome,
        message=attempt.message,
        upstream_id=attempt.upstream_id,
    )


def _unix(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None
