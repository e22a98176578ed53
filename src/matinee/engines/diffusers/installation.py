"""The libraries and the device that an engine's process works with."""

from __future__ import annotations

from importlib.util import find_spec

from matinee.core.errors import EngineError
from matinee.engines.diffusers.device import kind_of

LIBRARIES = ("torch", "diffusers", "transformers", "accelerate", "safetensors")


def missing_libraries() -> list[str]:
    """Those that are not installed; nothing is loaded to find out."""
    return [name for name in LIBRARIES if find_spec(name) is None]


def require_libraries() -> None:
    """Raise EngineError, saying what to install, unless all are there."""
    missing = missing_libraries()
    if missing:
        raise EngineError(
            f"The server lacks {', '.join(missing)}. Install it there: "
            "pip install -e '.[diffusers]'"
        )


def quiet_libraries() -> None:
    """Keep their progress bars out of the log."""
    import diffusers
    import transformers

    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.disable_progress_bar()


def find_device(asked: str, *, threads: int) -> str:
    """The device that was `asked` for, as torch spells it; `auto` is the best there is.

    A processor works with as many `threads`. Raises EngineError if there is no such device.
    """
    import torch

    torch.set_num_threads(threads)
    if asked == "auto":
        return next(kind for kind in ("cuda", "mps", "cpu") if _count(kind))
    if int(asked.partition(":")[2] or 0) >= _count(kind_of(asked)):
        raise EngineError(
            f"The server has no device '{asked}', only {_count(kind_of(asked))} of that kind. "
            "Set the engine's 'device' to 'auto' to have one chosen."
        )
    return asked


def _count(kind: str) -> int:
    """How many devices of that kind there are."""
    import torch

    if kind == "cuda":
        return int(torch.cuda.device_count())
    return int(kind == "cpu" or torch.backends.mps.is_available())
