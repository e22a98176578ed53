"""Downloads that are broken off on purpose, so that a client can be seen to go on."""

from __future__ import annotations

from matinee.core.asset import AssetVariant
from matinee.core.ids import VideoId
from matinee.core.video import Video
from matinee.policy.routing import Routes

_MOST_REMEMBERED = 10_000


class Cuts:
    """Knows which downloads to break off: the first of a film whose model does that.

    Once a film: a client that begins anew gets all of it, and so does one that asks for the rest
    with `Range`. A server that was restarted has forgotten, and may break one off again.
    """

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._done: dict[VideoId, None] = {}

    def take(self, video: Video, variant: AssetVariant, method: str) -> bool:
        """Whether this download is to be broken off; then the next one of the film is not."""
        if variant is not AssetVariant.VIDEO or method != "GET" or video.id in self._done:
            return False
        route = self._routes.by_model.get(video.spec.model.lower())
        if route is None or not route.cuts_streams:
            return False
        self._done[video.id] = None
        if len(self._done) > _MOST_REMEMBERED:
            del self._done[next(iter(self._done))]
        return True
