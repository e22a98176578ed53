"""The named crash points: where a server dies, told by what it just did with its adapters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from matinee.core.event import EventKind
from matinee.core.job import JobState
from matinee.core.webhook import DeliveryState

Step = tuple[str, tuple[Any, ...]]
"""A method of a transaction, or of the blobs, with its arguments."""


class Moment(Enum):
    """When a transaction's steps are looked at."""

    WRITTEN = "all is written, and nothing is committed"
    COMMITTED = "it is committed, and nobody was told"
    RETURNED = "it is committed, and those who watch were told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A transaction, by its steps, and the moment in it at which the process dies."""

    moment: Moment
    sees: Callable[[Sequence[Step]], bool]


def _accepts(steps: Sequence[Step]) -> bool:
    return _calls(steps, "add_video")


def _takes(steps: Sequence[Step]) -> bool:
    return any(
        before.state is JobState.QUEUED and after.state is JobState.IN_PROGRESS
        for before, after in _moves(steps)
    )


def _intends(steps: Sequence[Step]) -> bool:
    return any(before.submit_key != after.submit_key for before, after in _moves(steps))


def _knows_its_upstream(steps: Sequence[Step]) -> bool:
    return any(before.upstream_id is None and after.upstream_id for before, after in _moves(steps))


def _progresses(steps: Sequence[Step]) -> bool:
    return any(
        before.state is after.state is JobState.IN_PROGRESS and before.progress < after.progress
        for before, after in _moves(steps)
    )


def _finishes(steps: Sequence[Step]) -> bool:
    return any(after.state is JobState.COMPLETED for _, after in _moves(steps))


def _deletes(steps: Sequence[Step]) -> bool:
    return any(name == "add_event" and said[0].kind is EventKind.DELETED for name, said in steps)


def _delivered(steps: Sequence[Step]) -> bool:
    return any(
        name == "webhooks.save_delivery" and said[1].state is DeliveryState.DELIVERED
        for name, said in steps
    )


def _rotates(steps: Sequence[Step]) -> bool:
    return _calls(steps, "webhooks.save_endpoint")


POINTS: Mapping[str, Point] = {
    "accept-before-commit": Point(moment=Moment.WRITTEN, sees=_accepts),
    "accept-before-reply": Point(moment=Moment.RETURNED, sees=_accepts),
    "claim-before-commit": Point(moment=Moment.WRITTEN, sees=_takes),
    "after-claim": Point(moment=Moment.RETURNED, sees=_takes),
    "after-intent": Point(moment=Moment.RETURNED, sees=_intends),
    "submitted-not-recorded": Point(moment=Moment.WRITTEN, sees=_knows_its_upstream),
    "submitted-and-recorded": Point(moment=Moment.RETURNED, sees=_knows_its_upstream),
    "during-progress-write": Point(moment=Moment.WRITTEN, sees=_progresses),
    "between-rename-and-commit": Point(moment=Moment.WRITTEN, sees=_finishes),
    "after-commit-before-told": Point(moment=Moment.COMMITTED, sees=_finishes),
    "after-commit-before-clean-up": Point(moment=Moment.RETURNED, sees=_finishes),
    "after-2xx-before-mark": Point(moment=Moment.WRITTEN, sees=_delivered),
    "delete-before-commit": Point(moment=Moment.WRITTEN, sees=_deletes),
    "delete-before-bytes": Point(moment=Moment.RETURNED, sees=_deletes),
    "rotation-before-commit": Point(moment=Moment.WRITTEN, sees=_rotates),
    "rotation-before-reply": Point(moment=Moment.RETURNED, sees=_rotates),
}

BLOB_POINTS: Mapping[str, tuple[str, int]] = {
    "asset-write-before-first": ("put", 0),
    "asset-write-between": ("put", 1),
    "asset-write-before-last": ("put", 2),
}
"""Points among the calls of the blobs: at the beginning of that call, so many gone before."""

OUTSIDE_POINTS: Mapping[str, str] = {
    "during-submission": "order",
    "during-webhook-send": "letter",
}
"""Points that the world outside knows: it was asked, and has not answered."""


def _calls(steps: Sequence[Step], name: str) -> bool:
    return any(called == name for called, _ in steps)


def _moves(steps: Sequence[Step]) -> Sequence[tuple[Any, ...]]:
    """The jobs before and after, of every move in the steps."""
    return [said for name, said in steps if name == "save_job"]
