"""How far an attempt is, and what is known of its submission."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from matinee.core.job import Job
from matinee.ports.engine import Checkpoint, Intent, Submission, Withdrawn


@dataclass(slots=True, kw_only=True)
class Course:
    """The newest progress in percent, and what stands submitted."""

    submission: Submission | None
    progress: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by every progress; whoever writes it clears it."""

    is_unwritten: bool = False
    """Whether the upstream's id is known here alone: its row could not be written yet."""

    @classmethod
    def of(cls, job: Job) -> Course:
        """The course of an attempt that begins with what earlier ones left."""
        return cls(submission=submission_of(job))

    @property
    def is_at_upstream(self) -> bool:
        """Whether an upstream surely has the work, as a row says."""
        return (
            self.submission is not None
            and self.submission.upstream_id is not None
            and not self.is_unwritten
        )

    def advance(self, percent: int) -> None:
        """The work has come so far; it never goes back."""
        if percent > self.progress:
            self.progress = percent
            self.moved.set()

    def note(self, report: Intent | Checkpoint | Withdrawn) -> None:
        """Know what the engine says of its submission, before that is written."""
        match report:
            case Intent(submit_key=submit_key):
                self.submission = Submission(submit_key=submit_key)
            case Checkpoint(upstream_id=upstream_id) if self.submission is not None:
                key = self.submission.submit_key
                self.submission = Submission(submit_key=key, upstream_id=upstream_id)
                self.is_unwritten = True
            case Withdrawn():
                self.submission = None


def submission_of(job: Job) -> Submission | None:
    """What stands submitted for `job`, as its row says."""
    if job.submit_key is None:
        return None
    return Submission(submit_key=job.submit_key, upstream_id=job.upstream_id)
