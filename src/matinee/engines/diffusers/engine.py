"""Films by open models, drawn in one thread and encoded as they come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import TypeVar

from matinee.core.errors import EngineError
from matinee.core.video import VideoSpec
from matinee.engines.diffusers.device import device_facts
from matinee.engines.diffusers.film import Shooting, make_film
from matinee.engines.diffusers.installation import find_device, quiet_libraries, require_libraries
from matinee.engines.diffusers.phases import FILE_NAME, PhaseHistory
from matinee.engines.diffusers.plan import plan_film
from matinee.engines.diffusers.profiles import Profile, plan_profile
from matinee.engines.diffusers.roster import DiffusersOptions, known_models, siblings_of
from matinee.engines.diffusers.studio import Equipment, Studio
from matinee.engines.diffusers.workload import LOADING
from matinee.ports.engine import Progress, Report, Workspace
from matinee.ports.engine_kind import EngineSetup

Result = TypeVar("Result")


def make_diffusers(setup: EngineSetup) -> DiffusersEngine:
    """The engine, with nothing loaded yet."""
    return DiffusersEngine(setup, now=time.monotonic)


class DiffusersEngine:
    """Keeps one model loaded between films."""

    def __init__(self, setup: EngineSetup, *, now: Callable[[], float]) -> None:
        """`now` gives seconds that only grow."""
        self._setup = setup
        self._now = now
        state = setup.state_folder
        self._history = PhaseHistory(state / FILE_NAME if state else None)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sampler")
        self._studio: Studio | None = None
        self._model = ""

    async def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Make the film; progress is in time, by what earlier films took."""
        if self._studio is None or not self._studio.is_loaded:
            yield Progress(done=0, total=1, phase=LOADING)
        studio = await self._studio_of(space.model or self._setup.model)
        shooting = Shooting(
            spec=spec,
            space=space,
            plan=plan_film(spec, studio.equipment.model),
            studio=studio,
            thread=self._thread,
        )
        async with aclosing(make_film(shooting, self._history, self._now)) as reports:
            async for report in reports:
                yield report

    async def close(self) -> None:
        """Let go of the model."""
        self._studio = None

    async def _studio_of(self, model: str) -> Studio:
        if self._studio is None or self._model != model:
            # One model at a time: the former must be gone before another one is loaded.
            self._studio = None
            self._studio = await self._in_thread(lambda: self._open_studio(model))
            self._model = model
        return self._studio

    def _open_studio(self, name: str) -> Studio:
        """Everything but the loading; this imports torch, which takes seconds."""
        require_libraries()
        quiet_libraries()
        options: DiffusersOptions = self._setup.options
        known = known_models(self._setup)
        if name not in known:
            raise EngineError(f"The engine {self._setup.name} has no model '{name}'.")
        named = options.devices[self._setup.slot % len(options.devices)]
        device = find_device(named, threads=self._setup.processes)
        profile = plan_profile(
            Profile(options.profile),
            known[name].model,
            device_facts(device),
            siblings_of(self._setup),
        )
        return Studio(
            Equipment(
                model=profile.model,
                folder=known[profile.model.name].folder,
                profile=profile,
                device=device,
                memory=options.memory,
                loras=options.loras_folder,
            )
        )

    async def _in_thread(self, call: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)
