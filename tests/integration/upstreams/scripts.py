"""Answers of relays and vendors, and films made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from matinee.ports.engine import Engine, Progress, Report, Submission, Workspace
from tests.integration.upstreams.servers import FILM, Answer, a_spec

FETCHED = Answer(body=FILM, headers={"content-type": "video/mp4"})
"""The film itself."""


def events(*data: str) -> Answer:
    """A stream of events."""
    body = "".join(f"data: {each}\n\n" for each in data).encode()
    return Answer(body=body, headers={"content-type": "text/event-stream"})


def cut(answer: Answer) -> Answer:
    """The same, broken off before its end is known to be one."""
    return replace(answer, body=answer.body + b"\n", cut_at=len(answer.body))


async def made(
    engine: Engine,
    folder: Path,
    model: str = "films",
    *,
    resume: Submission | None = None,
    reports: list[Report] | None = None,
) -> list[Report]:
    """Have a film made and return what the engine told; in `reports`, too, if it fails."""
    space = Workspace(folder=folder, model=model, submit_key="video-1", resume=resume)
    reports = [] if reports is None else reports
    try:
        async for report in engine.generate(a_spec(seconds=4, fps=24), space):
            reports.append(report)
    finally:
        await engine.close()
    assert (folder / "film.mp4").read_bytes() == FILM
    return reports


def percents(reports: Sequence[Report]) -> list[int]:
    """The progress that was told."""
    return [each.done for each in reports if isinstance(each, Progress)]


def told(reports: Sequence[Report]) -> list[Report]:
    """All but the progress."""
    return [each for each in reports if not isinstance(each, Progress)]
