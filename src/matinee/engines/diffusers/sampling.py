"""Watching a pipeline while it samples, and stopping it in the middle.

A pipeline shows its steps on a progress bar; ours stands in for that, on the pipeline itself, which
works for every one of them. It is stopped by an error raised in there or between the layers of its
transformer, and is good for the next film afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from matinee.engines.diffusers.family import Pipeline

OnStep = Callable[[int], None]
"""Told how many steps are done."""


class Stopped(Exception):
    """The film that is being made is not wanted any more."""


class StopSign:
    """Put up by one thread, heeded by another."""

    def __init__(self) -> None:
        self._is_up = threading.Event()

    def put_up(self) -> None:
        """Have the work stopped."""
        self._is_up.set()

    def heed(self) -> None:
        """Raise Stopped if the sign is up."""
        if self._is_up.is_set():
            raise Stopped


class StepBar:
    """What a pipeline takes for its progress bar."""

    def __init__(self, steps: Iterable[Any] | None, on_step: OnStep, stop: StopSign) -> None:
        self._steps = steps
        self._on_step = on_step
        self._stop = stop
        self._done = 0

    def __enter__(self) -> StepBar:
        return self

    def __exit__(self, *error: object) -> None:
        """It has nothing to clear away."""

    def __iter__(self) -> Iterator[Any]:
        for step in self._steps or ():
            yield step
            self.update()

    def update(self, steps: int = 1) -> None:
        """So many more are done."""
        self._stop.heed()
        self._done += steps
        self._on_step(self._done)

    def set_postfix(self, *args: object, **kwargs: object) -> None:
        """Some pipelines write beside their bar."""


@contextmanager
def watched(pipe: Pipeline, on_step: OnStep, stop: StopSign) -> Iterator[None]:
    """Within it, `pipe` tells its steps to `on_step` and heeds `stop`."""

    def begin_bar(iterable: Iterable[Any] | None = None, total: int | None = None) -> StepBar:
        stop.heed()
        return StepBar(iterable, on_step, stop)

    with ExitStack() as stack:
        # On the instance alone: it hides the method of its class.
        pipe.progress_bar = begin_bar
        stack.callback(lambda: delattr(pipe, "progress_bar"))
        for layer in _layers(pipe):
            hook = layer.register_forward_pre_hook(lambda *_: stop.heed())
            stack.callback(hook.remove)
        yield


def _layers(pipe: Pipeline) -> Iterator[Any]:
    """The layers of the transformers: one step of a large film takes long."""
    from torch.nn import ModuleList

    for name, part in pipe.components.items():
        if part is None or not name.startswith("transformer"):
            continue
        for group in part.children():
            if isinstance(group, ModuleList):
                yield from (layer for layer in group if not _is_compiled(layer))


def _is_compiled(layer: Any) -> bool:
    # A hook would be compiled along, and break up what was compiled.
    return getattr(layer, "_compiled_call_impl", None) is not None
