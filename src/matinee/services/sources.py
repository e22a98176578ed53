"""The film that another one comes out of: found or admitted, and kept as a copy."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from matinee.core.asset import Asset, AssetVariant, blob_folder
from matinee.core.errors import (
    MissingParameter,
    NotFound,
    SourceNotReady,
    VideoExpired,
    VideoNotFound,
    shown,
)
from matinee.core.ids import AccountId, VideoId, parse_video_id
from matinee.core.job import JobState
from matinee.core.size import Size
from matinee.core.video import Relation, Source, Video
from matinee.core.wish import SourceWish
from matinee.services.films import Films
from matinee.services.ports import Ports


@dataclass(frozen=True, slots=True)
class FinishedVideo:
    """A completed video whose film is still there."""

    video: Video
    film: Asset


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedSource:
    """A film that was found good, nothing of it stored yet: one of ours, or one at a path."""

    relation: Relation
    param: str
    size: Size
    seconds: float
    found: FinishedVideo | None = None
    path: Path | None = None


class Sources:
    """Finds, admits and keeps the films that others come out of."""

    def __init__(self, ports: Ports, films: Films) -> None:
        self._store = ports.store
        self._blobs = ports.blobs
        self._films = films

    async def find(
        self, account_id: AccountId, spelled_id: str, *, param: str | None = None
    ) -> FinishedVideo:
        """The account's finished video of that id, in any spelling.

        Raises VideoNotFound, SourceNotReady or VideoExpired, naming `param`.
        """
        video_id = parse_video_id(spelled_id)
        video = await self._store.video(video_id) if video_id else None
        if video is None or video.account_id != account_id:
            raise VideoNotFound(f"Video with id '{shown(spelled_id)}' not found.", param=param)
        job = video.job
        if job.failure is not None:
            raise SourceNotReady(
                f"The video '{spelled_id}' failed ({job.failure.code}): there is no film to go on "
                "from. Choose a completed one.",
                param=param,
            )
        if job.state is not JobState.COMPLETED:
            raise SourceNotReady(
                f"The video '{spelled_id}' is not finished: it is {job.state}, at {job.progress} "
                "percent. Wait until its status is 'completed', then ask again.",
                param=param,
            )
        film = video.asset(AssetVariant.VIDEO)
        if film is None:
            raise VideoExpired(
                f"The film of the video '{spelled_id}' was removed when its time was over.",
                param=param,
            )
        return FinishedVideo(video, film)

    @asynccontextmanager
    async def admit(
        self, account_id: AccountId, wish: SourceWish, found: FinishedVideo | None
    ) -> AsyncGenerator[AdmittedSource, None]:
        """What the wish comes out of: the video `found`, or an uploaded film, looked at.

        It is at hand within the context. Raises an InvalidRequest that names the field.
        """
        if found is not None:
            yield _admitted(wish, found)
            return
        if wish.upload is None:
            raise MissingParameter(f"Missing required parameter: '{wish.param}'.", param=wish.param)
        async with self._films.at_hand(account_id, wish.upload) as path:
            facts = await self._films.inspect(path, param=wish.upload.param)
            yield AdmittedSource(
                relation=wish.relation,
                param=wish.param,
                size=facts.size,
                seconds=facts.seconds,
                path=path,
            )

    @staticmethod
    def describe(video_id: VideoId, admitted: AdmittedSource) -> Source:
        """How the source will stand in the spec of the video `video_id`; nothing is stored yet."""
        spec = admitted.found.video.spec if admitted.found else None
        behind = spec.source if spec else None
        extensions = 0
        if behind is not None:
            extensions = behind.extensions + (behind.relation is Relation.EXTEND)
        return Source(
            relation=admitted.relation,
            blob_key=f"{blob_folder(video_id)}/source",
            size=admitted.size,
            seconds=admitted.seconds,
            spec=spec,
            extensions=extensions,
        )

    async def keep(self, source: Source, admitted: AdmittedSource) -> None:
        """Store the film durably, where `source` says. Raises VideoNotFound if it is gone."""
        if admitted.path is not None:
            await self._blobs.put(source.blob_key, admitted.path)
        if admitted.found is None:
            return
        try:
            await self._blobs.copy(admitted.found.film.blob_key, source.blob_key)
        except NotFound as error:
            raise VideoNotFound(
                "The video was deleted while it was asked for.", param=admitted.param
            ) from error


def _admitted(wish: SourceWish, found: FinishedVideo) -> AdmittedSource:
    film, spec = found.film, found.video.spec
    return AdmittedSource(
        relation=wish.relation,
        param=wish.param,
        size=Size(film.width_px, film.height_px),
        seconds=float(spec.seconds) if film.seconds is None else film.seconds,
        found=found,
    )
