"""Steps coroutines by hand. What would wait for time, a thread or a task goes on at once."""

from __future__ import annotations

import asyncio
import inspect
import types
from asyncio.tasks import _enter_task, _leave_task
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any, cast

from matinee.core.errors import MatineeError

_ONE_IN = 6


@types.coroutine
def pause() -> Generator[None, None, None]:
    """Here others may come first, a process may freeze, and it may die."""
    yield


class _Timer:
    """A call that is due at a moment."""

    def __init__(self, due_s: float, call: Callable[..., object], args: tuple[Any, ...]) -> None:
        self.due_s = due_s
        self._call, self._args = call, args
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True

    def run(self) -> None:
        if not self.is_cancelled:
            self._call(*self._args)


class _Turn:
    """What asyncio takes for the current task. Nobody cancels it: strands are told to stop."""

    def cancelling(self) -> int:
        return 0

    def uncancel(self) -> int:
        return 0

    def cancel(self, msg: object = None) -> bool:
        raise AssertionError("nothing takes so long here")


_TURN = cast("asyncio.Task[Any]", _Turn())


class Moment:
    """The event loop of one process, as far as code asks for one while it is stepped by hand."""

    def __init__(self, stage: Stage, now_s: Callable[[], float]) -> None:
        self._stage = stage
        self._now_s = now_s
        self._soon: deque[Callable[[], object]] = deque()
        self._timers: list[_Timer] = []
        self._loop = cast(asyncio.AbstractEventLoop, self)

    def time(self) -> float:
        """Seconds, on the clock of the whole world."""
        return self._now_s()

    def get_debug(self) -> bool:
        """Nothing is debugged."""
        return False

    def call_soon(self, callback: Callable[..., object], *args: Any, **_: Any) -> Any:
        """Run `callback` before anything else of this process."""
        self._soon.append(lambda: callback(*args))

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, **_: Any
    ) -> Any:
        """Run `callback` when the clock has gone on by `delay`."""
        return self.call_at(self.time() + delay, callback, *args)

    def call_at(self, when: float, callback: Callable[..., object], *args: Any, **_: Any) -> Any:
        """Run `callback` at that moment."""
        timer = _Timer(when, callback, args)
        self._timers.append(timer)
        return timer

    def create_future(self) -> asyncio.Future[Any]:
        """A future."""
        return asyncio.Future(loop=self._loop)

    def create_task(self, coro: Any, **_: Any) -> Any:
        """Run `coro` to its end, and give the future of what came of it."""
        future = self.create_future()
        try:
            while True:
                self._bear(coro.send(None))
        except StopIteration as stop:
            future.set_result(stop.value)
        except Exception as error:  # noqa: BLE001  # as a task, it holds whatever was raised
            future.set_exception(error)
        return future

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        """Run `func` here and now."""
        future = self.create_future()
        future.set_result(func(*args))
        return future

    def settle(self) -> None:
        """Run what is due by now."""
        while self._soon:
            self._soon.popleft()()
        if not self._timers:
            return
        now_s = self.time()
        due = [each for each in self._timers if each.due_s <= now_s]
        self._timers = [t for t in self._timers if t.due_s > now_s and not t.is_cancelled]
        for timer in due:
            timer.run()

    def _bear(self, awaited: object) -> None:
        """Have what a coroutine waits for be done."""
        if awaited is None:
            return
        assert isinstance(awaited, asyncio.Future), awaited
        self.settle()
        assert awaited.done(), "nobody will ever do what is waited for"
        awaited._asyncio_future_blocking = False

    def step(self, coro: Coroutine[Any, Any, Any], error: BaseException | None = None) -> None:
        """Let `coro` come to its next pause, or raise StopIteration or what it raises.

        Until the stage is left, this is the loop that code finds running.
        """
        self._stage.enter(self)
        if self._soon or self._timers:
            self.settle()
        awaited = coro.send(None) if error is None else coro.throw(error)
        while awaited is not None:
            self._bear(awaited)
            awaited = coro.send(None)


class Stage:
    """Which of several loops code finds running. To change that costs more than most steps."""

    def __init__(self) -> None:
        self._moment: Moment | None = None

    def enter(self, moment: Moment) -> None:
        """From now on it is `moment`."""
        if self._moment is not moment:
            self.leave()
            asyncio._set_running_loop(moment._loop)
            _enter_task(moment._loop, _TURN)
            self._moment = moment

    def leave(self) -> None:
        """From now on it is none."""
        if self._moment is not None:
            _leave_task(self._moment._loop, _TURN)
            asyncio._set_running_loop(None)
            self._moment = None


class Killed(BaseException):
    """The process is dead. Whatever this passes by did not run, and nothing of it is written."""


def kill(work: Coroutine[Any, Any, Any]) -> None:
    """End `work` where it stands."""
    if inspect.getcoroutinestate(work) == inspect.CORO_CREATED:
        work.close()
        return
    try:
        while True:
            work.throw(Killed())
    except (StopIteration, Killed):
        return


class Race:
    """Several coroutines at once, as one to be stepped: the first that ends decides."""

    def __init__(self, below: Callable[[int], int], *runners: Coroutine[Any, Any, Any]) -> None:
        """`below` draws who goes on next: mostly the first one, sometimes the last."""
        self._below = below
        self._runners = list(runners)

    def __await__(self) -> Generator[Any, None, Any]:
        left = list(self._runners)
        try:
            while True:
                chosen = left[0 if self._below(_ONE_IN) else -1]
                try:
                    awaited = chosen.send(None)
                except StopIteration as stop:
                    left.remove(chosen)
                    return stop.value
                except BaseException:
                    left.remove(chosen)
                    raise
                yield awaited
        except Killed:
            for runner in left:
                kill(runner)
            left.clear()
            raise
        finally:
            for runner in left:
                yield from _cancelled(runner)


def _cancelled(runner: Coroutine[Any, Any, Any]) -> Generator[Any, None, None]:
    """Cancel `runner` and let it come to its end, whatever that is."""
    if inspect.getcoroutinestate(runner) == inspect.CORO_CREATED:
        runner.close()
        return
    try:
        awaited = runner.throw(asyncio.CancelledError())
        while True:
            try:
                yield awaited
            except Killed:
                kill(runner)
                raise
            except asyncio.CancelledError:
                # Who waits for its end goes on doing so.
                pass
            awaited = runner.send(None)
    except (StopIteration, asyncio.CancelledError, MatineeError):
        return
