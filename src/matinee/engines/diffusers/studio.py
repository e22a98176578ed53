"""Where a model is loaded, kept, and drawn with; everything blocks, in one thread."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matinee.core.errors import OutOfMemory
from matinee.core.open_models import OpenModel
from matinee.engines.diffusers.device import free_memory, kind_of
from matinee.engines.diffusers.family import Family, load_family
from matinee.engines.diffusers.filming import (
    Cast,
    Filming,
    Made,
    Order,
    Out,
    Pictures,
    Sounds,
    Stage,
)
from matinee.engines.diffusers.loading import Weights, load_pipeline
from matinee.engines.diffusers.lora import wearing
from matinee.engines.diffusers.memory import (
    AUTO,
    Demand,
    MemoryPolicy,
    choose_policy,
    count_weights,
    home,
)
from matinee.engines.diffusers.placement import place
from matinee.engines.diffusers.profiles import ProfilePlan, running, tune
from matinee.engines.diffusers.retreat import RanOut, draw_somehow, stricter_of
from matinee.engines.diffusers.workload import LOADING, working_bytes

logger = logging.getLogger(__name__)

_NO_MEMORY_ON_CPU = "can't allocate memory"
"""Torch has a class for this on every device but the CPU."""

_DEVICE_FAULT = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """What a studio works with."""

    model: OpenModel
    folder: Path
    """The model's weights."""

    profile: ProfilePlan
    device: str
    """As torch spells it."""

    memory: str = AUTO
    loras: Path | None = None


class Studio:
    """Draws films with one model, which stays loaded from the first one on."""

    def __init__(self, equipment: Equipment) -> None:
        self._equipment = equipment
        self._cast: Cast | None = None
        self._policy: MemoryPolicy | None = None
        self._ran_out = False

    @property
    def equipment(self) -> Equipment:
        """What it works with."""
        return self._equipment

    @property
    def is_loaded(self) -> bool:
        """Whether the model is in its place."""
        return self._cast is not None

    def draw(self, order: Order, out: Out) -> None:
        """Draw the film and hand over what comes out.

        Raises Stopped when it is not wanted any more, after which the next one may be drawn;
        OutOfMemory, or another EngineError.
        """
        watched = _Watched(out)
        draw_somehow(
            lambda least: self._draw_once(order, watched, least),
            # What was handed over can't be taken back.
            lambda: self._may_retreat and not watched.has_pictures,
        )

    @property
    def _may_retreat(self) -> bool:
        """Whether less of the model may be kept on the device, and that would give it room."""
        return self._equipment.memory == AUTO and kind_of(self._equipment.device) == "cuda"

    def _draw_once(self, order: Order, out: Out, least: MemoryPolicy) -> None:
        import torch

        self._recover()
        with self._explained(order), torch.no_grad():
            if self._cast is None:
                self._cast = self._load(order, out, least)
            cast = self._cast
            with wearing(cast.first, order.loras, self._equipment.loras):
                Filming(cast, order, out).shoot()

    def _load(self, order: Order, out: Out, least: MemoryPolicy) -> Cast:
        model, device = self._equipment.model, self._equipment.device
        weights = Weights(model=model.name, folder=self._equipment.folder)
        weights.check()
        family = load_family(model.family)
        policy = stricter_of(self._choose_policy(order, device, family), least)
        self._policy = policy

        def tell(done: int, of: int) -> None:
            out.put(Stage(phase=LOADING, done=done, of=of))

        pipe = load_pipeline(
            weights,
            family.text_pipeline if model.takes_text else family.image_pipeline,
            _PartHomes(policy=policy, on=device, float32_parts=family.float32_parts),
            tell,
        )
        family.prepare(pipe, model)
        place(pipe, policy, device)
        plan = self._equipment.profile
        tune(pipe, plan, policy)
        return Cast(
            model=model, family=family, first=pipe, running=lambda pipe: running(pipe, plan)
        )

    def _choose_policy(self, order: Order, device: str, family: Family) -> MemoryPolicy:
        """What the memory that is free allows for a film like this one."""
        model, folder = self._equipment.model, self._equipment.folder
        homes = _PartHomes(
            policy=MemoryPolicy.RESIDENT, on=device, float32_parts=family.float32_parts
        )
        demand = Demand(
            parts={
                part: count * homes.dtype(part).itemsize
                for part, count in count_weights(folder).items()
            },
            working_bytes=working_bytes(
                model,
                order.plan.canvas,
                max(each.drawn for each in order.plan.segments),
                device=device,
            ),
        )
        choice = choose_policy(self._equipment.memory, device, demand, free_memory(device))
        logger.info(
            "model being loaded",
            extra={"model": model.name, "device": device, "memory": choice.reason},
        )
        return choice.policy

    def _recover(self) -> None:
        """Give back what a film that ran out of memory left behind.

        The model goes, too: loaded anew, it lies as the next film wants it.
        """
        if not self._ran_out:
            return
        import torch

        self._cast, self._policy = None, None
        gc.collect()
        torch.cuda.empty_cache()
        self._ran_out = False

    @contextmanager
    def _explained(self, order: Order) -> Iterator[None]:
        """Turn what torch says of a full or a broken device into what can be done about it."""
        import torch

        try:
            yield
        except torch.AcceleratorError:
            # After such a fault nothing works in this process any more; a new one starts well.
            logger.exception("device fault")
            os._exit(_DEVICE_FAULT)
        except (RuntimeError, MemoryError) as error:
            if not _is_out_of_memory(error):
                raise
            self._ran_out = True
            told = OutOfMemory(
                f"The device has too little memory for {order.plan.canvas} with "
                f"{max(each.drawn for each in order.plan.segments)} frames at a time. Ask for a "
                "smaller size or fewer seconds, or set the engine's 'memory' to keep less on it."
            )
            raise RanOut(self._policy, told) from error


class _Watched:
    """Where what is drawn goes, and whether there were pictures already."""

    def __init__(self, out: Out) -> None:
        self._out = out
        self.stop = out.stop
        self.has_pictures = False

    def put(self, item: Made) -> None:
        self.has_pictures = self.has_pictures or isinstance(item, Pictures | Sounds)
        self._out.put(item)


def _is_out_of_memory(error: BaseException) -> bool:
    import torch

    kinds = (torch.OutOfMemoryError, MemoryError)
    return isinstance(error, kinds) or _NO_MEMORY_ON_CPU in str(error)


@dataclass(frozen=True, slots=True, kw_only=True)
class _PartHomes:
    policy: MemoryPolicy
    on: str
    float32_parts: frozenset[str]

    def dtype(self, part: str) -> Any:
        import torch

        # Processors are slower in 16 bits than in 32, where they know them at all.
        is_exact = self.on == "cpu" or part in self.float32_parts
        return torch.float32 if is_exact else torch.bfloat16

    def device(self, part: str) -> str:
        return home(self.policy, part, self.on)
