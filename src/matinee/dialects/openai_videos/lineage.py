"""Films out of other films: remix, edits, extensions.

Source: the published OpenAPI description. Older texts write edits behind an id, which is taken too,
and so are extensions.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.ids import AccountId
from matinee.core.video import Relation
from matinee.core.wish import SourceWish, WishDefaults
from matinee.dialects.openai_videos.wire import render_video
from matinee.web.context import DialectContext, Handler
from matinee.web.fields import Fields
from matinee.web.replies import json_reply
from matinee.web.sources import parse_source, source_of_id


def lineage_routes(context: DialectContext, defaults: WishDefaults) -> list[Route]:
    """Every route; literal parts come before ids."""
    lineage = Lineage(context, defaults)
    edit, extend = lineage.handler(Relation.EDIT), lineage.handler(Relation.EXTEND)
    return [
        Route("/v1/videos/edits", context.endpoint(edit), methods=["POST"]),
        Route("/v1/videos/extensions", context.endpoint(extend), methods=["POST"]),
        *(
            Route(f"/v1/videos/{{id}}/{word}", context.endpoint(handler), methods=["POST"])
            for word, handler in (
                ("remix", lineage.handler(Relation.REMIX)),
                ("edits", edit),
                ("extensions", extend),
            )
        ),
    ]


class Lineage:
    """The endpoints: one for each way in which a film comes out of another one."""

    def __init__(self, context: DialectContext, defaults: WishDefaults) -> None:
        self._context = context
        self._defaults = defaults

    def handler(self, relation: Relation) -> Handler:
        """What accepts films of that relation; their source stands in the path or in `video`."""

        async def accept(request: Request, account_id: AccountId) -> ASGIApp:
            spelled_id = request.path_params.get("id")

            def find_source(fields: Fields) -> SourceWish:
                if spelled_id is not None:
                    return source_of_id(relation, spelled_id)
                return parse_source(fields, relation)

            video = await self._context.accept(
                request, account_id, self._defaults, find_source=find_source
            )
            return json_reply(render_video(video, self._context.links.base(request.scope)))

        return accept
