"""The films of one chat reply, followed to their end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from matinee.core.errors import VideoNotFound
from matinee.core.ids import AccountId
from matinee.core.job import Failure, JobState
from matinee.core.video import Video
from matinee.services.videos import Videos
from matinee.web.connection import end_tasks
from matinee.web.links import film_link

Outcome = str | Failure
"""How a film ended: the link to it, or why there is none."""

_NOT_NOW = "service_unavailable"


class Screening:
    """The films of one reply, watched together for their account.

    `require` raises AuthenticationFailed once whoever asked may not be told of them any more.
    """

    def __init__(
        self,
        videos: Videos,
        account_id: AccountId,
        films: Sequence[Video],
        require: Callable[[], Awaitable[None]],
    ) -> None:
        self._videos = videos
        self._account_id = account_id
        self._require = require
        self.films = list(films)
        """Each as it was last seen."""

        self._watches = [videos.watch(account_id, film.id) for film in films]
        self._coming: dict[asyncio.Future[Video | None], int] = {}
        self._lost: set[int] = set()

    async def look(self, timeout_s: float | None = None) -> None:
        """Wait until a film has changed or its watch has ended, `timeout_s` at most.

        Returns at once if all are over: a repeated request may find its film made. Raises
        AuthenticationFailed.
        """
        watched = set(self._coming.values())
        for index, watch in enumerate(self._watches):
            if index not in watched and not self.is_over(index):
                self._coming[asyncio.ensure_future(anext(watch, None))] = index
        if not self._coming:
            return
        done, _ = await asyncio.wait(
            self._coming, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
        )
        for future in done:
            index = self._coming.pop(future)
            seen = _seen(future)
            if seen is None:
                self._lost.add(index)
            else:
                self.films[index] = seen
        await self._require()

    def is_over(self, index: int) -> bool:
        """Whether no more will be seen of the film."""
        return index in self._lost or self.films[index].job.state.is_final

    async def ahead(self, index: int) -> int:
        """How many films wait before this one; 0 if it does not wait."""
        film = self.films[index]
        if film.job.state is not JobState.QUEUED:
            return 0
        return (await self._videos.outlook(film)).ahead

    async def outcome(self, index: int, link_base: str) -> Outcome:
        """How the film, which is over, ended."""
        film = self.films[index]
        if not film.job.state.is_final:
            try:
                film = await self._videos.get(self._account_id, film.id)
            except VideoNotFound:
                return Failure(code="cancelled", message="The video was deleted.")
            self.films[index] = film
        if film.job.failure is not None:
            return film.job.failure
        if film.job.state is not JobState.COMPLETED:
            return Failure(
                code=_NOT_NOW,
                message="The server is stopping. The film is made later: send the same request "
                f"again, or ask GET /v1/videos/task_{film.id}.",
            )
        link = film_link(link_base, film)
        if link is None:
            gone = "The video's files were removed when their time was over."
            return Failure(code="video_expired", message=gone)
        return link

    async def close(self) -> None:
        """Stop watching; the films go on."""
        await end_tasks(*self._coming)
        for watch in self._watches:
            await watch.aclose()


def is_last_word(outcome: Outcome) -> bool:
    """Whether `outcome` is all that there will ever be; not if the server is only stopping."""
    return isinstance(outcome, str) or outcome.code != _NOT_NOW


def _seen(future: asyncio.Future[Video | None]) -> Video | None:
    """What a watch gave; None if it has ended or its film is gone."""
    try:
        return future.result()
    except VideoNotFound:
        return None
