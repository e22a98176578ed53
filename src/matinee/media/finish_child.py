"""The process behind `finish.py`: `python -m matinee.media.finish_child REQUEST`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import msgspec

from matinee.core.errors import MediaInvalid, ServiceUnavailable, StorageFull
from matinee.media.conform import conform
from matinee.media.disk import disk_trouble
from matinee.media.finish import (
    FinishedFilm,
    FinishReply,
    FinishRequest,
    PictureFile,
    WantedFilm,
)
from matinee.media.niceness import be_nice
from matinee.media.picture import Picture
from matinee.media.probe import probe
from matinee.media.spritesheet import make_spritesheet
from matinee.media.thumbnail import make_thumbnail


async def finish(film: Path, folder: Path, wanted: WantedFilm | None) -> FinishedFilm:
    """The film's facts, with its pictures written into `folder`.

    Raises MediaInvalid, and StorageFull or ServiceUnavailable for what the disk refuses.
    """
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
    try:
        path.write_bytes(picture.data)
    except OSError as error:
        trouble = disk_trouble(error.errno, error.strerror)
        raise trouble or ServiceUnavailable(f"No picture: {error.strerror}.") from error
    return PictureFile(path=path, width_px=picture.width_px, height_px=picture.height_px)


def main() -> None:
    """Finish the film that the command line names, and say what it is as JSON."""
    be_nice()
    asked = msgspec.json.decode(sys.argv[1], type=FinishRequest)
    try:
        film = asyncio.run(finish(Path(asked.film), Path(asked.folder), asked.wanted))
        reply = FinishReply(film=film)
    except MediaInvalid as error:
        reply = FinishReply(refused=str(error))
    except StorageFull as error:
        reply = FinishReply(full=str(error))
    except ServiceUnavailable as error:
        reply = FinishReply(denied=str(error))
    # Whoever asked may be gone by now: then nobody is to be told, and there is nothing to report.
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), msgspec.json.encode(reply, enc_hook=str))


if __name__ == "__main__":
    main()
