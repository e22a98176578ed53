"""The process behind `finish.py`: `python -m matinee.media.finish_child REQUEST`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from matinee.core.errors import MediaInvalid, StorageFull
from matinee.media.conform import conform
from matinee.media.finish import (
    FinishedFilm,
    FinishReply,
    FinishRequest,
    PictureFile,
    WantedFilm,
)
from matinee.media.picture import Picture
from matinee.media.probe import probe
from matinee.media.spritesheet import make_spritesheet
from matinee.media.thumbnail import make_thumbnail

NICENESS = 10
"""Answering requests goes first."""


async def finish(film: Path, folder: Path, wanted: WantedFilm | None) -> FinishedFilm:
    """The film's facts, with its pictures written into `folder`. Raises MediaInvalid."""
    if wanted is not None:
        await conform(film, wanted)
    facts = await probe(film)
    thumbnail, spritesheet = await asyncio.gather(make_thumbnail(film), make_spritesheet(film))
    return FinishedFilm(
        width_px=facts.width_px,
        height_px=facts.height_px,
        seconds=facts.seconds,
        size_bytes=facts.size_bytes,
        thumbnail=_write(thumbnail, folder / "thumbnail"),
        spritesheet=_write(spritesheet, folder / "spritesheet"),
    )


def _write(picture: Picture, path: Path) -> PictureFile:
    path.write_bytes(picture.data)
    return PictureFile(path=path, width_px=picture.width_px, height_px=picture.height_px)


def main() -> None:
    """Finish the film that the command line names, and say what it is as JSON."""
    os.nice(NICENESS)
    asked = msgspec.json.decode(sys.argv[1], type=FinishRequest)
    try:
        film = asyncio.run(finish(Path(asked.film), Path(asked.folder), asked.wanted))
        reply = FinishReply(film=film)
    except MediaInvalid as error:
        reply = FinishReply(refused=str(error))
    except StorageFull as error:
        reply = FinishReply(full=str(error))
    sys.stdout.buffer.write(msgspec.json.encode(reply, enc_hook=str))


if __name__ == "__main__":
    main()
