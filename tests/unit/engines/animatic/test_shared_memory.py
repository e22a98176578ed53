"""Things are shared between processes without copies, and unchangeable."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from matinee.engines.animatic.channel import Channel, EndFilm, OpenScene, WorkFailed
from matinee.engines.animatic.shared_memory import create_block, map_ring, pack, unpack


@dataclass
class Baked:
    name: str
    layers: list[NDArray[np.uint8]]
    twin: NDArray[np.uint8]


def test_a_packed_thing_comes_back_equal_and_read_only() -> None:
    layer = np.arange(1000, dtype=np.uint8).reshape(10, 100)
    descriptor, layout = pack(Baked("sea", [layer, layer[:, ::2]], layer))
    baked = unpack(descriptor, layout)
    os.close(descriptor)
    assert isinstance(baked, Baked)
    assert baked.name == "sea"
    assert np.array_equal(baked.layers[0], layer)
    assert np.array_equal(baked.layers[1], layer[:, ::2])
    assert baked.twin is baked.layers[0]
    with pytest.raises(ValueError, match="read-only"):
        baked.twin[0, 0] = 1


def test_a_ring_is_seen_by_everybody_who_maps_it() -> None:
    descriptor = create_block(2 * 3 * 4)
    ours, theirs = (map_ring(descriptor, (2, 3, 4)) for _ in range(2))
    os.close(descriptor)
    ours[1] = 7
    assert theirs[1].min() == 7
    assert theirs[0].max() == 0


def test_messages_arrive_whole_with_their_descriptors() -> None:
    near, far = socket.socketpair()
    with near, far:
        sender, receiver = Channel(near), Channel(far)
        descriptor, layout = pack("a scene")
        sender.send(EndFilm())
        sender.send(OpenScene(3, layout), descriptor)
        sender.send(WorkFailed("x" * 100_000))
        sender.send(OpenScene(4, layout), descriptor)
        os.close(descriptor)
        got: list[tuple[object, int | None]] = []
        while len(got) < 4:
            got.extend(receiver.receive())
        assert [message for message, _ in got] == [
            EndFilm(),
            OpenScene(3, layout),
            WorkFailed("x" * 100_000),
            OpenScene(4, layout),
        ]
        for _, arrived in (got[1], got[3]):
            assert arrived is not None
            assert unpack(arrived, layout) == "a scene"
            os.close(arrived)


def test_a_closed_channel_is_the_end() -> None:
    near, far = socket.socketpair()
    with far:
        Channel(near).close()
        with pytest.raises(EOFError):
            next(Channel(far).receive())
