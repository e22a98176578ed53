"""Where the parts of a pipeline lie: what `memory` decided, done. Runs beside torch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from matinee.engines.diffusers.device import kind_of
from matinee.engines.diffusers.memory import MemoryPolicy, moves

_TEXT_PARTS = "text_encoder"


def place(pipe: Any, policy: MemoryPolicy, device: str) -> None:
    """Bring the parts of `pipe` to their places, and see that those that wait come when called.

    Once for a pipeline; another one made of the same parts needs nothing. Only the calls of a part
    itself bring it, not those of what is inside it. Parts that neither read nor draw, the VAE among
    them, are always on `device`.
    """
    modules = _modules_of(pipe)
    waiting = {name: module for name, module in modules.items() if moves(policy, name)}
    for name, module in modules.items():
        if name not in waiting:
            module.to(device)
    match policy:
        case MemoryPolicy.STREAM:
            for name, module in waiting.items():
                _stream(module, device, is_text=name.startswith(_TEXT_PARTS))
        case MemoryPolicy.PARK_TEXT:
            # Whatever draws sends the text encoders away.
            drawing = [module for name, module in modules.items() if name.startswith("transformer")]
            _take_turns(list(waiting.values()), drawing, device)
        case MemoryPolicy.RESIDENT | MemoryPolicy.OFFLOAD:
            _take_turns(list(waiting.values()), [], device)


def _take_turns(waiting: list[Any], staying: list[Any], device: str) -> None:
    from accelerate.hooks import add_hook_to_module

    turns = _Turns(device)
    for module in waiting:
        add_hook_to_module(module, _Turn(turns, device, leaves=True))
    for module in staying if waiting else []:
        add_hook_to_module(module, _Turn(turns, device, leaves=False))


def _stream(module: Any, device: str, *, is_text: bool) -> None:
    from diffusers.hooks import apply_group_offloading

    has_streams = kind_of(device) == "cuda"
    if is_text:
        # The layers of text encoders lie too deep to be found as blocks.
        apply_group_offloading(
            module, onload_device=device, offload_type="leaf_level", use_stream=has_streams
        )
    else:
        apply_group_offloading(
            module,
            onload_device=device,
            offload_type="block_level",
            num_blocks_per_group=1,
            use_stream=has_streams,
        )


class _Turns:
    """Several modules, of which the one that works is on the device."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._inside: _Visitor | None = None

    def begin(self, module: Any, *, leaves: bool) -> None:
        """`module` is about to work: the one before leaves the device, and it comes."""
        if self._inside is not None and self._inside.module is not module:
            self._inside.leave()
            self._inside = None
        if leaves:
            if self._inside is None:
                self._inside = _Visitor(module, self._device)
            # Even if it is there: weights that were added since are not.
            self._inside.come()


class _Visitor:
    """A module that comes to the device for a while; its weights stay in RAM meanwhile."""

    def __init__(self, module: Any, device: str) -> None:
        from torch.utils.weak import WeakTensorKeyDictionary

        self.module = module
        self._device = device
        self._at_home: Any = WeakTensorKeyDictionary()

    def come(self) -> None:
        for tensor in _tensors_of(self.module):
            if tensor.device.type != kind_of(self._device):
                self._at_home[tensor] = tensor.data
                tensor.data = tensor.data.to(self._device)

    def leave(self) -> None:
        for tensor in _tensors_of(self.module):
            at_home = self._at_home.get(tensor)
            tensor.data = tensor.data.cpu() if at_home is None else at_home


class _Turn:
    """What accelerate calls before a module works, in the shape of its `ModelHook`.

    Pipelines read `execution_device` to know where their inputs belong.
    """

    no_grad = False

    def __init__(self, turns: _Turns, device: str, *, leaves: bool) -> None:
        self.execution_device = device
        self._turns = turns
        self._leaves = leaves

    def init_hook(self, module: Any) -> Any:
        return module

    def detach_hook(self, module: Any) -> Any:
        return module

    def pre_forward(self, module: Any, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        self._turns.begin(module, leaves=self._leaves)
        return args, kwargs

    def post_forward(self, module: Any, output: Any) -> Any:
        return output


def _modules_of(pipe: Any) -> dict[str, Any]:
    from torch import nn

    return {name: part for name, part in pipe.components.items() if isinstance(part, nn.Module)}


def _tensors_of(module: Any) -> Iterator[Any]:
    return chain(module.parameters(), module.buffers())
