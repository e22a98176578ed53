"""Characters, as OpenAI has them and as relays have them, and the links to their pictures.

Source: the published OpenAPI description, whose character has exactly three keys; relays know
`url`, `from_task` and `timestamps`, and answer with `username` and more.
"""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.character import Character
from matinee.core.errors import CharacterNotFound, MissingParameter, NotFound
from matinee.core.ids import AccountId, CharacterId
from matinee.core.wish import ClipWish
from matinee.services.characters import Characters
from matinee.web.body import read_body
from matinee.web.context import DialectContext
from matinee.web.fields import Fields
from matinee.web.replies import Reply, json_reply
from matinee.web.sources import parse_clip, parse_film_clip

_FIELDS = {"name": ("name", "username")}
_MOST_PICTURE_BYTES = 8 * 1024 * 1024
_PICTURE_ENDING = ".webp"


class CharacterObject(msgspec.Struct, kw_only=True):
    """The official object."""

    id: str
    name: str
    created_at: int


class RelayCharacterObject(CharacterObject, kw_only=True):
    """The same with what relays add. A prompt calls the character by `@` and its `username`."""

    username: str
    permalink: str
    profile_picture_url: str


def character_routes(context: DialectContext, characters: Characters) -> list[Route]:
    """Every route."""
    endpoints = CharacterEndpoints(context, characters)
    create, get = context.endpoint(endpoints.create), context.endpoint(endpoints.get)
    relay_create = context.endpoint(endpoints.create_for_relays)
    relay_get = context.endpoint(endpoints.get_for_relays)
    return [
        Route("/v1/videos/characters", create, methods=["POST"]),
        Route("/v1/videos/characters/{id}", get, methods=["GET"]),
        Route("/v1/characters", relay_create, methods=["POST"]),
        Route("/v1/characters/{id}", relay_get, methods=["GET"]),
        Route("/sora/v1/characters", relay_create, methods=["POST"]),
        Route("/sora/v1/characters/{id}", relay_get, methods=["GET"]),
        Route("/p/{token}/{name}", endpoints.picture, methods=["GET"]),
    ]


class CharacterEndpoints:
    """The endpoints."""

    def __init__(self, context: DialectContext, characters: Characters) -> None:
        self._context = context
        self._characters = characters

    async def create(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Make a character of a film."""
        fields = await self._read(request)
        with fields.as_spelled():
            name = fields.text("name")
            if name is None:
                raise MissingParameter("Missing required parameter: 'name'.", param="name")
            clip = parse_film_clip(fields)
            return json_reply(_render(await self._characters.create(account_id, name, clip)))

    async def get(self, request: Request, account_id: AccountId) -> ASGIApp:
        """A character."""
        return json_reply(_render(await self._characters.get(account_id, _id_of(request))))

    async def create_for_relays(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Make a character of a part of a film; without a name it gets one."""
        fields = await self._read(request)
        with fields.as_spelled():
            clip = _relay_clip(fields)
            character = await self._characters.create(account_id, fields.text("name"), clip)
            return json_reply(self._render_for_relays(request, character))

    async def get_for_relays(self, request: Request, account_id: AccountId) -> ASGIApp:
        """A character, in relays' words."""
        character = await self._characters.get(account_id, _id_of(request))
        return json_reply(self._render_for_relays(request, character))

    async def picture(self, request: Request) -> ASGIApp:
        """A character's picture, for whoever has the link."""
        stem, dot, ending = request.path_params["name"].rpartition(".")
        if dot + ending.lower() != _PICTURE_ENDING:
            raise CharacterNotFound("No picture is behind this link.")
        character = await self._characters.by_token(request.path_params["token"], stem)
        key = character.poster.blob_key
        pieces = self._context.blobs.open(key, 0, _MOST_PICTURE_BYTES)
        try:
            data = b"".join([piece async for piece in pieces])
        except NotFound as error:
            raise CharacterNotFound("No picture is behind this link.") from error
        headers = [
            (b"content-type", character.poster.media_type.encode()),
            (b"cache-control", b"private, max-age=86400"),
            (b"access-control-allow-origin", b"*"),
            (b"cross-origin-resource-policy", b"cross-origin"),
            (b"x-content-type-options", b"nosniff"),
        ]
        return Reply(200, data, headers)

    async def _read(self, request: Request) -> Fields:
        body = await read_body(request, self._context.limits)
        return Fields(body.values, query=request.query_params, aliases=_FIELDS)

    def _render_for_relays(self, request: Request, character: Character) -> RelayCharacterObject:
        base, spelled = self._context.links.base(request.scope), spell_character(character.id)
        token = self._characters.token_of(character)
        plain = _render(character)
        return RelayCharacterObject(
            id=plain.id,
            name=plain.name,
            created_at=plain.created_at,
            username=character.name,
            permalink=f"{base}/v1/characters/{spelled}",
            profile_picture_url=f"{base}/p/{token}/{spelled}{_PICTURE_ENDING}",
        )


def spell_character(character_id: CharacterId) -> str:
    return f"char_{character_id}"


def _relay_clip(fields: Fields) -> ClipWish:
    clip = parse_clip(fields, prefix="")
    if clip is not None:
        return clip
    if fields.many("video"):
        return parse_film_clip(fields)
    raise MissingParameter(
        "Missing required parameter: 'url', the address of a film, or 'from_task', the id of a "
        "video.",
        param="url",
    )


def _render(character: Character) -> CharacterObject:
    return CharacterObject(
        id=spell_character(character.id),
        name=character.name,
        created_at=int(character.created_at.timestamp()),
    )


def _id_of(request: Request) -> str:
    spelled: str = request.path_params["id"]
    return spelled
