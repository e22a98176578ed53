"""Films that are never made, each for a reason that is known before."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import pytest

from matinee.core.errors import EngineError, MatineeError, ModerationBlocked
from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.engines.rehearsal.refusals import RefusingEngine, failing, moderated
from matinee.ports.engine import Progress, Workspace
from matinee.ports.engine_kind import EngineSetup

SPEC = VideoSpec(model="test-fails", prompt="a fox", size=Size(720, 1280), seconds=4, seed=1)

SETUP = EngineSetup(name="rehearsal", options=None)


async def no_pause(seconds: float) -> None:
    del seconds


async def play(engine: RefusingEngine, folder: Path, shares: list[float]) -> None:
    """Run the engine to its end, with how far it came in `shares`."""
    async with aclosing(engine.generate(SPEC, Workspace(folder=folder))) as reports:
        async for report in reports:
            assert isinstance(report, Progress)
            shares.append(report.done / report.total)


@pytest.mark.parametrize(
    ("engine", "kind", "message"),
    [
        (failing(SETUP, pause=no_pause), EngineError, "this model always fails"),
        (
            moderated(SETUP, pause=no_pause),
            ModerationBlocked,
            r"^Your request was blocked by our moderation system\.$",
        ),
    ],
)
async def test_a_film_gets_on_for_a_while_and_fails_for_good_with_its_own_error(
    tmp_path: Path, engine: RefusingEngine, kind: type[MatineeError], message: str
) -> None:
    shares: list[float] = []
    with pytest.raises(kind, match=message) as caught:
        await play(engine, tmp_path, shares)
    assert shares == sorted(shares)
    assert 0 < shares[-1] < 0.5
    assert not caught.value.retryable
