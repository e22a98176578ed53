"""Messages and file descriptors between the farm and its render processes."""

from __future__ import annotations

import pickle
import socket
import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from matinee.engines.animatic.shared_memory import Layout


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message: where modules are found, and the pickled studio."""

    module_paths: tuple[str, ...]
    studio: bytes


@dataclass(frozen=True, slots=True)
class BeginFilm:
    """A new ring of pictures, whose descriptor comes along."""

    shape: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class BuildScene:
    """Build the scene of a shot; the descriptor of the block with its order comes along."""

    shot: int
    layout: Layout


@dataclass(frozen=True, slots=True)
class OpenScene:
    """A scene that another process built; the descriptor of its block comes along."""

    shot: int
    layout: Layout


@dataclass(frozen=True, slots=True)
class DrawFrame:
    """Draw a frame of a scene into a slot of the ring, `t` seconds into the shot."""

    number: int
    shot: int
    slot: int
    t: float
    brightness: float


@dataclass(frozen=True, slots=True)
class ForgetScene:
    """The scene is not needed any more."""

    shot: int


@dataclass(frozen=True, slots=True)
class EndFilm:
    """Forget the scenes and the ring."""


@dataclass(frozen=True, slots=True)
class SceneBuilt:
    """A scene is ready; the descriptor of its block comes along."""

    shot: int
    layout: Layout


@dataclass(frozen=True, slots=True)
class FrameDrawn:
    """A frame lies in its slot."""

    number: int


@dataclass(frozen=True, slots=True)
class FilmEnded:
    """The answer to EndFilm: nothing that came before belongs to the next film."""


@dataclass(frozen=True, slots=True)
class WorkFailed:
    """Building or drawing raised an error; the process ends after this."""

    traceback: str


Task: TypeAlias = Hello | BeginFilm | BuildScene | OpenScene | DrawFrame | ForgetScene | EndFilm
Answer: TypeAlias = SceneBuilt | FrameDrawn | WorkFailed
Message: TypeAlias = Task | Answer | FilmEnded

LENGTH = struct.Struct("!Q")
READ_BYTES = 1 << 16
MOST_DESCRIPTORS = 16


class Channel:
    """One end of a socket between two of our own processes.

    Each message is its length and its pickle, sent together with at most one descriptor.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._bytes = bytearray()
        self._descriptors: deque[int] = deque()

    def send(self, message: Message, descriptor: int | None = None) -> None:
        """Send `message`, and a copy of `descriptor`. Raises OSError if the other end is gone."""
        body = pickle.dumps((message, descriptor is not None), protocol=5)
        data = memoryview(LENGTH.pack(len(body)) + body)
        sent = 0
        if descriptor is not None:
            sent = socket.send_fds(self.socket, [data], [descriptor])
        self.socket.sendall(data[sent:])

    def receive(self) -> Iterator[tuple[Message, int | None]]:
        """Read once and give the messages that are complete, each with its descriptor.

        The caller closes the descriptors. Raises EOFError if the other end is gone.
        """
        data, descriptors, _, _ = socket.recv_fds(self.socket, READ_BYTES, MOST_DESCRIPTORS)
        if not data:
            raise EOFError
        self._bytes += data
        self._descriptors.extend(descriptors)
        while len(self._bytes) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._bytes)
            end = LENGTH.size + length
            if len(self._bytes) < end:
                break
            body = bytes(self._bytes[LENGTH.size : end])
            del self._bytes[:end]
            message, has_descriptor = pickle.loads(body)  # noqa: S301 - our own processes
            yield message, self._descriptors.popleft() if has_descriptor else None

    def close(self) -> None:
        """Close this end; the other reads that it is gone."""
        self.socket.close()
