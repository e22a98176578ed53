"""The process behind `finish.py`: `python -m matinee.media.finish_child FILM FOLDER`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from matinee.core.errors import MediaInvalid
from matinee.media.finish import FinishedFilm, FinishReply, PictureFile
from matinee.media.picture import Picture
from matinee.media.probe import probe
from matinee.media.spritesheet import make_spritesheet
from matinee.media.thumbnail import make_thumbnail

NICENESS = 10
"""Answering requests goes first."""


async def look_at(film: Path, folder: Path) -> FinishedFilm:
    """The film's facts, with its pictures written into `folder`. Raises MediaInvalid."""
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
    """Look at the film that the command line names, and say what was found as JSON."""
    os.nice(NICENESS)
    try:
        reply = FinishReply(film=asyncio.run(look_at(Path(sys.argv[1]), Path(sys.argv[2]))))
    except MediaInvalid as error:
        reply = FinishReply(refused=str(error))
    sys.stdout.buffer.write(msgspec.json.encode(reply, enc_hook=str))


if __name__ == "__main__":
    main()
