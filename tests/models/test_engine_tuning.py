"""What an engine's settings and a request's additions do to whole films."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from matinee.core.video import Lora
from matinee.engines.diffusers.memory import MemoryPolicy
from matinee.engines.registry import load_film_maker
from matinee.ports.engine import FilmMaker
from matinee.ports.engine_kind import EngineSetup
from tests.models.children import THREADS, TI2V, Films, a_reference, a_spec, an_image
from tests.models.loras import write_lora
from tests.models.pipelines import load

Checkpoint = Callable[[str], Path]
Set = Callable[..., Films[FilmMaker]]
FAST = "fastwan2.2-ti2v-5b"


@pytest.fixture
def tuned(checkpoint: Checkpoint, tmp_path: Path) -> Set:
    """Makes an engine with these settings, in this process."""

    def tune(**options: Any) -> Films[FilmMaker]:
        weights = {name: str(checkpoint(TI2V)) for name in (TI2V, FAST)}
        setup = EngineSetup(
            name="local",
            options={"device": "cpu", "weights": weights, **options},
            processes=THREADS,
        )
        folder = tmp_path / f"engine-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return Films(load_film_maker("diffusers", setup), folder)

    return tune


@pytest.mark.parametrize("policy", [each for each in MemoryPolicy if each != "resident"])
async def test_where_the_parts_lie_changes_no_byte_of_the_film(
    tuned: Set, policy: MemoryPolicy, tmp_path: Path
) -> None:
    beginning = {"references": (an_image(tmp_path),)}
    spec = a_spec(references=(a_reference(),))
    expected, _ = await tuned(memory="resident").make(spec, **beginning)
    film, _ = await tuned(memory=policy.value).make(spec, **beginning)
    assert film.read_bytes() == expected.read_bytes()


async def test_a_film_wears_what_its_request_names_and_the_next_one_does_not(
    tuned: Set, checkpoint: Checkpoint, tmp_path: Path
) -> None:
    write_lora(load(checkpoint(TI2V)).transformer, tmp_path / "grain.safetensors")
    made = tuned(loras=str(tmp_path))
    plain, _ = await made.make(a_spec())
    options = replace(a_spec().options, loras=(Lora(name="grain"),))
    worn, _ = await made.make(a_spec(options=options))
    after, _ = await made.make(a_spec())
    assert worn.read_bytes() != plain.read_bytes()
    assert after.read_bytes() == plain.read_bytes()


async def test_a_film_says_which_model_drew_it(tuned: Set) -> None:
    film, _ = await tuned(profile="turbo").make(a_spec())
    with av.open(str(film)) as container:
        assert container.metadata["comment"] == f"model: {FAST}"
