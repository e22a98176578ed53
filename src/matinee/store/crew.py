"""The rows of workers, of duties and of abandoned submissions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from matinee.core.job import Job, JobState
from matinee.ports.crew import Abandoned, Worker
from matinee.ports.engine import Submission
from matinee.store.execution import Execute, Read
from matinee.store.rows import Row, micros, moment
from matinee.store.statements import first
from matinee.store.tables import abandoned, duties, engine_states, workers


def _insertion(table: sa.Table) -> postgresql.Insert:
    """An insertion that may go on "ON CONFLICT", which both databases spell alike."""
    names = [column.name for column in table.columns]
    return postgresql.insert(table).values({name: sa.bindparam(name) for name in names})


_add_worker = _insertion(workers)
_NOTE_WORKER = _add_worker.on_conflict_do_update(
    index_elements=["id"],
    set_={
        name: _add_worker.excluded[name]
        for name in ("host", "process_id", "engines", "started_at", "seen_at")
    },
)
_WORKERS = sa.select(workers).order_by(workers.c.started_at, workers.c.id)
_REMOVE_WORKER = sa.delete(workers).where(workers.c.id == sa.bindparam("of_worker"))
_REMOVE_STATES = sa.delete(engine_states).where(
    engine_states.c.worker_id == sa.bindparam("of_worker")
)
_REMOVE_STRAY_STATES = sa.delete(engine_states).where(
    engine_states.c.worker_id.not_in(sa.select(workers.c.id))
)
_SILENT = sa.select(workers.c.id).where(workers.c.seen_at < sa.bindparam("before"))

_OF_DUTY = {column.name: sa.bindparam(column.name, type_=column.type) for column in duties.c}
_NOW = sa.bindparam("now", type_=sa.BigInteger)
# Nearly everyone who asks is refused: then nothing is locked, and nothing written that the disk
# is to have.
_is_free = ~sa.exists().where(
    duties.c.name == _OF_DUTY["name"],
    duties.c.holder != _OF_DUTY["holder"],
    duties.c.expires_at > _NOW,
)
_add_duty = postgresql.insert(duties).from_select(
    list(_OF_DUTY), sa.select(*_OF_DUTY.values()).where(_is_free)
)
_HOLD_DUTY = _add_duty.on_conflict_do_update(
    index_elements=["name"],
    set_={"holder": _add_duty.excluded.holder, "expires_at": _add_duty.excluded.expires_at},
    where=sa.or_(duties.c.holder == _add_duty.excluded.holder, duties.c.expires_at <= _NOW),
)
_RELEASE_DUTY = sa.delete(duties).where(
    duties.c.name == sa.bindparam("of_name"), duties.c.holder == sa.bindparam("of_holder")
)

_add_abandoned = _insertion(abandoned)
# An attempt may learn the upstream's own id only after somebody noted the submission without it.
_ABANDON = _add_abandoned.on_conflict_do_update(
    index_elements=["video_id", "submit_key"],
    set_={
        "upstream_id": sa.func.coalesce(
            abandoned.c.upstream_id, _add_abandoned.excluded.upstream_id
        )
    },
)
_ABANDONED = first(
    sa.select(abandoned)
    .where(
        abandoned.c.engine == sa.bindparam("of_engine"),
        abandoned.c.due_at <= sa.bindparam("now", type_=sa.BigInteger),
    )
    .order_by(abandoned.c.due_at)
)
_THIS = (
    abandoned.c.video_id == sa.bindparam("of_video"),
    abandoned.c.submit_key == sa.bindparam("of_key"),
)
_POSTPONE = (
    sa.update(abandoned)
    .where(*_THIS, abandoned.c.tries == sa.bindparam("of_tries"))
    .values(
        tries=abandoned.c.tries + sa.literal_column("1"),
        due_at=sa.bindparam("until", type_=sa.BigInteger),
    )
)
_FORGET = sa.delete(abandoned).where(*_THIS)
_FORGET_OLD = sa.delete(abandoned).where(abandoned.c.created_at < sa.bindparam("before"))


class SqlCrewRows:
    """The `CrewRows` of every SQL database."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute

    def note_worker(self, worker: Worker) -> None:
        """Write `worker` over what is known of it."""
        self._execute(
            _NOTE_WORKER,
            id=worker.id,
            host=worker.host,
            process_id=worker.process_id,
            engines=msgspec.json.encode(_lines_of(worker)).decode(),
            started_at=micros(worker.started_at),
            seen_at=micros(worker.seen_at),
        )

    def remove_worker(self, worker_id: str) -> None:
        """Forget the worker, and what it knew of its engines' health."""
        self._execute(_REMOVE_WORKER, of_worker=worker_id)
        self._execute(_REMOVE_STATES, of_worker=worker_id)

    def remove_workers(self, before: datetime) -> None:
        """The same for all that were not heard of since then, and what others left behind."""
        for (worker_id,) in self._execute(_SILENT, before=micros(before)).fetchall():
            self.remove_worker(worker_id)
        self._execute(_REMOVE_STRAY_STATES)

    def hold_duty(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Give the duty to `holder` until then, if it has it already or nobody has; whether so."""
        cursor = self._execute(
            _HOLD_DUTY, name=name, holder=holder, now=micros(now), expires_at=micros(until)
        )
        return cursor.rowcount == 1

    def release_duty(self, name: str, holder: str) -> None:
        """End the holder's right to the duty, if it has it."""
        self._execute(_RELEASE_DUTY, of_name=name, of_holder=holder)

    def abandon(self, job: Job, now: datetime) -> None:
        """Note what stands submitted for `job`, so that its upstream is told that it may stop."""
        if job.submit_key is None or job.state is JobState.COMPLETED:
            return
        self._execute(
            _ABANDON,
            video_id=job.video_id,
            submit_key=job.submit_key,
            engine=job.engine,
            model=job.model,
            upstream_id=job.upstream_id,
            tries=0,
            due_at=micros(now),
            created_at=micros(now),
        )

    def postpone(self, abandoned: Abandoned, until: datetime) -> bool:
        """Count a try to tell the upstream, and none before `until`; whether this is the one."""
        cursor = self._execute(
            _POSTPONE, of_tries=abandoned.tries, until=micros(until), **_key_of(abandoned)
        )
        return cursor.rowcount == 1

    def forget(self, abandoned: Abandoned) -> None:
        """The upstream was told, or never will be."""
        self._execute(_FORGET, **_key_of(abandoned))

    def forget_abandoned(self, before: datetime) -> int:
        """Forget all that was abandoned earlier than `before`; how much that was."""
        return self._execute(_FORGET_OLD, before=micros(before)).rowcount


class SqlCrewReads:
    """The `CrewReads` of every SQL database."""

    def __init__(self, read: Read) -> None:
        self._read = read

    async def workers(self) -> list[Worker]:
        """Every worker that is known of, those that began first before the others."""
        return [_worker_of(row) for row in await self._read(_WORKERS)]

    async def abandoned(self, engines: Sequence[str], now: datetime, most: int) -> list[Abandoned]:
        """Some of what the upstreams of `engines` are to be told by now."""
        found = [
            await self._read(_ABANDONED, of_engine=engine, now=micros(now), most=most)
            for engine in engines
        ]
        return [_abandoned_of(row) for rows in found for row in rows]


def _key_of(abandoned: Abandoned) -> dict[str, object]:
    return {"of_video": abandoned.video_id, "of_key": abandoned.submission.submit_key}


_Line = str | tuple[str, str]
"""What a worker takes films from: all of an engine, or one of its models."""


def _lines_of(worker: Worker) -> list[_Line]:
    named = {engine for engine, _ in worker.queues}
    return [*(engine for engine in worker.engines if engine not in named), *worker.queues]


def _worker_of(row: Row) -> Worker:
    """The worker in a row of all columns of `workers`."""
    worker_id, host, process_id, engines, started_at, seen_at = row
    lines = msgspec.json.decode(engines, type=tuple[_Line, ...])
    return Worker(
        id=worker_id,
        host=host,
        process_id=process_id,
        engines=tuple(dict.fromkeys(line if isinstance(line, str) else line[0] for line in lines)),
        started_at=moment(started_at),
        seen_at=moment(seen_at),
        queues=tuple(line for line in lines if not isinstance(line, str)),
    )


def _abandoned_of(row: Row) -> Abandoned:
    """The submission in a row of all columns of `abandoned`."""
    video_id, submit_key, engine, model, upstream_id, tries, due_at, created_at = row
    return Abandoned(
        video_id=video_id,
        engine=engine,
        model=model,
        submission=Submission(submit_key=submit_key, upstream_id=upstream_id),
        tries=tries,
        due_at=moment(due_at),
        created_at=moment(created_at),
    )
