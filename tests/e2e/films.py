"""Films as a viewer's program sees them: decoded frame by frame, with their sound."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedFilm:
    """Everything that is in a film. `means` and `changes` are per frame, on 8-bit grey."""

    width_px: int
    height_px: int
    fps: float
    frames: int
    codecs: tuple[str, str]
    means: NDArray[np.float64]
    changes: NDArray[np.float64]
    first: NDArray[np.uint8]
    sound: NDArray[np.float32]
    """(channels, samples) at 48 kHz."""

    sound_rate: int
    boxes: tuple[str, ...]

    @property
    def loudness(self) -> float:
        """The root mean square of the sound."""
        return float(np.sqrt(np.mean(self.sound.astype(np.float64) ** 2)))


def decode(path: Path) -> DecodedFilm:
    """Decode all of the film at `path`."""
    means, changes = [], []
    first = before = None
    with av.open(str(path)) as container:
        pictures, sound = container.streams.video[0], container.streams.audio[0]
        for frame in container.decode(pictures):
            grey = frame.to_ndarray(format="gray")[::4, ::4].astype(np.float64)
            if first is None:
                first = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
            means.append(grey.mean())
            changes.append(0.0 if before is None else np.abs(grey - before).mean())
            before = grey
        fps = float(pictures.average_rate or 0)
        codecs = (pictures.codec_context.name, sound.codec_context.name)
        size, rate = (pictures.width, pictures.height), sound.rate
    with av.open(str(path)) as container:
        blocks = [frame.to_ndarray() for frame in container.decode(audio=0)]
    assert first is not None
    return DecodedFilm(
        width_px=size[0],
        height_px=size[1],
        fps=fps,
        frames=len(means),
        codecs=codecs,
        means=np.array(means),
        changes=np.array(changes),
        first=first,
        sound=np.concatenate(blocks, axis=1),
        sound_rate=rate,
        boxes=_boxes(path),
    )


def check_film(path: Path, *, width_px: int, height_px: int, seconds: int) -> DecodedFilm:
    """Decode the film and assert what every good film has; fades and cuts may stand still."""
    film = decode(path)
    assert (film.width_px, film.height_px, film.fps) == (width_px, height_px, 24)
    assert film.frames == seconds * 24
    assert film.codecs == ("h264", "aac")
    assert film.boxes.index("moov") < film.boxes.index("mdat")
    assert abs(film.sound.shape[1] / film.sound_rate - seconds) < 0.05
    assert film.loudness > 0.01
    assert 15 < np.median(film.means) < 235
    assert np.median(film.changes[1:]) > 0.05
    return film


def _boxes(path: Path) -> tuple[str, ...]:
    data, at, names = path.read_bytes(), 0, []
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        names.append(data[at + 4 : at + 8].decode("latin-1"))
        at += size if size >= 8 else len(data)
    return tuple(names)
