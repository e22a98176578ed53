"""Memory that several processes see, passed between them as file descriptors.

Nothing has a name that could outlive a process: the memory is free when the last one that holds it
ends, however it ends. `/dev/shm` is not used, because containers give it 64 MB.
"""

from __future__ import annotations

import mmap
import os
import pickle
import sys
import tempfile
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Layout = tuple[int, ...]
"""Sizes of a packed thing's pieces in bytes: its pickle, then its buffers in their order."""

ALIGNMENT = 64
"""A cache line, and the widest vector instruction."""


def create_block(size_bytes: int) -> int:
    """A descriptor of zeroed memory. The caller closes it."""
    if sys.platform == "linux":
        descriptor = os.memfd_create("matinee-film")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, size_bytes)
    return descriptor


def map_ring(descriptor: int, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """The block as a writable array. It stays mapped for as long as an array of it lives."""
    block = mmap.mmap(descriptor, int(np.prod(shape)))
    return np.frombuffer(block, np.uint8).reshape(shape)


def pack(thing: object) -> tuple[int, Layout]:
    """Copy `thing` into a new block; its arrays are copied once. The caller closes the descriptor.

    Raises what pickling raises.
    """
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(thing, protocol=5, buffer_callback=buffers.append)
    pieces = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    layout = tuple(piece.nbytes for piece in pieces)
    starts = _starts(layout)
    descriptor = create_block(starts[-1])
    with mmap.mmap(descriptor, starts[-1]) as block:
        for start, piece in zip(starts, pieces, strict=False):
            block[start : start + piece.nbytes] = piece
    return descriptor, layout


def unpack(descriptor: int, layout: Layout) -> object:
    """The packed thing. Its arrays lie in the block, unchangeable; the block lives with them."""
    starts = _starts(layout)
    block = memoryview(mmap.mmap(descriptor, starts[-1], access=mmap.ACCESS_READ))
    pieces = [
        block[start : start + size_bytes] for start, size_bytes in zip(starts, layout, strict=False)
    ]
    thing: object = pickle.loads(pieces[0], buffers=pieces[1:])  # noqa: S301 - our own processes
    return thing


def _starts(layout: Sequence[int]) -> list[int]:
    """Where each piece begins, and where the block ends."""
    padded = (-(-size_bytes // ALIGNMENT) * ALIGNMENT for size_bytes in layout)
    return [0, *accumulate(padded)]
